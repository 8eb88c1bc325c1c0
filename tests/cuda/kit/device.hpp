#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "expect.hpp"

#ifdef CUDA_ON_CPU
#include "../emulation/control.hpp"
#endif

/** Owners of what the CUDA runtime lends. */

namespace verbatim::cuda::tests {

/** An emulated device orders its work by a seed, so that a failure can be repeated; a real one as it likes. */
inline void SeedDevice([[maybe_unused]] uint64_t seed) {
#ifdef CUDA_ON_CPU
  cuda_on_cpu_set_seed(seed);
#endif
}

/** Device memory. */
template <typename Value>
class DeviceBuffer {
 public:
  explicit DeviceBuffer(size_t count) : count_(count) {
    void* memory = nullptr;
    ExpectCuda(cudaMalloc(&memory, count * sizeof(Value)), "cudaMalloc");
    memory_.reset(static_cast<Value*>(memory));
  }

  explicit DeviceBuffer(const std::vector<Value>& values) : DeviceBuffer(values.size()) { Write(values); }

  Value* data() const { return memory_.get(); }
  size_t count() const { return count_; }

  /** Waits. */
  void Write(std::span<const Value> values) {
    ExpectCuda(cudaMemcpy(data(), values.data(), values.size_bytes(), cudaMemcpyHostToDevice), "cudaMemcpy");
  }

  /** Waits. */
  std::vector<Value> Read() const {
    std::vector<Value> values(count_);
    ExpectCuda(cudaMemcpy(values.data(), data(), count_ * sizeof(Value), cudaMemcpyDeviceToHost), "cudaMemcpy");
    return values;
  }

 private:
  struct Free {
    void operator()(Value* memory) const { static_cast<void>(cudaFree(memory)); }
  };

  size_t count_;
  std::unique_ptr<Value, Free> memory_;
};

/** Host memory that the device can copy from and to while the host goes on. */
template <typename Value>
class PinnedBuffer {
 public:
  explicit PinnedBuffer(size_t count) : count_(count) {
    void* memory = nullptr;
    ExpectCuda(cudaMallocHost(&memory, count * sizeof(Value)), "cudaMallocHost");
    memory_.reset(static_cast<Value*>(memory));
  }

  Value* data() const { return memory_.get(); }
  size_t count() const { return count_; }

 private:
  struct Free {
    void operator()(Value* memory) const { static_cast<void>(cudaFreeHost(memory)); }
  };

  size_t count_;
  std::unique_ptr<Value, Free> memory_;
};

/** A stream that does not wait for the default stream. */
class Stream {
 public:
  Stream() {
    cudaStream_t stream = nullptr;
    ExpectCuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    stream_.reset(stream);
  }

  cudaStream_t get() const { return stream_.get(); }
  void Synchronize() const { ExpectCuda(cudaStreamSynchronize(get()), "cudaStreamSynchronize"); }

 private:
  struct Destroy {
    using pointer = cudaStream_t;
    void operator()(cudaStream_t stream) const { static_cast<void>(cudaStreamDestroy(stream)); }
  };

  std::unique_ptr<cudaStream_t, Destroy> stream_;
};

}  // namespace verbatim::cuda::tests
