#pragma once

#include "context_handle.hpp"
#include "cuda_engine_handle.hpp"
#include "cuda_library.hpp"
#include "matcher_handle.hpp"
#include "slot_table.hpp"
#include "vocabulary_handle.hpp"

namespace verbatim::addon {

/**
 * What one JavaScript environment (the main thread, or a worker) holds. Every function is created with a pointer to
 * it; it is the environment's instance data, so that it is destroyed with it, and with it all that is still open.
 */
struct Environment {
  SlotTable<ContextHandle> contexts;
  SlotTable<MatcherHandle> matchers;
  SlotTable<VocabularyHandle> vocabularies;
  CudaLibrary cuda_library;
  SlotTable<CudaEngineHandle> cuda_engines;
};

}  // namespace verbatim::addon
