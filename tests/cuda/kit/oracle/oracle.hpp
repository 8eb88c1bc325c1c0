#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "text.hpp"

namespace verbatim::cuda::tests {

/** A span as the rules know it. */
struct SpanOracle {
  /** It searches the positions below: those before its start token. */
  int32_t opened_at = 0;
  int32_t start = 0;
  /** nullopt: it is open. */
  std::optional<int32_t> end;
  Scope scope;
};

/**
 * A sequence of docs/semantics.md with the errors of verbatim_cuda.h. For every length it remembers the state it had
 * when it last had that length, so that undoing is looking it up.
 */
class SequenceOracle {
 public:
  using Spans = std::vector<SpanOracle>;

  SequenceOracle(const Rules& rules, const ContextOracle& context, int32_t max_tokens)
      : rules_(&rules),
        text_(context.text),
        context_length_(context.text.length()),
        max_tokens_(max_tokens),
        opened_{std::make_shared<const Spans>(), context.ends_with_segment},
        state_(opened_),
        history_{opened_} {}

  // ---- State

  vbt_sequence_status status() const { return status_; }
  const Text& text() const { return text_; }
  int32_t length() const { return text_.length(); }
  int32_t context_length() const { return context_length_; }
  int32_t max_tokens() const { return max_tokens_; }
  int32_t room() const { return context_length_ + max_tokens_ - length(); }
  bool in_span() const { return OpenSpan() != nullptr; }
  int32_t depth() const { return in_span() ? length() - OpenSpan()->start : 0; }
  const Spans& spans() const { return *state_.spans; }
  const SpanOracle* OpenSpan() const { return spans().empty() || spans().back().end ? nullptr : &spans().back(); }

  vbt_snapshot_info Snapshot() const {
    const int32_t candidates = depth() == 0 ? -1 : static_cast<int32_t>(Candidates().size());
    return {sizeof(vbt_snapshot_info),           status_, length(), in_span() ? 1 : 0, depth(), candidates,
            static_cast<int32_t>(spans().size())};
  }

  std::vector<vbt_span> ToldSpans() const {
    std::vector<vbt_span> told;
    for (const SpanOracle& span : spans()) told.push_back({span.start, span.end.value_or(length()), !span.end});
    return told;
  }

  // ---- Verbs

  void Append(std::span<const int32_t> ids, uint32_t flags) {
    if (status_ != VBT_SEQUENCE_OK) return;
    if (in_span()) return Refuse(VBT_SEQUENCE_WRONG_SPAN);
    if (static_cast<int64_t>(ids.size()) > room()) return Refuse(VBT_SEQUENCE_CONTEXT_FULL);
    const bool segment = (flags & VBT_SEGMENT) != 0;
    if (!segment && ids.empty()) return;
    bool starts_run = segment || state_.run_is_due;
    for (const int32_t id : ids) {
      text_.Add(*rules_, id, (flags & VBT_UNSEARCHABLE) == 0, starts_run);
      starts_run = false;
      Become({state_.spans, segment});
    }
    Become({state_.spans, segment});
  }

  void Accept(int32_t token) {
    if (status_ != VBT_SEQUENCE_OK || token == -1) return;
    if (!rules_->IsId(token)) return Refuse(VBT_SEQUENCE_TOKEN_OUT_OF_RANGE);
    if (room() == 0) return Refuse(VBT_SEQUENCE_CONTEXT_FULL);
    const bool was_in_span = in_span();
    const bool closes = was_in_span && OpenSpan()->scope.Closes(token);
    const bool opens = !was_in_span && token == rules_->start_token;
    if (was_in_span && !Allows(token)) return Refuse(VBT_SEQUENCE_TOKEN_NOT_ALLOWED);
    if (opens && SpansAreFull()) return Refuse(VBT_SEQUENCE_SPANS_FULL);
    if (was_in_span && !closes) return Continue(token);
    Spans after = spans();
    if (closes) after.back().end = length();
    if (opens) after.push_back({length(), length() + 1, std::nullopt, {std::nullopt, {rules_->end_token}}});
    Generate(token);
    if (closes || opens) return Become(std::move(after), false);
    Become({state_.spans, false});
  }

