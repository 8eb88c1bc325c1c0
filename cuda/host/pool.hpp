#pragma once

#include <cstddef>
#include <map>

namespace verbatim::cuda {

/**
 * Device memory by the piece, first fit, from one allocation that the engine made in the beginning: to open a sequence
 * must not make the device wait, as the CUDA allocator would.
 */
class Pool {
 public:
  /** Pieces are whole granules, and so aligned to one. */
  static constexpr size_t kGranule = 256;

  static size_t Round(size_t bytes) { return (bytes + kGranule - 1) / kGranule * kGranule; }

  Pool(std::byte* memory, size_t bytes);

  /** At least one granule; throws Failure VBT_ERR_OUT_OF_MEMORY. */
  std::byte* Take(size_t bytes);

  /** Returns what Take gave; nullptr is ignored. */
  void Give(std::byte* piece) noexcept;

  size_t used_bytes() const { return used_bytes_; }
  size_t bytes() const { return bytes_; }

 private:
  std::byte* memory_;
  size_t bytes_;
  size_t used_bytes_ = 0;
  /** Where each taken piece begins, and its bytes. */
  std::map<size_t, size_t> pieces_;
};

/** A piece of a pool and its owner. */
class PoolPiece {
 public:
  PoolPiece() = default;
  PoolPiece(Pool& pool, size_t bytes) : pool_(&pool), data_(pool.Take(bytes)) {}
  PoolPiece(PoolPiece&& other) noexcept : pool_(other.pool_), data_(other.data_) { other.data_ = nullptr; }
  PoolPiece& operator=(PoolPiece&& other) noexcept {
    if (this != &other) {
      Release();
      pool_ = other.pool_;
      data_ = other.data_;
      other.data_ = nullptr;
    }
    return *this;
  }
  ~PoolPiece() { Release(); }

  template <typename Entry>
  Entry* as() const {
    return reinterpret_cast<Entry*>(data_);
  }

 private:
  void Release() noexcept {
    if (data_ != nullptr) pool_->Give(data_);
  }

  Pool* pool_ = nullptr;
  std::byte* data_ = nullptr;
};

}  // namespace verbatim::cuda
