#pragma once

#include <cstddef>
#include <memory>

#include "../handles/slot_table.hpp"
#include "library.hpp"

namespace verbatim::addon {

/** An engine of the CUDA library that JavaScript holds, with the contexts it holds of it. */
class CudaEngineHandle {
 public:
  /** Takes ownership of the engine. `max_sequences`: as it was created with. */
  CudaEngineHandle(const CudaFunctions& functions, vbt_engine* engine, size_t max_sequences)
      : functions_(&functions), engine_(engine, functions.engine_destroy), max_sequences_(max_sequences) {}

  vbt_engine* get() const { return engine_.get(); }
  const CudaFunctions& functions() const { return *functions_; }
  size_t max_sequences() const { return max_sequences_; }

  /** They belong to the engine, which frees them with itself. */
  SlotTable<vbt_context*>& contexts() { return contexts_; }

 private:
  const CudaFunctions* functions_;
  std::unique_ptr<vbt_engine, decltype(CudaFunctions::engine_destroy)> engine_;
  size_t max_sequences_;
  SlotTable<vbt_context*> contexts_;
};

}  // namespace verbatim::addon
