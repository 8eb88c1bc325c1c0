#include <algorithm>
#include <vector>

#include "../kernels/state/span_scope.cuh"
#include "call.hpp"

using namespace verbatim::cuda;

namespace {

/** Copies entries of device memory to the host, after all of the engine's work. */
template <typename Entry>
void ReadBack(vbt_engine& engine, const Entry* from, size_t count, Entry* to) {
  if (count == 0) return;
  const cudaStream_t stream = engine.timeline().stream();
  CheckCuda(cudaMemcpyAsync(to, from, count * sizeof(Entry), cudaMemcpyDeviceToHost, stream), "read device memory");
  CheckCuda(cudaStreamSynchronize(stream), "wait for the engine's stream");
}

template <typename Entry>
Entry ReadBack(vbt_engine& engine, const Entry* from) {
  Entry entry = {};
  ReadBack(engine, from, 1, &entry);
  return entry;
}

Sequence ReadSequence(vbt_engine& engine, int32_t sequence) {
  ExpectSequence(engine, sequence);
  engine.timeline().Synchronize();
  return ReadBack(engine, engine.view().sequences + sequence);
}

std::vector<SpanRecord> ReadSpans(vbt_engine& engine, int32_t sequence, const Sequence& state) {
  std::vector<SpanRecord> spans(static_cast<size_t>(state.span_count));
  const auto first = static_cast<int64_t>(sequence) * engine.view().max_spans;
  ReadBack(engine, engine.view().spans + first, spans.size(), spans.data());
  if (state.in_span != 0) spans.back().end = state.length;
  return spans;
}

/** The words at positions [start, end). */
std::vector<TokenWord> ReadWords(vbt_engine& engine, const Sequence& state, int32_t start, int32_t end) {
  std::vector<TokenWord> words(static_cast<size_t>(end - start));
  const int32_t base = state.context.length;
  const int32_t split = std::clamp(base, start, end);
  TokenWord* own_words = words.data() + (split - start);
  if (split > start) ReadBack(engine, state.context.words + start, static_cast<size_t>(split - start), words.data());
  if (end > split) ReadBack(engine, state.own + (split - base), static_cast<size_t>(end - split), own_words);
  return words;
}

/** Whether the quote stands at a position that the span searches. */
bool StandsAt(const std::vector<TokenWord>& words, const SpanRecord& span, std::span<const TokenWord> quote,
              int32_t position) {
  const auto length = static_cast<int32_t>(quote.size());
  if (position + length > SearchEnd(span, position)) return false;
  const auto at = words.begin() + position;
  if (!Begins(at[0], IdOf(quote[0]))) return false;
  for (int32_t i = 1; i < length; ++i) {
    if (!ContinuesWith(at[i], IdOf(quote[static_cast<size_t>(i)]))) return false;
  }
  return true;
}

}  // namespace

vbt_status vbt_poll(vbt_engine* engine, int32_t* statuses, vbt_stream stream) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("statuses", statuses);
    cudaPointerAttributes attributes = {};
    const cudaError_t error = cudaPointerGetAttributes(&attributes, statuses);
    if (error != cudaSuccess) (void)cudaGetLastError();
    const bool is_pinned = error == cudaSuccess && attributes.type == cudaMemoryTypeHost;
    Expect(error != cudaSuccess || attributes.type != cudaMemoryTypeDevice, "statuses", "host memory");
    if (is_pinned) {
      live.timeline().Enter(stream);
    } else {
      EnterUncaptured(live, stream);
    }
    const size_t bytes = static_cast<size_t>(live.view().max_sequences) * sizeof(int32_t);
    EnqueueRead(live, stream, [&](cudaStream_t caller) {
      return cudaMemcpyAsync(statuses, live.view().statuses, bytes, cudaMemcpyDeviceToHost, caller);
    });
    if (!is_pinned) CheckCuda(cudaStreamSynchronize(stream), "wait for the stream");
  });
}

vbt_status vbt_bad_rows(vbt_engine* engine, uint64_t* count) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("count", count);
    live.timeline().Synchronize();
    *count = ReadBack(live, live.view().bad_rows);
  });
}

