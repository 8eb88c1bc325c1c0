#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "histogram.hpp"
#include "oracle/engine.hpp"

/** What of docs/semantics.md a comparison put to the test. */

namespace verbatim::cuda::tests {

/** With more candidates than this nobody looks which rule stopped which. */
constexpr size_t kMostCandidates = 200;

/** The rules that hold in a span, by number. */
inline void NoteSpan(const SequenceOracle& sequence, const Rules& rules, Histogram& histogram) {
  const SpanOracle& span = *sequence.OpenSpan();
  const int32_t k = sequence.depth();
  if (k == rules.max_span_tokens) histogram.Add("rule", "6, longest");
  if (sequence.IsClosingWithheld()) histogram.Add("rule", "6, withheld");
  if (k < rules.min_span_tokens && !sequence.IsClosingWithheld()) histogram.Add("rule", "6, only way on");
  if (span.opened_at == span.start) histogram.Add("rule", "10");
  if (span.scope.ranges) histogram.Add("rule", "10, ranges");
  if (span.scope.ends.empty()) histogram.Add("rule", "10, no ends");
  if (k == rules.max_span_tokens) return;
  const std::vector<int32_t>& candidates = sequence.Candidates();
  if (k > 0 && !sequence.Continuations().empty()) histogram.Add("rule", "3");
  if (k > 0) histogram.AddSize("candidates", static_cast<int64_t>(candidates.size()));
  if (k > 0 && candidates.size() >= 10'000) histogram.Add("candidates", "10000 and more");
  if (candidates.size() > kMostCandidates) return;
  const Text& text = sequence.text();
  bool by_barrier = false;
  bool by_edge = false;
  bool closes = false;
  for (const int32_t i : candidates) {
    if (i + k >= span.opened_at) continue;
    const bool is_stopped = text.run(i + k) != text.run(i);
    by_barrier |= is_stopped && rules.barriers.contains(text.id(i + k));
    by_edge |= is_stopped && !rules.barriers.contains(text.id(i + k));
    closes |= !is_stopped && span.scope.Closes(text.id(i + k));
  }
  if (by_barrier) histogram.Add("rule", "4");
  if (by_edge) histogram.Add("rule", "5");
  if (closes) histogram.Add("rule", "10, closing id continues");
}

inline void NoteState(const SequenceOracle& sequence, const Rules& rules, Histogram& histogram) {
  histogram.Add("status", std::to_string(sequence.status()));
  histogram.AddSize("length", sequence.length());
  histogram.AddSize("own tokens", sequence.length() - sequence.context_length());
  if (!sequence.in_span()) {
    histogram.Add("rule", "1");
    return;
  }
  histogram.AddSize("depth", sequence.depth());
  NoteSpan(sequence, rules, histogram);
}

/** What of a sequence tells, when compared with what it is after a verb, what the verb did. */
class Glance {
 public:
  explicit Glance(const SequenceOracle& sequence)
      : status_(sequence.status()),
        length_(sequence.length()),
        in_span_(sequence.in_span()),
        spans_(sequence.spans().size()) {}

  void NoteAccepting(const SequenceOracle& after, Histogram& histogram) const {
    histogram.Add("accept", Accepting(after));
    if (!in_span_ && after.in_span()) histogram.Add("rule", "2");
    if (after.status() != status_) histogram.Add("rule", "8");
  }

  void NoteUndoing(const SequenceOracle& after, Histogram& histogram) const {
    histogram.Add("undo", Undoing(after));
    if (after.length() < length_) histogram.Add("rule", "9");
  }

 private:
  std::string Accepting(const SequenceOracle& after) const {
    if (status_ != VBT_SEQUENCE_OK) return "in error before";
    if (after.status() != VBT_SEQUENCE_OK) return "refused: " + std::to_string(after.status());
    if (after.length() == length_) return "nothing";
    if (!in_span_) return after.in_span() ? "opens" : "joins";
    return after.in_span() ? "continues" : "closes";
  }

  std::string Undoing(const SequenceOracle& after) const {
    if (after.status() != VBT_SEQUENCE_OK) return "refused, or in error before";
    if (after.length() == length_) return "nothing";
    if (after.in_span()) {
      if (in_span_ && after.spans().size() == spans_) return "within the open span";
      return "reopens a span";
    }
    if (after.spans().size() < spans_) return "removes a span";
    return "outside a span";
  }

  vbt_sequence_status status_;
  int32_t length_;
  bool in_span_;
  size_t spans_;
};

/** The same of all sequences. */
class Glances {
 public:
  explicit Glances(EngineOracle& oracle) {
    for (const int32_t number : oracle.OpenSequences()) glances_.emplace(number, Glance(*oracle.Find(number)));
  }

  void NoteAccepting(EngineOracle& oracle, Histogram& histogram) const {
    for (const auto& [number, glance] : glances_) glance.NoteAccepting(*oracle.Find(number), histogram);
  }

  void NoteUndoing(EngineOracle& oracle, Histogram& histogram) const {
    for (const auto& [number, glance] : glances_) glance.NoteUndoing(*oracle.Find(number), histogram);
  }

 private:
  std::map<int32_t, Glance> glances_;
};

}  // namespace verbatim::cuda::tests
