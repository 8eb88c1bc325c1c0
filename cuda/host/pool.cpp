#include "pool.hpp"

#include <algorithm>
#include <string>

#include "failure.hpp"

namespace verbatim::cuda {

Pool::Pool(std::byte* memory, size_t bytes) : memory_(memory), bytes_(bytes) {}

std::byte* Pool::Take(size_t bytes) {
  const size_t size = Round(std::max<size_t>(bytes, 1));
  size_t gap_start = 0;
  for (const auto& [start, taken] : pieces_) {
    if (start - gap_start >= size) break;
    gap_start = start + taken;
  }
  if (size > bytes_ - gap_start) {
    throw Failure{VBT_ERR_OUT_OF_MEMORY, "The pool has no " + std::to_string(size) +
                                             " bytes in one piece: " + std::to_string(used_bytes_) + " of its " +
                                             std::to_string(bytes_) + " bytes are in use (pool_bytes)"};
  }
  pieces_.emplace(gap_start, size);
  used_bytes_ += size;
  return memory_ + gap_start;
}

void Pool::Give(std::byte* piece) noexcept {
  const auto found = pieces_.find(static_cast<size_t>(piece - memory_));
  used_bytes_ -= found->second;
  pieces_.erase(found);
}

}  // namespace verbatim::cuda