  void BeginSpan(Scope scope) {
    if (status_ != VBT_SEQUENCE_OK) return;
    if (in_span()) return Refuse(VBT_SEQUENCE_WRONG_SPAN);
    if (SpansAreFull()) return Refuse(VBT_SEQUENCE_SPANS_FULL);
    Spans after = spans();
    after.push_back({length(), length(), std::nullopt, std::move(scope)});
    Become(std::move(after), state_.run_is_due);
  }

  void EndSpan() {
    if (status_ != VBT_SEQUENCE_OK) return;
    if (!in_span()) return Refuse(VBT_SEQUENCE_WRONG_SPAN);
    Spans after = spans();
    after.back().end = length();
    Become(std::move(after), state_.run_is_due);
  }

  void Truncate(int64_t target) {
    if (target < context_length_ || target > length()) return Refuse(VBT_SEQUENCE_BAD_LENGTH);
    const int32_t own = static_cast<int32_t>(target) - context_length_;
    text_.Cut(static_cast<int32_t>(target));
    history_.resize(static_cast<size_t>(own) + 1);
    state_ = history_.back();
    status_ = VBT_SEQUENCE_OK;
    Forget();
  }

  void Rollback(int32_t count) {
    if (status_ != VBT_SEQUENCE_OK) return;
    if (count < 0) return Refuse(VBT_SEQUENCE_BAD_LENGTH);
    Truncate(static_cast<int64_t>(length()) - count);
  }

  void Reset() {
    text_.Cut(context_length_);
    history_ = {opened_};
    state_ = opened_;
    status_ = VBT_SEQUENCE_OK;
    Forget();
  }

  void Clear() { status_ = VBT_SEQUENCE_OK; }

  /** vbt_sample found nothing to draw. */
  void FindNoValidToken() { Refuse(VBT_SEQUENCE_NO_VALID_TOKEN); }

  // ---- What is allowed

  /** Whether rows of the sequence are masked. */
  bool IsMasked() const { return status_ != VBT_SEQUENCE_OK || in_span(); }

  /** The ids that a masked row allows, ascending. */
  std::vector<int32_t> Unmasked() const {
    if (status_ != VBT_SEQUENCE_OK) return {rules_->end_token};
    return Allowed();
  }

  /** A(c, r) without the closing ids: by what the open span can go on, ascending. */
  const std::vector<int32_t>& Continuations() const {
    if (continuations_) return *continuations_;
    continuations_.emplace();
    if (depth() == rules_->max_span_tokens) return *continuations_;
    for (const int32_t id : NextIds(Candidates(), depth())) {
      if (!OpenSpan()->scope.Closes(id)) continuations_->push_back(id);
    }
    return *continuations_;
  }

  /** Whether the closing ids are withheld. */
  bool IsClosingWithheld() const { return depth() < rules_->min_span_tokens && !Continuations().empty(); }

  /** What the open span allows, ascending. */
  std::vector<int32_t> Allowed() const {
    std::vector<int32_t> allowed = Continuations();
    if (!IsClosingWithheld()) {
      allowed.insert(allowed.end(), OpenSpan()->scope.ends.begin(), OpenSpan()->scope.ends.end());
      std::sort(allowed.begin(), allowed.end());
      allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
    }
    return allowed;
  }

  bool Allows(int32_t token) const {
    if (OpenSpan()->scope.Closes(token)) return !IsClosingWithheld();
    return std::binary_search(Continuations().begin(), Continuations().end(), token);
  }

  /** S_k of the open span, ascending. */
  const std::vector<int32_t>& Candidates() const {
    if (!candidates_) {
      const SpanOracle& span = *OpenSpan();
      candidates_ = text_.Candidates(Quote(span), span.opened_at, span.scope);
    }
    return *candidates_;
  }

