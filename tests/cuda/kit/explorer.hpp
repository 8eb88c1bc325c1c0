#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "batch_verbs.hpp"
#include "inspection.hpp"
#include "proposals.hpp"
#include "twin.hpp"

namespace verbatim::cuda::tests {

/** Random verbs on an engine and its oracle. */
class Explorer {
 public:
  Explorer(const Plan& plan, uint64_t seed, Histogram& histogram)
      : random_(seed), twin_(plan, histogram), batch_(twin_), propose_(twin_.plan(), twin_.oracle(), random_) {
    SeedDevice(seed);
  }

  Twin& twin() { return twin_; }
  BatchVerbs& batch() { return batch_; }
  Proposals& propose() { return propose_; }
  Random& random() { return random_; }

  /** One verb, and now and then a look at what came of the last ones. */
  void Step() {
    if (twin_.oracle().OpenSequences().empty()) {
      CreateContext();
      Open();
    }
    const int32_t wrong = SequenceInError();
    if (wrong != -1 && random_.OneIn(2)) {
      Recover(wrong);
    } else {
      (this->*SomeVerb())();
    }
    if (random_.OneIn(10)) twin_.SettleStream(SomeStream());
    if (random_.OneIn(8) && !twin_.oracle().OpenSequences().empty()) CheckSequence(twin_, SomeSequence(), random_);
    if (random_.OneIn(40)) CheckEngine(twin_);
  }

  /** Compares everything there is. The verbs that follow are the same with and without it. */
  void CheckAll() {
    Random random(7);
    twin_.Settle();
    for (const int32_t number : twin_.oracle().OpenSequences()) {
      CheckSequence(twin_, number, random);
      for (size_t span = 0; span < twin_.oracle().Find(number)->spans().size(); ++span) {
        CheckSources(twin_, number, span, 40);
      }
    }
    CheckEngine(twin_);
  }

 private:
  using Verb = void (Explorer::*)();

  // ---- Choices

  cudaStream_t SomeStream() { return random_.Of(twin_.streams()); }

  int32_t SomeSequence() { return random_.Of(twin_.oracle().OpenSequences()); }

  /** A sequence that is in a span, or one that is not, where there is one and chance does not say otherwise. */
  int32_t SomeSequence(bool in_span) {
    std::vector<int32_t> fitting;
    for (const int32_t number : twin_.oracle().OpenSequences()) {
      if (Oracle(number).in_span() == in_span) fitting.push_back(number);
    }
    return fitting.empty() || random_.OneIn(10) ? SomeSequence() : random_.Of(fitting);
  }

  SequenceOracle& Oracle(int32_t number) { return *twin_.oracle().Find(number); }

  int32_t SequenceInError() {
    for (const int32_t number : twin_.oracle().OpenSequences()) {
      if (Oracle(number).status() != VBT_SEQUENCE_OK) return number;
    }
    return -1;
  }

  Batch SomeRows() { return propose_.Rows(2 * twin_.oracle().max_sequences() + 4); }

  std::string Told(int32_t number) { return "sequence " + std::to_string(number); }

  static std::string Told(const std::vector<int32_t>& values) {
    std::string told = "[";
    for (size_t i = 0; i < values.size() && i < 24; ++i) told += (i == 0 ? "" : " ") + std::to_string(values[i]);
    return told + (values.size() > 24 ? " ...]" : "]");
  }

  static std::string Told(const Batch& batch) {
    return batch.sequences ? "rows " + Told(*batch.sequences) : "rows 0 to " + std::to_string(batch.count - 1);
  }

  /** What was sent so far may be overwritten once `stream`, on which a verb ran, comes here. */
  void MaySpoil(cudaStream_t stream) {
    if (random_.OneIn(3)) twin_.inputs().Spoil(stream);
  }

  // ---- Contexts and sequences

