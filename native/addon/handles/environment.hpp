#pragma once

#include <algorithm>
#include <new>
#include <type_traits>

#include "../cuda/engine_handle.hpp"
#include "../cuda/library.hpp"
#include "context.hpp"
#include "matcher.hpp"
#include "owned_table.hpp"
#include "slot_table.hpp"
#include "vocabulary.hpp"

namespace verbatim::addon {

/**
 * What one JavaScript environment (the main thread, or a worker) holds. Every function is created with a pointer to
 * it; it is the environment's instance data, so that it is destroyed with it, and with it all that is still open.
 */
class Environment {
 public:
  OwnedTable<ContextHandle> contexts;
  OwnedTable<MatcherHandle> matchers;
  OwnedTable<VocabularyHandle> vocabularies;
  CudaLibrary cuda_library;
  SlotTable<CudaEngineHandle> cuda_engines;

  template <typename Object>
  OwnedTable<Object>& Table() {
    if constexpr (std::is_same_v<Object, ContextHandle>) {
      return contexts;
    } else if constexpr (std::is_same_v<Object, MatcherHandle>) {
      return matchers;
    } else {
      static_assert(std::is_same_v<Object, VocabularyHandle>);
      return vocabularies;
    }
  }

  void CloseAbandoned(napi_env env) {
    napi_handle_scope scope = nullptr;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return;
    matchers.EraseAbandoned();
    contexts.EraseAbandoned();
    vocabularies.EraseAbandoned();
    napi_close_handle_scope(env, scope);
  }

  /**
   * The same where many objects or bytes came after the last time: few by comparison with those that were there then,
   * so that each is looked at a few times. To be called whenever an object is made: so a loop that never lets the event
   * loop turn does not pile them up.
   */
  void CloseAbandonedWhereManyCame(napi_env env) {
    if (Count() < next_count_ && BytesOutside(env) < next_bytes_) return;
    CloseAbandoned(env);
    next_count_ = Count() + std::max({kFewObjects, std::min(kManyObjects, Count()), Count() / 8});
    next_bytes_ = std::max(kFewBytes, 2 * BytesOutside(env));
  }

 private:
  static constexpr size_t kFewObjects = 64;
  static constexpr size_t kManyObjects = 4096;
  static constexpr int64_t kFewBytes = int64_t{32} << 20;

  size_t Count() const { return contexts.count() + matchers.count() + vocabularies.count(); }

  /** What the garbage collector knows of memory outside its heap. */
  static int64_t BytesOutside(napi_env env) {
    int64_t total = 0;
    napi_adjust_external_memory(env, 0, &total);
    return total;
  }

  size_t next_count_ = kFewObjects;
  int64_t next_bytes_ = kFewBytes;
};

/** Keeps an object for JavaScript that `make` makes: its handle, or a negated status. */
template <typename Object, typename Make>
int32_t Keep(OwnedTable<Object>& table, Make&& make) {
  try {
    const int32_t handle = table.Insert(make());
    return handle >= 0 ? handle : -VERBATIM_OUT_OF_MEMORY;
  } catch (const std::bad_alloc&) {
    return -VERBATIM_OUT_OF_MEMORY;
  }
}

}  // namespace verbatim::addon
