#include <algorithm>
#include <cmath>

#include "call.hpp"

using namespace verbatim::cuda;

namespace {

constexpr int64_t kMaxTokens = int64_t{1} << 30;

/** The lowest number that is free. */
int32_t FreeSequence(vbt_engine& engine) {
  const auto& slots = engine.sequences();
  const auto free = std::find_if(slots.begin(), slots.end(), [](const SequenceSlot& slot) { return !slot.is_open(); });
  if (free != slots.end()) return static_cast<int32_t>(free - slots.begin());
  throw Failure{VBT_ERR_LIMIT, "All " + std::to_string(slots.size()) + " sequences are open (max_sequences)"};
}

/** Takes what a sequence needs of the pool. */
SequenceSlot TakeSlot(vbt_engine& engine, std::shared_ptr<const SharedContext> context, size_t max_tokens) {
  const size_t candidates = max_tokens + static_cast<size_t>(context->largest_bucket);
  SequenceSlot slot;
  slot.max_tokens = max_tokens;
  slot.own = PoolPiece(engine.pool(), max_tokens * sizeof(TokenWord));
  slot.survivors = PoolPiece(engine.pool(), candidates * sizeof(int32_t));
  slot.context = std::move(context);
  return slot;
}

Sequence InitialState(const SequenceSlot& slot) {
  Sequence state = {};
  state.context = slot.context->view;
  state.own = slot.own.as<TokenWord>();
  state.survivors = slot.survivors.as<int32_t>();
  state.own_capacity = static_cast<int32_t>(slot.max_tokens);
  state.length = state.context.length;
  state.run_is_due = state.context.ends_run;
  state.is_live = 1;
  state.sampling = {1, 0, 1, 0, 0, 0};
  return state;
}

/** A verb of one sequence, from the host. `launch(stream) -> cudaError_t` */
template <typename Check, typename Launch>
vbt_status ChangeSequence(vbt_engine* engine, int32_t sequence, vbt_stream stream, const Check& check,
                          const Launch& launch) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectSequence(live, sequence);
    check(live);
    EnterUncaptured(live, stream);
    EnqueueHostChange(live, stream, [&](cudaStream_t own) { return launch(live.view(), own); });
  });
}

void CheckNothing(const vbt_engine&) {}

SpanScope ScopeOf(const vbt_engine& engine, const vbt_range* ranges, size_t range_count, const int32_t* ends,
                  size_t end_count) {
  SpanScope scope = {};
  ExpectInteger("range_count", static_cast<int64_t>(range_count), 0, ranges == nullptr ? 1 : VBT_MAX_RANGES + 1);
  ExpectInteger("end_count", static_cast<int64_t>(end_count), 0, ends == nullptr ? 1 : VBT_MAX_ENDS + 1);
  int32_t last_end = 0;
  for (size_t i = 0; i < range_count; ++i) {
    Expect(ranges[i].start >= last_end && ranges[i].end >= ranges[i].start, "ranges", "ascending and disjoint");
    last_end = ranges[i].end;
  }
  if (ranges != nullptr && range_count == 0) {
    // To search nothing is another thing than to search everything.
    scope.range_count = 1;
  } else {
    scope.range_count = static_cast<int32_t>(range_count);
    std::copy_n(ranges, range_count, scope.ranges);
  }
  if (ends == nullptr) {
    scope.end_count = 1;
    scope.ends[0] = engine.view().end_token;
  } else {
    ExpectIds("ends", ends, end_count, engine.view().vocab_size);
    scope.end_count = static_cast<int32_t>(end_count);
    std::copy_n(ends, end_count, scope.ends);
  }
  return scope;
}

}  // namespace

vbt_status vbt_sequence_open(vbt_engine* engine, vbt_context* context, size_t max_tokens, vbt_stream stream,
                             int32_t* sequence) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("sequence", sequence);
    Expect(context == nullptr || live.contexts().contains(context), "context", "an open context of this engine");
    const auto& shared = context == nullptr ? live.empty_context() : context->shared;
    ExpectInteger("max_tokens", static_cast<int64_t>(max_tokens), 1, kMaxTokens - shared->view.length);
    EnterUncaptured(live, stream);
    const int32_t opened = FreeSequence(live);
    SequenceSlot slot = TakeSlot(live, shared, max_tokens);
    EnqueueChange(live, stream,
                  [&](cudaStream_t own) { return LaunchOpen(live.view(), opened, InitialState(slot), own); });
    live.sequences()[static_cast<size_t>(opened)] = std::move(slot);
    *sequence = opened;
  });
}

vbt_status vbt_sequence_fork(vbt_engine* engine, int32_t sequence, vbt_stream stream, int32_t* fork) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("fork", fork);
    const SequenceSlot& original = ExpectSequence(live, sequence);
    EnterUncaptured(live, stream);
    const int32_t opened = FreeSequence(live);
    SequenceSlot slot = TakeSlot(live, original.context, original.max_tokens);
    EnqueueChange(live, stream, [&](cudaStream_t own) {
      return LaunchFork(live.view(), sequence, opened, slot.own.as<TokenWord>(), slot.survivors.as<int32_t>(), own);
    });
    live.sequences()[static_cast<size_t>(opened)] = std::move(slot);
    *fork = opened;
  });
}

