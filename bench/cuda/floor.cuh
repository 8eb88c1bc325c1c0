#pragma once

#include <algorithm>

#include "timing.cuh"

namespace verbatim::cuda::bench {

/** What the device does at best, measured in the run it is compared with. */
struct Floor {
  /** Bytes read and written per second by a large copy on the device, in GB/s. */
  double copy_rate;
  /** Bytes written per second by a large cudaMemset, in GB/s. */
  double set_rate;
  /** One empty kernel, in microseconds. */
  double launch_time;

  /** The least microseconds in which so many bytes can be moved. */
  double CopyTime(double bytes) const { return bytes / copy_rate / 1e3; }
};

__global__ void EmptyKernel() {}

inline Floor MeasureFloor(const Stream& stream) {
  constexpr int kRuns = 21;
  constexpr size_t kMostBytes = size_t{2} << 30;
  size_t free_bytes = 0;
  size_t total_bytes = 0;
  ExpectCuda(cudaMemGetInfo(&free_bytes, &total_bytes), "cudaMemGetInfo");
  const size_t bytes = std::min(kMostBytes, free_bytes / 4);
  const DeviceBuffer<std::byte> source(bytes);
  const DeviceBuffer<std::byte> destination(bytes);
  ExpectCuda(cudaMemset(source.data(), 0x3c, bytes), "cudaMemset");
  const auto nothing = [](cudaStream_t) {};
  const TimedGraph copy(stream, nothing, [&](cudaStream_t on) {
    ExpectCuda(cudaMemcpyAsync(destination.data(), source.data(), bytes, cudaMemcpyDeviceToDevice, on), "a copy");
  });
  const TimedGraph set(stream, nothing, [&](cudaStream_t on) {
    ExpectCuda(cudaMemsetAsync(destination.data(), 0xff, bytes, on), "cudaMemsetAsync");
  });
  const TimedGraph launch(stream, nothing,
                          [](cudaStream_t on) { ExpectCuda(Launch(EmptyKernel, 1, 32, on), "EmptyKernel"); });
  const auto size = static_cast<double>(bytes);
  return {2 * size / Median(copy.Run(kRuns)) / 1e3, size / Median(set.Run(kRuns)) / 1e3, Median(launch.Run(kRuns))};
}

}  // namespace verbatim::cuda::bench
