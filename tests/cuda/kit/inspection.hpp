#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "coverage.hpp"
#include "twin.hpp"

/** Comparing all that can be read of a sequence. These wait for the engine. */

namespace verbatim::cuda::tests {

/** The bitmask of a sequence. */
inline std::vector<uint32_t> ExpectedWords(const SequenceOracle& sequence, size_t words_per_row) {
  if (!sequence.IsMasked()) return std::vector<uint32_t>(words_per_row, 0xffffffffU);
  std::vector<uint32_t> words(words_per_row);
  for (const int32_t id : sequence.Unmasked()) words[static_cast<size_t>(id) / 32] |= 1U << (id % 32);
  return words;
}

inline void ExpectWords(const uint32_t* told, const std::vector<uint32_t>& expected, const std::string& of) {
  for (size_t word = 0; word < expected.size(); ++word) {
    ExpectEqual(told[word], expected[word], "word " + std::to_string(word) + " of the bitmask of " + of);
  }
}

inline void CheckSnapshot(Twin& twin, int32_t number) {
  const SequenceOracle& oracle = *twin.oracle().Find(number);
  const vbt_snapshot_info expected = oracle.Snapshot();
  vbt_snapshot_info told = {};
  told.struct_size = sizeof(told);
  ExpectOk(twin.engine(), vbt_snapshot(twin.engine(), number, &told), "vbt_snapshot");
  const std::string of = " of sequence " + std::to_string(number);
  ExpectEqual<int>(told.status, expected.status, "the status" + of);
  ExpectEqual(told.length, expected.length, "the length" + of);
  ExpectEqual(told.in_span, expected.in_span, "in_span" + of);
  ExpectEqual(told.depth, expected.depth, "the depth" + of);
  ExpectEqual(told.candidates, expected.candidates, "the candidates" + of);
  ExpectEqual(told.spans, expected.spans, "the spans" + of);
}

/** Compares the tokens at positions [start, start + count). */
inline void CheckTokens(Twin& twin, int32_t number, size_t start, size_t count) {
  std::vector<int32_t> tokens(count + 1, -1);
  ExpectOk(twin.engine(), vbt_read(twin.engine(), number, start, count, tokens.data()), "vbt_read");
  const std::vector<int32_t>& expected = twin.oracle().Find(number)->text().ids();
  for (size_t i = 0; i < count; ++i) {
    ExpectEqual(tokens[i], expected[start + i],
                "the token at " + std::to_string(start + i) + " of sequence " + std::to_string(number));
  }
  ExpectEqual(tokens[count], -1, "what lies behind the tokens that were read");
}

inline void CheckBitmask(Twin& twin, int32_t number) {
  std::vector<uint32_t> words(twin.words_per_row());
  ExpectOk(twin.engine(), vbt_read_bitmask(twin.engine(), number, words.data()), "vbt_read_bitmask");
  const SequenceOracle& oracle = *twin.oracle().Find(number);
  ExpectWords(words.data(), ExpectedWords(oracle, words.size()), "sequence " + std::to_string(number));
}

inline void CheckSpans(Twin& twin, int32_t number, size_t first, size_t limit) {
  const std::vector<vbt_span> expected = twin.oracle().Find(number)->ToldSpans();
  std::vector<vbt_span> told(limit + 1);
  size_t count = limit + 1;
  ExpectOk(twin.engine(), vbt_read_spans(twin.engine(), number, first, limit, told.data(), &count), "vbt_read_spans");
  const size_t left = first < expected.size() ? expected.size() - first : 0;
  const std::string of = " of sequence " + std::to_string(number);
  ExpectEqual(count, std::min(limit, left), "the count of spans read" + of);
  for (size_t i = 0; i < count; ++i) {
    const std::string span = " of span " + std::to_string(first + i) + of;
    ExpectEqual(told[i].start, expected[first + i].start, "the start" + span);
    ExpectEqual(told[i].end, expected[first + i].end, "the end" + span);
    ExpectEqual(told[i].is_open, expected[first + i].is_open, "is_open" + span);
  }
}

inline void CheckSources(Twin& twin, int32_t number, size_t span, size_t limit) {
  std::vector<int32_t> expected = twin.oracle().Find(number)->Sources(span);
  twin.histogram().AddSize("sources", static_cast<int64_t>(expected.size()));
  if (!expected.empty()) twin.histogram().Add("rule", "12");
  if (expected.size() > limit) expected.resize(limit);
  std::vector<int32_t> told(limit + 1, -1);
  size_t count = limit + 1;
  ExpectOk(twin.engine(), vbt_sources(twin.engine(), number, span, limit, told.data(), &count), "vbt_sources");
  const std::string of = " of span " + std::to_string(span) + " of sequence " + std::to_string(number);
  ExpectEqual(count, expected.size(), "the count of sources" + of);
  for (size_t i = 0; i < count; ++i) ExpectEqual(told[i], expected[i], "source " + std::to_string(i) + of);
  ExpectEqual(told[count], -1, "what lies behind the sources");
}

/** Compares the bitmasks on the device, as a kernel of the caller's own would read them on `stream`. */
inline void CheckBitmasks(Twin& twin, cudaStream_t stream) {
  ExpectOk(twin.engine(), vbt_prepare(twin.engine(), stream), "vbt_prepare");
  ExpectOk(twin.engine(), vbt_join(twin.engine(), stream), "vbt_join");
  const uint32_t* words = nullptr;
  size_t words_per_row = 0;
  ExpectOk(twin.engine(), vbt_bitmasks(twin.engine(), &words, &words_per_row), "vbt_bitmasks");
  ExpectEqual(words_per_row, twin.words_per_row(), "the words of a bitmask");
  const size_t count = words_per_row * static_cast<size_t>(twin.oracle().max_sequences());
  const auto* told = reinterpret_cast<const uint32_t*>(twin.outputs().Fetch(words, count, stream));
  // The next verb may change them, and need not come after what `stream` still has to do.
  twin.SettleStream(stream);
  for (const int32_t number : twin.oracle().OpenSequences()) {
    ExpectWords(told + words_per_row * static_cast<size_t>(number),
                ExpectedWords(*twin.oracle().Find(number), words_per_row), "sequence " + std::to_string(number));
  }
}

/** All that can be read of a sequence, some of it at random places. */
inline void CheckSequence(Twin& twin, int32_t number, Random& random) {
  const SequenceOracle& oracle = *twin.oracle().Find(number);
  NoteState(oracle, twin.oracle().rules(), twin.histogram());
  CheckSnapshot(twin, number);
  const int32_t length = oracle.length();
  const int32_t window = std::min(length, 400);
  const int32_t start = random.OneIn(2) ? length - window : random.Below(length - window + 1);
  CheckTokens(twin, number, static_cast<size_t>(start), static_cast<size_t>(window));
  CheckBitmask(twin, number);
  const auto spans = static_cast<int32_t>(oracle.spans().size());
  CheckSpans(twin, number, static_cast<size_t>(random.Below(spans + 1)), static_cast<size_t>(random.Below(80)));
  if (spans == 0) return;
  const int32_t span = random.OneIn(2) ? spans - 1 : random.Below(spans);
  CheckSources(twin, number, static_cast<size_t>(span), static_cast<size_t>(random.Of({0, 1, 3, 16, 1'000})));
}

/** All that can be read of an engine. */
inline void CheckEngine(Twin& twin) {
  uint64_t bad_rows = 0;
  ExpectOk(twin.engine(), vbt_bad_rows(twin.engine(), &bad_rows), "vbt_bad_rows");
  ExpectEqual(bad_rows, twin.oracle().bad_rows(), "the rows that were skipped");
  // Memory that is not pinned holds the statuses when the call returns.
  std::vector<int32_t> statuses(static_cast<size_t>(twin.oracle().max_sequences()), -1);
  ExpectOk(twin.engine(), vbt_poll(twin.engine(), statuses.data(), twin.streams().back()), "vbt_poll");
  const std::vector<int32_t> expected = twin.oracle().Statuses();
  for (size_t i = 0; i < statuses.size(); ++i) ExpectEqual(statuses[i], expected[i], "a polled status");
  twin.CheckMemory();
}

}  // namespace verbatim::cuda::tests