  void CreateContext() {
    if (twin_.contexts().size() >= 3) return DestroyContext();
    const Plan& plan = twin_.plan();
    const int32_t count = plan.is_large ? plan.max_context : random_.Below(plan.max_context + 1);
    const std::vector<int32_t> tokens = MakeText(random_, plan, count);
    const std::vector<vbt_piece> pieces = MakePieces(random_, count);
    twin_.Begin("context_create", Told(tokens));
    twin_.CreateContext(tokens, random_.OneIn(3) ? nullptr : &pieces, SomeStream());
  }

  void DestroyContext() {
    if (twin_.contexts().empty()) return;
    twin_.Begin("context_destroy");
    twin_.DestroyContext(static_cast<size_t>(random_.Below(static_cast<int32_t>(twin_.contexts().size()))));
  }

  void Open() {
    const auto contexts = static_cast<int32_t>(twin_.contexts().size());
    std::optional<size_t> context;
    if (contexts > 0 && !random_.OneIn(6)) context = static_cast<size_t>(random_.Below(contexts));
    const int32_t max_tokens = random_.OneIn(2) ? twin_.plan().max_tokens : random_.Between(1, twin_.plan().max_tokens);
    twin_.Begin("sequence_open", "of " + std::to_string(max_tokens) + " tokens");
    twin_.Open(context, max_tokens, SomeStream());
  }

  void Fork() {
    const int32_t number = SomeSequence();
    twin_.Begin("sequence_fork", Told(number));
    twin_.Fork(number, SomeStream());
  }

  void Close() {
    const int32_t number = SomeSequence();
    twin_.Begin("sequence_close", Told(number));
    twin_.Close(number, SomeStream());
  }

  void Append() {
    const int32_t number = SomeSequence(false);
    const std::vector<int32_t> tokens = propose_.Append(Oracle(number));
    const auto flags = static_cast<uint32_t>(random_.OneIn(2) ? 0 : random_.Below(4));
    twin_.Begin("append", Told(number) + " " + Told(tokens) + " flags " + std::to_string(flags));
    twin_.Append(number, tokens, flags, SomeStream());
    if (tokens.empty() && flags != 0) twin_.histogram().Add("append", "nothing, with flags");
    twin_.histogram().AddSize("append", static_cast<int64_t>(tokens.size()));
  }

  void BeginSpan() {
    const int32_t number = SomeSequence(false);
    Scope scope = propose_.SpanScope(Oracle(number));
    const bool names_ends = random_.OneIn(2);
    if (names_ends) scope.ends = propose_.Ends();
    twin_.Begin("begin_span", Told(number) + (names_ends ? " ends " + Told(scope.ends) : ""));
    twin_.BeginSpan(number, scope, names_ends, SomeStream());
  }

  void EndSpan() {
    const int32_t number = SomeSequence(true);
    twin_.Begin("end_span", Told(number));
    Oracle(number).EndSpan();
    ExpectOk(twin_.engine(), vbt_end_span(twin_.engine(), number, SomeStream()), "vbt_end_span");
  }

  void Truncate() { TruncateSequence(SomeSequence()); }

  void TruncateSequence(int32_t number) {
    const int64_t length = propose_.TruncatedLength(Oracle(number));
    twin_.Begin("truncate", Told(number) + " to " + std::to_string(length));
    const Glance before(Oracle(number));
    Oracle(number).Truncate(length);
    before.NoteUndoing(Oracle(number), twin_.histogram());
    ExpectOk(twin_.engine(), vbt_truncate(twin_.engine(), number, static_cast<size_t>(length), SomeStream()),
             "vbt_truncate");
  }

  void Reset() { ResetSequence(SomeSequence()); }

  void ResetSequence(int32_t number) {
    twin_.Begin("reset", Told(number));
    Oracle(number).Reset();
    // Whether that also resets how tokens are drawn is left open.
    twin_.sequence(number).takes_largest = false;
    ExpectOk(twin_.engine(), vbt_reset(twin_.engine(), number, SomeStream()), "vbt_reset");
  }

  void Clear() { ClearSequence(SomeSequence()); }

  void ClearSequence(int32_t number) {
    twin_.Begin("clear", Told(number));
    Oracle(number).Clear();
    ExpectOk(twin_.engine(), vbt_clear(twin_.engine(), number, SomeStream()), "vbt_clear");
  }

