#pragma once

#include <exception>
#include <new>

#include "arguments.hpp"

namespace verbatim::cuda {

/**
 * Runs the body of a call of the C ABI: on the engine's device, with what it throws made into a status and a message.
 * @param work (vbt_engine&) -> void
 */
template <typename Work>
vbt_status Call(vbt_engine* engine, const Work& work) noexcept {
  if (engine == nullptr) return VBT_ERR_INVALID_ARGUMENT;
  try {
    const DeviceScope scope(engine->device());
    work(*engine);
    return VBT_OK;
  } catch (const Failure& failure) {
    // A message is a help; where there is no memory for it the status has to do.
    try {
      engine->message = failure.message;
    } catch (const std::bad_alloc&) {
      engine->message.clear();
    }
    return failure.status;
  } catch (const std::bad_alloc&) {
    engine->message.clear();
    return VBT_ERR_OUT_OF_MEMORY;
  } catch (...) {
    engine->message.clear();
    return VBT_ERR_CUDA;
  }
}

/** Enqueues a change of the engine's state, after what `stream` has in front of it. `launch(stream) -> cudaError_t` */
template <typename Launch>
void EnqueueChange(vbt_engine& engine, cudaStream_t stream, const Launch& launch) {
  Timeline& timeline = engine.timeline();
  timeline.BeginChange(stream);
  CheckCuda(launch(timeline.stream()), "launch a kernel");
  timeline.EndChange();
}

/** The same for a verb of the host, which cannot be captured and leaves masks stale. */
template <typename Launch>
void EnqueueHostChange(vbt_engine& engine, cudaStream_t stream, const Launch& launch) {
  EnqueueChange(engine, stream, launch);
  engine.timeline().SetStale();
}

/** Enters a call that cannot be captured. */
inline void EnterUncaptured(vbt_engine& engine, cudaStream_t stream) {
  if (engine.timeline().IsCapturing(stream)) throw Failure{VBT_ERR_CAPTURING, "This call cannot be captured"};
  engine.timeline().Enter(stream);
}

/** Enqueues the masks that may be stale, beside whatever the caller's stream is at. */
inline void EnqueueStaleMasks(vbt_engine& engine, cudaStream_t stream) {
  Timeline& timeline = engine.timeline();
  if (!timeline.may_be_stale()) return;
  timeline.BeginOwnChange(stream);
  CheckCuda(LaunchMaskScatter(engine.view(), timeline.stream()), "launch a kernel");
  timeline.EndChange();
  timeline.SetCurrent();
}

/** Enqueues what reads the engine's state on the caller's stream. `launch(stream) -> cudaError_t` */
template <typename Launch>
void EnqueueRead(vbt_engine& engine, cudaStream_t stream, const Launch& launch) {
  Timeline& timeline = engine.timeline();
  timeline.BeginRead(stream);
  CheckCuda(launch(stream), "launch a kernel");
  timeline.EndRead(stream);
}

}  // namespace verbatim::cuda
