/** The C ABI over rows of logits: arguments are checked here, the work is done in masked_fill and sampling. */

#include <limits>
#include <new>

#include "../../include/verbatim.h"
#include "../rows/masked_fill/masked_fill.hpp"
#include "../rows/sampling.hpp"
#include "structures.hpp"

namespace {

constexpr size_t kFirstSampling = VERBATIM_SIZE_UP_TO(verbatim_sampling, min_p);

bool IsRow(const float* row, size_t width) {
  return (row != nullptr || width == 0) && reinterpret_cast<uintptr_t>(row) % alignof(float) == 0;
}

bool AreAscendingIds(const int32_t* ids, size_t count) {
  if (count == 0) return true;
  if (ids == nullptr || ids[0] < 0) return false;
  // Without an early exit, which would keep the loop from being vectorized.
  bool ascending = true;
  for (size_t i = 1; i < count; ++i) ascending &= ids[i - 1] < ids[i];
  return ascending;
}

/** Written so that NaN fails every test. */
bool IsSampling(const verbatim_sampling& sampling) {
  return sampling.temperature >= 0 && sampling.temperature <= std::numeric_limits<double>::max() &&
         sampling.top_k >= 0 && sampling.top_p >= 0 && sampling.top_p <= 1 && sampling.min_p >= 0 &&
         sampling.min_p <= 1;
}

}  // namespace

verbatim_status verbatim_masked_fill(float* row, size_t width, const uint32_t* bitmask, float value) {
  if (!IsRow(row, width) || (bitmask == nullptr && width > 0)) return VERBATIM_INVALID_ARGUMENT;
  verbatim::MaskedFill(row, width, bitmask, value);
  return VERBATIM_OK;
}

verbatim_status verbatim_masked_fill_ids(float* row, size_t width, const int32_t* ids, size_t count, float value) {
  if (!IsRow(row, width) || !AreAscendingIds(ids, count)) return VERBATIM_INVALID_ARGUMENT;
  verbatim::MaskedFillIds(row, width, ids, count, value);
  return VERBATIM_OK;
}

verbatim_status verbatim_sample(const float* row, size_t width, const int32_t* ids, size_t count,
                                const verbatim_sampling* given, double uniform, int32_t* token) {
  verbatim_sampling sampling = {};
  if (!verbatim::ReadOptions(given, kFirstSampling, sampling)) return VERBATIM_INVALID_ARGUMENT;
  if (!IsRow(row, width) || width > size_t{std::numeric_limits<int32_t>::max()} || token == nullptr ||
      !IsSampling(sampling) || !(uniform >= 0 && uniform < 1)) {
    return VERBATIM_INVALID_ARGUMENT;
  }
  if (ids != nullptr) {
    if (!AreAscendingIds(ids, count)) return VERBATIM_INVALID_ARGUMENT;
    if (count > 0 && static_cast<size_t>(ids[count - 1]) >= width) return VERBATIM_INVALID_ARGUMENT;
  }
  try {
    const verbatim::Choices choices = {row, ids, ids == nullptr ? width : count};
    const int32_t drawn =
        verbatim::Sample(choices, {sampling.temperature, sampling.top_k, sampling.top_p, sampling.min_p}, uniform);
    if (drawn < 0) return VERBATIM_NO_VALID_TOKEN;
    *token = drawn;
    return VERBATIM_OK;
  } catch (const std::bad_alloc&) {
    return VERBATIM_OUT_OF_MEMORY;
  }
}
