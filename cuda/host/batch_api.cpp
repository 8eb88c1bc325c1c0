#include <algorithm>

#include "call.hpp"

using namespace verbatim::cuda;

namespace {

using AcceptLauncher = cudaError_t (*)(const EngineView&, const RowMap&, const int32_t*, cudaStream_t);

/** Tokens in host memory, on their way as parameters of kernels, to where the next kernel finds them. */
const int32_t* StageTokens(vbt_engine& engine, const int32_t* tokens, int32_t count, cudaStream_t stream) {
  for (int32_t done = 0; done < count; done += kTokensPerLaunch) {
    TokenPortion portion = {};
    portion.count = std::min(kTokensPerLaunch, count - done);
    std::copy_n(tokens + done, portion.count, portion.tokens);
    CheckCuda(LaunchStageTokens(portion, engine.staged_tokens() + done, stream), "launch a kernel");
  }
  return engine.staged_tokens();
}

void Accept(vbt_engine& engine, const vbt_rows* rows, const int32_t* tokens, int32_t memory, vbt_stream stream,
            AcceptLauncher launch) {
  const RowMap map = ExpectRows(engine, rows);
  ExpectInteger("memory", memory, VBT_HOST, VBT_DEVICE + 1);
  if (memory == VBT_HOST) {
    ExpectMemory("tokens", tokens, static_cast<size_t>(map.count));
    EnterUncaptured(engine, stream);
  } else {
    if (map.count > 0) ExpectDeviceMemory("tokens", tokens, sizeof(int32_t), engine.device());
    engine.timeline().Enter(stream);
  }
  if (map.count == 0) return;
  EnqueueChange(engine, stream, [&](cudaStream_t own) {
    const int32_t* read = memory == VBT_HOST ? StageTokens(engine, tokens, map.count, own) : tokens;
    return launch(engine.view(), map, read, own);
  });
}

}  // namespace

vbt_status vbt_accept(vbt_engine* engine, const vbt_rows* rows, const int32_t* tokens, int32_t memory,
                      vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    Accept(live, rows, tokens, memory, stream, LaunchAccept);
    live.timeline().SetStale();
  });
}

vbt_status vbt_step(vbt_engine* engine, const vbt_rows* rows, const int32_t* tokens, int32_t memory,
                    vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) { Accept(live, rows, tokens, memory, stream, LaunchStep); });
}

vbt_status vbt_prepare(vbt_engine* engine, vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    live.timeline().Enter(stream);
    EnqueueStaleMasks(live, stream);
  });
}

vbt_status vbt_rollback(vbt_engine* engine, const vbt_rows* rows, const int32_t* counts, vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    const RowMap map = ExpectRows(live, rows);
    if (map.count > 0) ExpectDeviceMemory("counts", counts, sizeof(int32_t), live.device());
    live.timeline().Enter(stream);
    if (map.count == 0) return;
    EnqueueChange(live, stream, [&](cudaStream_t own) { return LaunchRollback(live.view(), map, counts, own); });
    live.timeline().SetStale();
  });
}

vbt_status vbt_apply(vbt_engine* engine, const vbt_rows* rows, const vbt_logits* logits, vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    const RowMap map = ExpectRows(live, rows);
    const LogitsView view = ExpectLogits(live, logits);
    live.timeline().Enter(stream);
    if (map.count == 0) return live.timeline().Join(stream);
    EnqueueStaleMasks(live, stream);
    EnqueueRead(live, stream, [&](cudaStream_t caller) {
      return LaunchMaskedFill(live.view(), map, view, live.mask_value(), caller);
    });
  });
}

vbt_status vbt_sample(vbt_engine* engine, const vbt_rows* rows, const vbt_logits* logits, int32_t* tokens,
                      vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    const RowMap map = ExpectRows(live, rows);
    const LogitsView view = ExpectLogits(live, logits);
    if (map.count > 0) ExpectDeviceMemory("tokens", tokens, sizeof(int32_t), live.device());
    live.timeline().Enter(stream);
    if (map.count == 0) return live.timeline().Join(stream);
    EnqueueStaleMasks(live, stream);
    live.timeline().BeginChangeOnCaller(stream);
    CheckCuda(LaunchSampleAllowed(live.view(), map, view, tokens, stream), "launch a kernel");
    live.timeline().EndChangeOnCaller(stream);
  });
}

vbt_status vbt_draft(vbt_engine* engine, const vbt_rows* rows, int32_t max, int32_t latest, int32_t* tokens,
                     int32_t* counts, vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    const RowMap map = ExpectRows(live, rows);
    ExpectInteger("max", max, 0, int64_t{live.view().max_span_tokens} + 1);
    if (map.count > 0) {
      if (max > 0) ExpectDeviceMemory("tokens", tokens, sizeof(int32_t), live.device());
      ExpectDeviceMemory("counts", counts, sizeof(int32_t), live.device());
    }
    live.timeline().Enter(stream);
    if (map.count == 0) return live.timeline().Join(stream);
    EnqueueRead(live, stream, [&](cudaStream_t caller) {
      return LaunchDraft(live.view(), map, {max, latest, tokens, counts}, caller);
    });
  });
}

vbt_status vbt_join(vbt_engine* engine, vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    live.timeline().Enter(stream);
    live.timeline().Join(stream);
  });
}
