#pragma once

#include <cuda_runtime.h>

#include "resources.hpp"

namespace verbatim::cuda {

/**
 * The order of an engine's work. Changes of sequences run on the engine's stream, each after what the caller's stream
 * had in front of it; what reads the engine's state on behalf of the caller runs on the caller's stream. Each waits for
 * all that came before, so that calls take effect in the order in which they were made.
 *
 * A capture has an order of its own: events that are recorded inside it mean nothing outside, nor the other way round.
 */
class Timeline {
 public:
  Timeline();

  /** The engine's stream. */
  cudaStream_t stream() const { return stream_.get(); }

  /** Whether `caller`, or the engine's stream, is being captured. */
  bool IsCapturing(cudaStream_t caller) const;

  /**
   * To be called before a call does anything on the two streams: finds out whether the call is part of a capture.
   * Throws Failure VBT_ERR_CAPTURING where the engine's stream is being captured and `caller` is not.
   */
  void Enter(cudaStream_t caller);

  /** The engine's stream waits for `caller`, and for those that read. */
  void BeginChange(cudaStream_t caller);

  /** The same, without waiting for `caller` where that is not needed: the change does not depend on the caller's work.
   */
  void BeginOwnChange(cudaStream_t caller);

  void EndChange();

  /** `caller` waits for all changes, and for all who read. */
  void Join(cudaStream_t caller);

  /** What reads the engine's state is to run on `caller` next. */
  void BeginRead(cudaStream_t caller) { Join(caller); }

  void EndRead(cudaStream_t caller);

  /** A change that runs on the caller's stream because the caller reads its result there. */
  void BeginChangeOnCaller(cudaStream_t caller) { Join(caller); }

  void EndChangeOnCaller(cudaStream_t caller);

  /** Waits until all of the engine's work that is not in a capture is done. */
  void Synchronize();

  /** Whether masks may be stale: some changes leave them to a later launch. */
  bool may_be_stale() const { return order_->may_be_stale || (order_ == &eager_ && replays_leave_stale_); }
  void SetStale();
  void SetCurrent() { order_->may_be_stale = false; }

 private:
  /** What has been enqueued, in a capture or outside. */
  struct Order {
    Event caller_reached;
    Event changed;
    Event read;
    bool has_changed = false;
    /** In a capture: the engine's stream is part of it. */
    bool has_joined = false;
    bool is_read = false;
    cudaStream_t reader = nullptr;
    bool may_be_stale = false;
  };

  void WaitForReader();

  Stream stream_;
  Order eager_;
  Order captured_;
  /** The capture that `captured_` is about: the last one; 0: there was none. */
  unsigned long long capture_ = 0;
  /** Some capture holds a change that leaves masks stale, and may be replayed at any time. */
  bool replays_leave_stale_ = false;
  /** The order that the present call belongs to. */
  Order* order_ = &eager_;
};

}  // namespace verbatim::cuda
