#include "upload.hpp"

#include <algorithm>
#include <cstring>

namespace verbatim::cuda {

Upload::Upload() : memory_(AllocatePinned(2 * kHalfBytes)) {
  auto* memory = static_cast<std::byte*>(memory_.get());
  for (Half& half : halves_) {
    half = {memory, CreateEvent()};
    memory += kHalfBytes;
  }
}

void Upload::Copy(const void* from, size_t bytes, void* to, cudaStream_t stream) {
  const auto* source = static_cast<const std::byte*>(from);
  auto* destination = static_cast<std::byte*>(to);
  while (bytes > 0) {
    Half& half = halves_[next_];
    next_ = 1 - next_;
    const size_t portion = std::min(bytes, kHalfBytes);
    CheckCuda(cudaEventSynchronize(half.uploaded.get()), "wait for an upload");
    std::memcpy(half.memory, source, portion);
    CheckCuda(cudaMemcpyAsync(destination, half.memory, portion, cudaMemcpyHostToDevice, stream), "upload");
    CheckCuda(cudaEventRecord(half.uploaded.get(), stream), "record an event");
    source += portion;
    destination += portion;
    bytes -= portion;
  }
}

}  // namespace verbatim::cuda
