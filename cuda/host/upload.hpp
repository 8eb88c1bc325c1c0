#pragma once

#include <array>
#include <cstddef>

#include "resources.hpp"

namespace verbatim::cuda {

/**
 * Copies host memory to the device by way of pinned memory, so that the caller's memory is free again at once. It is in
 * two halves, used in turn: a copy waits only where both halves are still on their way.
 */
class Upload {
 public:
  Upload();

  /** Enqueues the copy on `stream`. */
  void Copy(const void* from, size_t bytes, void* to, cudaStream_t stream);

 private:
  static constexpr size_t kHalfBytes = size_t{1} << 20;

  struct Half {
    std::byte* memory = nullptr;
    Event uploaded;
  };

  PinnedMemory memory_;
  std::array<Half, 2> halves_;
  size_t next_ = 0;
};

}  // namespace verbatim::cuda
