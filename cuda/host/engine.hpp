#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "../include/verbatim_cuda.h"
#include "../kernels/state/launchers.hpp"
#include "pool.hpp"
#include "resources.hpp"
#include "timeline.hpp"
#include "upload.hpp"

namespace verbatim::cuda {

/** A context on the device; sequences on it share it. */
struct SharedContext {
  PoolPiece memory;
  ContextView view = {};
  int32_t largest_bucket = 0;
};

/** The host's part of a sequence: what it holds of the pool. All else is the device's. */
struct SequenceSlot {
  std::shared_ptr<const SharedContext> context;
  size_t max_tokens = 0;
  PoolPiece own;
  PoolPiece survivors;

  bool is_open() const { return context != nullptr; }
};

}  // namespace verbatim::cuda

struct vbt_context {
  std::shared_ptr<const verbatim::cuda::SharedContext> shared;
};

/** An engine: its device memory, its streams, and who holds which part of the pool. Options come checked. */
struct vbt_engine {
 public:
  explicit vbt_engine(const vbt_engine_options& options);
  vbt_engine(const vbt_engine&) = delete;
  vbt_engine& operator=(const vbt_engine&) = delete;

  int device() const { return device_; }
  const verbatim::cuda::EngineView& view() const { return view_; }
  float mask_value() const { return mask_value_; }
  verbatim::cuda::Timeline& timeline() { return timeline_; }
  verbatim::cuda::Upload& upload() { return upload_; }
  verbatim::cuda::Pool& pool() { return pool_; }
  const verbatim::cuda::Pool& pool() const { return pool_; }
  size_t device_bytes() const { return table_bytes_ + pool_.bytes(); }

  /** Bitmask over the ids that are part of no quote, in host memory. */
  std::span<const uint32_t> barriers() const { return barriers_; }

  /** [kStagedTokens]: where tokens from the host lie until a kernel takes them. Used in the order of the engine's
   * stream. */
  int32_t* staged_tokens() const { return staged_tokens_; }
  static constexpr int32_t kStagedTokens = 1 << 16;

  /** Open contexts, each of which the caller holds a pointer to. */
  std::map<const vbt_context*, std::unique_ptr<vbt_context>>& contexts() { return contexts_; }

  std::vector<verbatim::cuda::SequenceSlot>& sequences() { return sequences_; }

  /** What a sequence without a context is opened on. */
  const std::shared_ptr<const verbatim::cuda::SharedContext>& empty_context() const { return empty_context_; }

  std::string message;

 private:
  /** Where the tables lie, for `memory`; with nullptr only their bytes count. */
  size_t LayOutTables(std::byte* memory);
  void FillTables();

  int device_;
  float mask_value_;
  verbatim::cuda::EngineView view_ = {};
  std::vector<uint32_t> barriers_;
  int32_t* staged_tokens_ = nullptr;
  uint32_t* device_barriers_ = nullptr;
  size_t table_bytes_ = 0;
  verbatim::cuda::DeviceMemory tables_;
  verbatim::cuda::DeviceMemory pool_memory_;
  verbatim::cuda::Pool pool_;
  verbatim::cuda::Timeline timeline_;
  verbatim::cuda::Upload upload_;
  std::map<const vbt_context*, std::unique_ptr<vbt_context>> contexts_;
  std::shared_ptr<const verbatim::cuda::SharedContext> empty_context_;
  std::vector<verbatim::cuda::SequenceSlot> sequences_;
  /** The last member, and so the first to go: nothing may be at work in memory that is freed. */
  verbatim::cuda::IdleDevice idle_at_end_;
};