  void Recover(int32_t number) {
    if (random_.OneIn(8)) return ResetSequence(number);
    return random_.OneIn(2) ? ClearSequence(number) : TruncateSequence(number);
  }

  // ---- Steps of a batch

  void Accept() { AcceptRows(false); }

  void StepRows() { AcceptRows(true); }

  void AcceptRows(bool is_step) { AcceptRows(SomeRows(), is_step); }

  /** Many steps of the same rows, so that spans become deep. */
  void StepOften() {
    const Batch batch = SomeRows();
    for (int32_t left = random_.Between(2, 40); left > 0; --left) AcceptRows(batch, !random_.OneIn(4));
  }

  void AcceptRows(const Batch& batch, bool is_step) {
    const std::vector<int32_t> tokens = propose_.Tokens(batch);
    const vbt_memory memory = random_.OneIn(2) ? VBT_DEVICE : VBT_HOST;
    twin_.Begin(is_step ? "step" : "accept",
                Told(batch) + " tokens " + Told(tokens) + (memory == VBT_HOST ? " host" : ""));
    twin_.histogram().Add("tokens from", memory == VBT_HOST ? "host" : "device");
    const Glances before(twin_.oracle());
    batch_.Accept(batch, tokens, memory, is_step, SomeStream());
    before.NoteAccepting(twin_.oracle(), twin_.histogram());
  }

  void Prepare() {
    twin_.Begin("prepare");
    ExpectOk(twin_.engine(), vbt_prepare(twin_.engine(), SomeStream()), "vbt_prepare");
  }

  void Rollback() {
    const Batch batch = SomeRows();
    const std::vector<int32_t> counts = propose_.Counts(batch);
    twin_.Begin("rollback", Told(batch) + " counts " + Told(counts));
    const Glances before(twin_.oracle());
    batch_.Rollback(batch, counts, SomeStream());
    before.NoteUndoing(twin_.oracle(), twin_.histogram());
  }

  void Apply() {
    const Batch batch = propose_.Rows(twin_.plan().max_logits_rows);
    LogitsImage logits = propose_.Logits(batch.count, BatchVerbs::kMostPadding);
    logits.FillWithNoise(random_);
    const cudaStream_t stream = SomeStream();
    twin_.Begin("apply", Told(batch));
    batch_.Apply(batch, std::move(logits), stream);
    MaySpoil(stream);
  }

  void Sample() {
    const Batch batch = propose_.Rows(twin_.plan().max_logits_rows);
    const LogitsImage logits = LogitsToDraw(batch);
    const cudaStream_t stream = SomeStream();
    twin_.Begin("sample", Told(batch));
    batch_.Sample(batch, logits, stream);
    MaySpoil(stream);
  }

  void Decode() {
    const Batch batch = propose_.Rows(twin_.plan().max_logits_rows);
    const LogitsImage logits = LogitsToDraw(batch);
    const cudaStream_t stream = SomeStream();
    twin_.Begin("decode", Told(batch));
    batch_.Decode(batch, logits, stream, random_.OneIn(3) ? SomeStream() : stream);
  }

  /** Logits of rows whose sequences take the largest. */
  LogitsImage LogitsToDraw(const Batch& batch) {
    LogitsImage logits = propose_.Logits(batch.count, BatchVerbs::kMostPadding);
    if (random_.OneIn(16)) {
      logits.FillWithNothing(random_);
    } else {
      logits.FillWithTies(random_);
    }
    for (int32_t row = 0; row < batch.count; ++row) {
      const int32_t number = batch.SequenceOf(row);
      const SequenceOracle* sequence = twin_.oracle().Find(number);
      // A sequence in error samples the end token however it is to draw.
      if (sequence == nullptr || sequence->status() != VBT_SEQUENCE_OK || twin_.sequence(number).takes_largest)
        continue;
      twin_.Begin("set_sampling", Told(number));
      twin_.TakeLargest(number, random_, SomeStream());
    }
    return logits;
  }

