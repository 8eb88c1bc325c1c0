#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "device.hpp"

namespace verbatim::cuda::tests {

/**
 * Small arrays on their way to the device and back, while the host goes on: each takes the next words of two buffers,
 * one pinned, one on the device, until both are full and the owner has to wait for everything.
 */
class Arena {
 public:
  explicit Arena(size_t words) : pinned_(words), device_(words) {}

  /** Whether `words` more fit. */
  bool Fits(size_t words) const { return used_ + words <= device_.count(); }

  /** Everything that was sent or fetched is done with. */
  void Empty() { used_ = first_unspoiled_ = 0; }

  /** Copies values to the device, on `stream`. */
  int32_t* Send(std::span<const int32_t> values, cudaStream_t stream) {
    const size_t start = Take(values.size());
    std::copy(values.begin(), values.end(), pinned_.data() + start);
    Copy(device_.data() + start, pinned_.data() + start, values.size(), cudaMemcpyHostToDevice, stream);
    return device_.data() + start;
  }

  /** Copies values to device memory that stays where it is, on `stream`. */
  void CopyTo(int32_t* device, std::span<const int32_t> values, cudaStream_t stream) {
    const size_t start = Take(values.size());
    std::copy(values.begin(), values.end(), pinned_.data() + start);
    Copy(device, pinned_.data() + start, values.size(), cudaMemcpyHostToDevice, stream);
  }

  /** Pinned memory that holds the words at a device address once `stream` has come so far. */
  const int32_t* Fetch(const void* device, size_t count, cudaStream_t stream) {
    const size_t start = Take(count);
    Copy(pinned_.data() + start, device, count, cudaMemcpyDeviceToHost, stream);
    return pinned_.data() + start;
  }

  /** Pinned memory, full of garbage. */
  int32_t* TakePinned(size_t count) {
    const size_t start = Take(count);
    std::fill_n(pinned_.data() + start, count, kGarbage);
    return pinned_.data() + start;
  }

  /** Overwrites, on `stream`, all that was sent so far: nobody may read it after `stream` has come so far. */
  void Spoil(cudaStream_t stream) {
    if (used_ == first_unspoiled_) return;
    ExpectCuda(
        cudaMemsetAsync(device_.data() + first_unspoiled_, 0x55, (used_ - first_unspoiled_) * sizeof(int32_t), stream),
        "cudaMemsetAsync");
    first_unspoiled_ = used_;
  }

 private:
  static constexpr int32_t kGarbage = 0x55555555;

  size_t Take(size_t count) {
    Expect(Fits(count), "the test's arena is too small");
    const size_t start = used_;
    used_ += count;
    return start;
  }

  static void Copy(void* target, const void* source, size_t count, cudaMemcpyKind kind, cudaStream_t stream) {
    if (count == 0) return;
    ExpectCuda(cudaMemcpyAsync(target, source, count * sizeof(int32_t), kind, stream), "cudaMemcpyAsync");
  }

  PinnedBuffer<int32_t> pinned_;
  DeviceBuffer<int32_t> device_;
  size_t used_ = 0;
  size_t first_unspoiled_ = 0;
};

}  // namespace verbatim::cuda::tests
