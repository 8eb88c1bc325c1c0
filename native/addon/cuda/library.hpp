#pragma once

#include <string>

#include "../../../cuda/include/verbatim_cuda.h"

namespace verbatim::addon {

/** Calls `Do` with the name of each function of the CUDA library, without its prefix. */
#define VERBATIM_FOR_EACH_CUDA_FUNCTION(Do)                                                                            \
  Do(abi_version) Do(status_message) Do(sequence_status_message) Do(message) Do(engine_defaults) Do(engine_create)     \
      Do(engine_destroy) Do(memory_usage) Do(context_create) Do(context_destroy) Do(context_length) Do(sequence_open)  \
          Do(sequence_fork) Do(sequence_close) Do(append) Do(begin_span) Do(end_span) Do(truncate) Do(reset) Do(clear) \
              Do(set_sampling) Do(accept) Do(prepare) Do(step) Do(rollback) Do(apply) Do(sample) Do(draft) Do(join)    \
                  Do(poll) Do(bad_rows) Do(bitmasks) Do(snapshot) Do(read) Do(read_bitmask) Do(read_spans) Do(sources)

/** The functions of a CUDA library that was loaded. */
struct CudaFunctions {
// A member's name stands in no parentheses.
#define VERBATIM_DECLARE(name) decltype(&vbt_##name) name = nullptr;  // NOLINT(bugprone-macro-parentheses)
  VERBATIM_FOR_EACH_CUDA_FUNCTION(VERBATIM_DECLARE)
#undef VERBATIM_DECLARE
};

/**
 * Verbatim's CUDA library, found at run time: the addon does not depend on it. Once loaded it stays so, since threads
 * of the CUDA runtime may outlive whoever loaded it.
 */
class CudaLibrary {
 public:
  /** Loads the library at an absolute path, UTF-8. False: `failure` says why. At most one is loaded. Throws bad_alloc.
   */
  bool Load(const std::string& path);

  /** Null until the library is loaded. */
  const CudaFunctions* functions() const { return is_loaded_ ? &functions_ : nullptr; }

  /** Why it could not be loaded. */
  const std::string& failure() const { return failure_; }

 private:
  bool Resolve(void* library);

  CudaFunctions functions_;
  bool is_loaded_ = false;
  std::string failure_;
};

}  // namespace verbatim::addon