  /** Draws of a sequence that is not in error and has something to draw. */
  void Draw() {
    const int32_t number = SomeSequence();
    const SequenceOracle& oracle = Oracle(number);
    LogitsImage logits = propose_.Logits(2, BatchVerbs::kMostPadding);
    logits.FillWithTies(random_);
    const auto is_allowed = [&](int32_t id) { return !oracle.in_span() || oracle.Allows(id); };
    if (oracle.status() != VBT_SEQUENCE_OK) return;
    if (logits.Largest(0, twin_.plan().options.vocab_size, is_allowed) == -1) return;
    const vbt_sampling sampling = {sizeof(vbt_sampling),
                                   random_.Of({0.3F, 1.0F, 5.0F}),
                                   random_.OneIn(2) ? 0 : random_.Below(twin_.plan().options.vocab_size + 1),
                                   random_.Of({1.0F, 1.0F, 0.5F}),
                                   random_.Of({0.0F, 0.0F, 0.1F}),
                                   random_.Next()};
    twin_.Begin("draw", Told(number));
    batch_.Draw(number, std::move(logits), sampling, SomeStream());
    twin_.sequence(number).takes_largest = false;
  }

  void Draft() {
    const Batch batch = SomeRows();
    const int32_t max = std::min(random_.Of({0, 1, 3, 8, 20, 128}), twin_.plan().options.max_span_tokens);
    const bool latest = random_.OneIn(2);
    const cudaStream_t stream = SomeStream();
    twin_.Begin("draft", Told(batch) + " max " + std::to_string(max) + (latest ? " latest" : ""));
    batch_.Draft(batch, max, latest, stream);
    MaySpoil(stream);
  }

  void Join() {
    const cudaStream_t stream = SomeStream();
    twin_.Begin("join");
    ExpectOk(twin_.engine(), vbt_join(twin_.engine(), stream), "vbt_join");
    MaySpoil(stream);
  }

  void Poll() {
    const cudaStream_t stream = SomeStream();
    twin_.Begin("poll");
    batch_.Poll(stream);
    MaySpoil(stream);
  }

  void Bitmasks() {
    twin_.Begin("bitmasks");
    CheckBitmasks(twin_, SomeStream());
  }

  /** A verb, and how often it is chosen over small and over large contexts. */
  struct Choice {
    Verb verb;
    int32_t small;
    int32_t large;
  };

  static constexpr Choice kChoices[] = {
      {&Explorer::CreateContext, 2, 0}, {&Explorer::DestroyContext, 1, 0}, {&Explorer::Open, 5, 1},
      {&Explorer::Fork, 4, 1},          {&Explorer::Close, 3, 1},          {&Explorer::Append, 14, 10},
      {&Explorer::BeginSpan, 14, 8},    {&Explorer::EndSpan, 5, 3},        {&Explorer::Truncate, 6, 5},
      {&Explorer::Reset, 1, 0},         {&Explorer::Clear, 1, 1},          {&Explorer::Accept, 30, 40},
      {&Explorer::StepRows, 50, 60},    {&Explorer::Prepare, 8, 6},        {&Explorer::Rollback, 8, 6},
      {&Explorer::Apply, 10, 6},        {&Explorer::Sample, 6, 4},         {&Explorer::Decode, 10, 6},
      {&Explorer::Draft, 10, 8},        {&Explorer::Join, 4, 4},           {&Explorer::Poll, 4, 4},
      {&Explorer::Bitmasks, 4, 4},      {&Explorer::StepOften, 5, 8},      {&Explorer::Draw, 4, 2},
  };

  Verb SomeVerb() {
    std::vector<int32_t> weights;
    for (const Choice& choice : kChoices) weights.push_back(twin_.plan().is_large ? choice.large : choice.small);
    return kChoices[random_.Weighted(weights)].verb;
  }

  Random random_;
  Twin twin_;
  BatchVerbs batch_;
  Proposals propose_;
};

}  // namespace verbatim::cuda::tests
