#include "timeline.hpp"

namespace verbatim::cuda {
namespace {

/** The capture that a stream is part of; 0: none. */
unsigned long long CaptureOf(cudaStream_t stream) {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  unsigned long long id = 0;
  CheckCuda(cudaStreamGetCaptureInfo(stream, &status, &id), "ask whether a stream is being captured");
  return status == cudaStreamCaptureStatusNone ? 0 : id;
}

void Record(const Event& event, cudaStream_t stream) {
  CheckCuda(cudaEventRecord(event.get(), stream), "record an event");
}

void Wait(cudaStream_t stream, const Event& event) {
  CheckCuda(cudaStreamWaitEvent(stream, event.get(), 0), "make a stream wait");
}

}  // namespace

Timeline::Timeline() : stream_(CreateStream()) {
  for (Order* order : {&eager_, &captured_}) {
    order->caller_reached = CreateEvent();
    order->changed = CreateEvent();
    order->read = CreateEvent();
  }
}

bool Timeline::IsCapturing(cudaStream_t caller) const { return CaptureOf(caller) != 0 || CaptureOf(stream()) != 0; }

void Timeline::Enter(cudaStream_t caller) {
  const unsigned long long capture = CaptureOf(caller);
  const unsigned long long own = CaptureOf(stream());
  if (own != 0 && own != capture) {
    throw Failure{VBT_ERR_CAPTURING, "The engine is part of a capture that \"stream\" is not part of"};
  }
  order_ = capture == 0 ? &eager_ : &captured_;
  if (capture == 0 && capture_ != 0) {
    // `caller` may have replayed what was captured: whatever comes next, on any stream, comes after that.
    BeginChange(caller);
    EndChange();
  }
  if (capture == 0 || capture == capture_) return;
  capture_ = capture;
  captured_.has_changed = false;
  captured_.has_joined = false;
  captured_.is_read = false;
  // What happens before a replay is not known.
  captured_.may_be_stale = true;
}

void Timeline::WaitForReader() {
  if (order_->is_read) Wait(stream(), order_->read);
  order_->is_read = false;
}

void Timeline::BeginChange(cudaStream_t caller) {
  Record(order_->caller_reached, caller);
  Wait(stream(), order_->caller_reached);
  order_->has_joined = true;
  WaitForReader();
}

void Timeline::BeginOwnChange(cudaStream_t caller) {
  // The engine's stream joins a capture by waiting for a stream that is part of it.
  if (order_ == &captured_ && !order_->has_joined) {
    BeginChange(caller);
  } else {
    WaitForReader();
  }
}

void Timeline::EndChange() {
  Record(order_->changed, stream());
  order_->has_changed = true;
}

void Timeline::Join(cudaStream_t caller) {
  if (order_->has_changed) Wait(caller, order_->changed);
  if (order_->is_read && order_->reader != caller) Wait(caller, order_->read);
}

void Timeline::EndRead(cudaStream_t caller) {
  // Whoever read before came before this: one event stands for all.
  Record(order_->read, caller);
  order_->is_read = true;
  order_->reader = caller;
}

void Timeline::EndChangeOnCaller(cudaStream_t caller) {
  EndRead(caller);
  Record(order_->changed, caller);
  order_->has_changed = true;
}

void Timeline::SetStale() {
  order_->may_be_stale = true;
  if (order_ == &captured_) replays_leave_stale_ = true;
}

void Timeline::Synchronize() {
  if (CaptureOf(stream()) != 0) throw Failure{VBT_ERR_CAPTURING, "The engine is part of a capture"};
  order_ = &eager_;
  WaitForReader();
  CheckCuda(cudaStreamSynchronize(stream()), "wait for the engine's stream");
}

}  // namespace verbatim::cuda
