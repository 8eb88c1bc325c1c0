#pragma once

#include <cstdint>

#include "../../include/verbatim_cuda.h"

namespace verbatim::cuda {

/** Rows of logits in device memory: as vbt_logits. */
struct LogitsView {
  void* data;
  vbt_dtype dtype;
  /** Entries of a row. */
  int32_t width;
  /** Entries from one row's start to the next's. */
  int64_t stride;
};

}  // namespace verbatim::cuda