vbt_status vbt_bitmasks(vbt_engine* engine, const uint32_t** words, size_t* words_per_row) {
  return Call(engine, [&](const vbt_engine& live) {
    ExpectMemory("words", words);
    ExpectMemory("words_per_row", words_per_row);
    *words = live.view().masks;
    *words_per_row = static_cast<size_t>(live.view().mask_words);
  });
}

vbt_status vbt_snapshot(vbt_engine* engine, int32_t sequence, vbt_snapshot_info* info) {
  return Call(engine, [&](vbt_engine& live) {
    const size_t size = ExpectStructure("info", info, VBT_SIZE_UP_TO(vbt_snapshot_info, spans));
    const Sequence state = ReadSequence(live, sequence);
    vbt_snapshot_info snapshot = {};
    snapshot.status = static_cast<vbt_sequence_status>(ReadBack(live, live.view().statuses + sequence));
    snapshot.length = state.length;
    snapshot.in_span = state.in_span;
    snapshot.spans = state.span_count;
    snapshot.depth = state.in_span == 0 ? 0 : state.length - ReadSpans(live, sequence, state).back().start;
    snapshot.candidates = -1;
    if (snapshot.depth > 0) {
      const int64_t counts = static_cast<int64_t>(sequence) * (live.view().max_span_tokens + 1);
      snapshot.candidates = ReadBack(live, live.view().survivor_counts + counts + snapshot.depth);
    }
    WriteResult(snapshot, size, info);
  });
}

vbt_status vbt_read(vbt_engine* engine, int32_t sequence, size_t start, size_t count, int32_t* tokens) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("tokens", tokens, count);
    const Sequence state = ReadSequence(live, sequence);
    const auto length = static_cast<size_t>(state.length);
    ExpectInteger("start", static_cast<int64_t>(start), 0, state.length + 1);
    ExpectInteger("count", static_cast<int64_t>(count), 0, static_cast<int64_t>(length - start) + 1);
    const auto words = ReadWords(live, state, static_cast<int32_t>(start), static_cast<int32_t>(start + count));
    std::transform(words.begin(), words.end(), tokens, IdOf);
  });
}

vbt_status vbt_read_bitmask(vbt_engine* engine, int32_t sequence, uint32_t* words) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("words", words);
    ExpectSequence(live, sequence);
    live.timeline().Synchronize();
    EnqueueStaleMasks(live, live.timeline().stream());
    const auto mask_words = static_cast<size_t>(live.view().mask_words);
    ReadBack(live, live.view().masks + static_cast<size_t>(sequence) * mask_words, mask_words, words);
  });
}

vbt_status vbt_read_spans(vbt_engine* engine, int32_t sequence, size_t first, size_t limit, vbt_span* spans,
                          size_t* count) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("spans", spans, limit);
    ExpectMemory("count", count);
    const Sequence state = ReadSequence(live, sequence);
    const std::vector<SpanRecord> records = ReadSpans(live, sequence, state);
    *count = std::min(limit, records.size() - std::min(first, records.size()));
    for (size_t i = 0; i < *count; ++i) {
      const SpanRecord& record = records[first + i];
      spans[i] = {record.start, record.end, state.in_span != 0 && first + i + 1 == records.size() ? 1 : 0};
    }
  });
}

vbt_status vbt_sources(vbt_engine* engine, int32_t sequence, size_t span, size_t limit, int32_t* starts,
                       size_t* count) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("starts", starts, limit);
    ExpectMemory("count", count);
    const Sequence state = ReadSequence(live, sequence);
    ExpectInteger("span", static_cast<int64_t>(span), 0, state.span_count);
    const SpanRecord record = ReadSpans(live, sequence, state)[span];
    *count = 0;
    if (record.end == record.start) return;
    const std::vector<TokenWord> searched = ReadWords(live, state, 0, record.opened_at);
    const std::vector<TokenWord> quote = ReadWords(live, state, record.start, record.end);
    for (int32_t position = 0; position < record.opened_at && *count < limit; ++position) {
      if (StandsAt(searched, record, quote, position)) starts[(*count)++] = position;
    }
  });
}