vbt_status vbt_sequence_close(vbt_engine* engine, int32_t sequence, vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    SequenceSlot& slot = ExpectSequence(live, sequence);
    EnterUncaptured(live, stream);
    EnqueueChange(live, stream, [&](cudaStream_t own) { return LaunchClose(live.view(), sequence, own); });
    slot = SequenceSlot();
  });
}

vbt_status vbt_append(vbt_engine* engine, int32_t sequence, const int32_t* tokens, size_t count, uint32_t flags,
                      vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectSequence(live, sequence);
    ExpectInteger("count", static_cast<int64_t>(count), 0, kMaxTokens);
    ExpectIds("tokens", tokens, count, live.view().vocab_size);
    Expect((flags & ~uint32_t{VBT_UNSEARCHABLE | VBT_SEGMENT}) == 0, "flags", "VBT_UNSEARCHABLE, VBT_SEGMENT or both");
    EnterUncaptured(live, stream);
    size_t done = 0;
    EnqueueHostChange(live, stream, [&](cudaStream_t own) {
      cudaError_t error = cudaSuccess;
      do {
        const size_t portion = std::min(count - done, static_cast<size_t>(vbt_engine::kStagedTokens));
        live.upload().Copy(tokens + done, portion * sizeof(int32_t), live.staged_tokens(), own);
        error = LaunchAppend(live.view(), sequence,
                             {live.staged_tokens(), static_cast<int32_t>(portion), static_cast<int32_t>(count - done),
                              done == 0 ? 1 : 0, flags},
                             own);
        done += portion;
      } while (error == cudaSuccess && done < count);
      return error;
    });
  });
}

vbt_status vbt_begin_span(vbt_engine* engine, int32_t sequence, const vbt_range* ranges, size_t range_count,
                          const int32_t* ends, size_t end_count, vbt_stream stream) {
  SpanScope scope = {};
  return ChangeSequence(
      engine, sequence, stream,
      [&](const vbt_engine& live) { scope = ScopeOf(live, ranges, range_count, ends, end_count); },
      [&](const EngineView& view, cudaStream_t own) { return LaunchBeginSpan(view, sequence, scope, own); });
}

vbt_status vbt_end_span(vbt_engine* engine, int32_t sequence, vbt_stream stream) {
  return ChangeSequence(engine, sequence, stream, CheckNothing,
                        [&](const EngineView& view, cudaStream_t own) { return LaunchEndSpan(view, sequence, own); });
}

vbt_status vbt_truncate(vbt_engine* engine, int32_t sequence, size_t length, vbt_stream stream) {
  return ChangeSequence(engine, sequence, stream, CheckNothing, [&](const EngineView& view, cudaStream_t own) {
    // A length past what any sequence can have is still one that this sequence never had.
    return LaunchTruncate(view, sequence, static_cast<int32_t>(std::min<size_t>(length, kMaxTokens)), own);
  });
}

vbt_status vbt_reset(vbt_engine* engine, int32_t sequence, vbt_stream stream) {
  return ChangeSequence(engine, sequence, stream, CheckNothing,
                        [&](const EngineView& view, cudaStream_t own) { return LaunchReset(view, sequence, own); });
}

vbt_status vbt_clear(vbt_engine* engine, int32_t sequence, vbt_stream stream) {
  return ChangeSequence(engine, sequence, stream, CheckNothing, [&](const EngineView& view, cudaStream_t own) {
    return LaunchClearStatus(view, sequence, own);
  });
}

vbt_status vbt_set_sampling(vbt_engine* engine, int32_t sequence, const vbt_sampling* given, vbt_stream stream) {
  vbt_sampling sampling = {};
  return ChangeSequence(
      engine, sequence, stream,
      [&](const vbt_engine& live) {
        sampling = ReadOptions("sampling", given, VBT_SIZE_UP_TO(vbt_sampling, seed));
        Expect(std::isfinite(sampling.temperature) && sampling.temperature >= 0, "sampling->temperature",
               "a finite number that is 0 or more");
        ExpectInteger("sampling->top_k", sampling.top_k, 0, int64_t{live.view().vocab_size} + 1);
        Expect(sampling.top_p >= 0 && sampling.top_p <= 1, "sampling->top_p", "a number in [0, 1]");
        Expect(sampling.min_p >= 0 && sampling.min_p <= 1, "sampling->min_p", "a number in [0, 1]");
      },
      [&](const EngineView& view, cudaStream_t own) {
        return LaunchSetSampling(
            view, sequence, {sampling.temperature, sampling.top_k, sampling.top_p, sampling.min_p, sampling.seed, 0},
            own);
      });
}
