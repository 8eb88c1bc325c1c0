#pragma once

#include <new>
#include <utility>

#include "../cuda/engine_handle.hpp"
#include "../cuda/library.hpp"
#include "context.hpp"
#include "matcher.hpp"
#include "slot_table.hpp"
#include "vocabulary.hpp"

namespace verbatim::addon {

/**
 * What one JavaScript environment (the main thread, or a worker) holds. Every function is created with a pointer to
 * it; it is the environment's instance data, so that it is destroyed with it, and with it all that is still open.
 */
struct Environment {
  /** Takes ownership of `context`: its handle, or a negated status, and the context is destroyed. */
  int32_t KeepContext(napi_env env, verbatim_context* context, bool is_fork) {
    ContextHandle handle(context, is_fork);
    try {
      handle.ReportMemory(env);
      const int32_t kept = contexts.Insert(std::move(handle));
      return kept >= 0 ? kept : -VERBATIM_OUT_OF_MEMORY;
    } catch (const std::bad_alloc&) {
      return -VERBATIM_OUT_OF_MEMORY;
    }
  }

  SlotTable<ContextHandle> contexts;
  SlotTable<MatcherHandle> matchers;
  SlotTable<VocabularyHandle> vocabularies;
  CudaLibrary cuda_library;
  SlotTable<CudaEngineHandle> cuda_engines;
};

}  // namespace verbatim::addon