  std::vector<int32_t> Draft(int32_t max, bool latest) const {
    std::vector<int32_t> drafted;
    if (status_ != VBT_SEQUENCE_OK || !in_span()) return drafted;
    std::vector<int32_t> chosen = Candidates();
    if (latest) {
      std::erase_if(chosen, [&](int32_t i) { return !Continues(i, depth()); });
      if (chosen.size() > 1) chosen.erase(chosen.begin(), chosen.end() - 1);
    }
    for (int32_t k = depth(); static_cast<int32_t>(drafted.size()) < max && k < rules_->max_span_tokens; ++k) {
      const std::vector<int32_t> next = NextIds(chosen, k);
      if (next.size() != 1 || OpenSpan()->scope.Closes(next[0])) break;
      drafted.push_back(next[0]);
      Keep(chosen, k, next[0]);
    }
    return drafted;
  }

  /** Where the tokens of a span stand in what it searched, ascending. */
  std::vector<int32_t> Sources(size_t index) const {
    const SpanOracle& span = spans()[index];
    const std::span<const int32_t> quote = Quote(span);
    if (quote.empty()) return {};
    return text_.Candidates(quote, span.opened_at, span.scope);
  }

 private:
  struct State {
    std::shared_ptr<const Spans> spans;
    /** The next unnamed token starts a run. */
    bool run_is_due = false;
  };

  std::span<const int32_t> Quote(const SpanOracle& span) const {
    const auto first = text_.ids().begin() + span.start;
    return {first, text_.ids().begin() + span.end.value_or(length())};
  }

  bool SpansAreFull() const { return static_cast<int32_t>(spans().size()) == rules_->max_spans; }

  /** Whether a candidate of k tokens has one more. */
  bool Continues(int32_t i, int32_t k) const {
    const SpanOracle& span = *OpenSpan();
    return text_.Has(i, k + 1, span.opened_at, span.scope);
  }

  /** { c[i+k] : i in S_k }, inside i's run and range, ascending. */
  std::vector<int32_t> NextIds(const std::vector<int32_t>& candidates, int32_t k) const {
    std::vector<bool> is_next(static_cast<size_t>(rules_->vocab_size));
    for (const int32_t i : candidates) {
      if (Continues(i, k)) is_next[static_cast<size_t>(text_.id(i + k))] = true;
    }
    std::vector<int32_t> ids;
    for (int32_t id = 0; id < rules_->vocab_size; ++id) {
      if (is_next[static_cast<size_t>(id)]) ids.push_back(id);
    }
    return ids;
  }

  /** S_{k+1} = { i in S_k : c[i+k] = token }. */
  void Keep(std::vector<int32_t>& candidates, int32_t k, int32_t token) const {
    std::erase_if(candidates, [&](int32_t i) { return !Continues(i, k) || text_.id(i + k) != token; });
  }

  void Continue(int32_t token) {
    std::vector<int32_t> kept = Candidates();
    Keep(kept, depth(), token);
    Generate(token);
    Become({state_.spans, false});
    candidates_ = std::move(kept);
  }

  void Generate(int32_t token) { text_.Add(*rules_, token, rules_->recall_generated, state_.run_is_due); }

  /** Remembers the state as the one that the sequence last had at this length. */
  void Become(const State& state) {
    state_ = state;
    history_.resize(static_cast<size_t>(length() - context_length_) + 1);
    history_.back() = state_;
    Forget();
  }

  void Become(Spans spans, bool run_is_due) { Become({std::make_shared<const Spans>(std::move(spans)), run_is_due}); }

  void Refuse(vbt_sequence_status status) { status_ = status; }

  void Forget() {
    candidates_.reset();
    continuations_.reset();
  }

  const Rules* rules_;
  Text text_;
  int32_t context_length_;
  int32_t max_tokens_;
  State opened_;
  State state_;
  /** [own tokens + 1] */
  std::vector<State> history_;
  vbt_sequence_status status_ = VBT_SEQUENCE_OK;
  /** What has been worked out since the last change. */
  mutable std::optional<std::vector<int32_t>> candidates_;
  mutable std::optional<std::vector<int32_t>> continuations_;
};

}  // namespace verbatim::cuda::tests
