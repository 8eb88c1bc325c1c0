/**
 * Captured verbs against the oracle: what is captured is replayed with other rows, tokens and logits, among calls that
 * are not captured, as verbatim_cuda.h allows; and what cannot be captured says so, and harms neither the capture nor
 * the engine.
 *
 *   graphs [rounds] [seed] [first round]
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../kit/recording.hpp"

namespace verbatim::cuda::tests {
namespace {

constexpr int64_t kDefaultRounds = 24;
constexpr int32_t kVisits = 30;

const std::vector<std::vector<Part>>& FixedRecordings() {
  using enum Part;
  static const std::vector<std::vector<Part>> recordings = {
      {kStep, kJoin},
      {kStep, kApply},
      {kApply, kSample, kStepSampled, kJoin},
      {kAccept, kPrepare, kJoin},
      {kAccept, kJoin},
      {kRollback, kJoin},
      {kApply},
      {kSample},
      {kDraft, kAccept, kPoll},
      {kStep, kSwitchStream, kApply, kSwitchStream, kDraft},
      {kSwitchStream, kApply, kSample, kSwitchStream, kStepSampled, kJoin},
      {kApply, kSwitchStream, kSample, kStepSampled, kPoll},
  };
  return recordings;
}

std::vector<Part> RandomRecording(Random& random) {
  using enum Part;
  std::vector<Part> once = {kSample, kDraft, kPoll};
  random.Shuffle(once);
  std::vector<Part> parts;
  for (int32_t left = random.Between(1, 6); left > 0; --left) {
    Part part = random.Of({kStep, kAccept, kPrepare, kRollback, kApply, kJoin, kSwitchStream, kSample});
    if (part == kSample) {
      if (once.empty()) continue;
      part = once.back();
      once.pop_back();
    }
    parts.push_back(part);
  }
  parts.push_back(random.OneIn(2) ? kJoin : kApply);
  return parts;
}

/** An engine, its oracle, and graphs of its verbs. */
class Round {
 public:
  Round(const Plan& plan, uint64_t seed, Histogram& histogram) : explorer_(plan, seed, histogram) {}

  Twin& twin() { return explorer_.twin(); }

  void Run() {
    Explore(60);
    std::vector<std::unique_ptr<Recording>> recordings;
    for (const std::vector<Part>& parts : FixedRecordings()) recordings.push_back(Capture(parts));
    for (int32_t i = 0; i < 8; ++i) recordings.push_back(Capture(RandomRecording(random())));
    for (int32_t visit = 0; visit < kVisits; ++visit) {
      ReplaySome(recordings);
      Explore(random().Below(12));
      if (random().OneIn(10)) recordings.push_back(Capture(RandomRecording(random())));
    }
    RefuseWhatCannotBeCaptured();
    LeaveCaptureUnjoined();
    Explore(20);
    explorer_.CheckAll();
  }

 private:
  Random& random() { return explorer_.random(); }
  vbt_engine* engine() { return twin().engine(); }
  cudaStream_t stream(size_t index) { return twin().streams()[index]; }

  void Explore(int32_t steps) {
    for (int32_t step = 0; step < steps; ++step) explorer_.Step();
  }

  std::unique_ptr<Recording> Capture(const std::vector<Part>& parts) {
    twin().Begin("capture", NameOf(parts));
    const int32_t rows = random().Between(1, std::min(twin().plan().max_logits_rows, twin().oracle().max_sequences()));
    // The default stream cannot be captured.
    const size_t index = random().OneIn(2) ? 1 : 2;
    return std::make_unique<Recording>(explorer_, parts, rows, stream(index), stream(3 - index));
  }

  /** Replays on one stream, as the header has it: joined before, and named by the next call. */
  void ReplaySome(const std::vector<std::unique_ptr<Recording>>& recordings) {
    const cudaStream_t launched_on = random().Of(twin().streams());
    for (const int32_t number : twin().oracle().OpenSequences()) {
      // Leaves no row of a recorded vbt_sample to chance.
      twin().Begin("set_sampling");
      if (!twin().sequence(number).takes_largest) twin().TakeLargest(number, random(), random().Of(twin().streams()));
    }
    twin().Begin("join");
    ExpectOk(engine(), vbt_join(engine(), launched_on), "vbt_join");
    for (int32_t replays = random().Between(1, 4); replays > 0; --replays) {
      random().Of(recordings)->Replay(launched_on);
    }
    CallNext(launched_on);
  }

  /** The call after replays, which has to name their stream. */
  void CallNext(cudaStream_t stream) {
    const std::vector<int32_t> open = twin().oracle().OpenSequences();
    const int32_t choice = random().Below(open.empty() ? 5 : 6);
    twin().Begin("after replays", std::to_string(choice));
    if (choice == 0) ExpectOk(engine(), vbt_join(engine(), stream), "vbt_join");
    if (choice == 1) ExpectOk(engine(), vbt_prepare(engine(), stream), "vbt_prepare");
    if (choice == 2) CheckBitmasks(twin(), stream);
    if (choice == 3) explorer_.batch().Poll(stream);
    if (choice == 4) explorer_.batch().Rollback({1, std::vector<int32_t>{-1}}, {0}, stream);
    if (choice == 5) {
      twin().oracle().Find(open[0])->Clear();
      ExpectOk(engine(), vbt_clear(engine(), open[0], stream), "vbt_clear");
    }
  }

  using Call = std::pair<const char*, std::function<vbt_status(cudaStream_t)>>;

  /** Calls that cannot be captured, with arguments that are right. */
  std::vector<Call> UncapturedCalls(int32_t sequence) {
    static const int32_t token = 0;
    static const vbt_sampling sampling = {sizeof(vbt_sampling), 0, 0, 1, 0, 1};
    static std::vector<int32_t> statuses;
    statuses.resize(static_cast<size_t>(twin().oracle().max_sequences()));
    // A row that has no sequence would show less.
    const auto accept = [=, this](cudaStream_t on, auto verb) {
      std::vector<int32_t> tokens(static_cast<size_t>(twin().oracle().max_sequences()));
      const vbt_rows rows = {sizeof(vbt_rows), twin().oracle().max_sequences(), nullptr};
      return verb(engine(), &rows, tokens.data(), VBT_HOST, on);
    };
    vbt_engine* its = engine();
    return {
        {"vbt_context_create",
         [=](cudaStream_t on) {
           vbt_context* context = nullptr;
           const vbt_status status = vbt_context_create(its, &token, 1, nullptr, 0, on, &context);
           Expect(context == nullptr, "a context was written");
           return status;
         }},
        {"vbt_sequence_open",
         [=](cudaStream_t on) {
           int32_t opened = -1;
           const vbt_status status = vbt_sequence_open(its, nullptr, 1, on, &opened);
           Expect(opened == -1, "a sequence was written");
           return status;
         }},
        {"vbt_sequence_fork",
         [=](cudaStream_t on) {
           int32_t forked = -1;
           return vbt_sequence_fork(its, sequence, on, &forked);
         }},
        {"vbt_sequence_close", [=](cudaStream_t on) { return vbt_sequence_close(its, sequence, on); }},
        {"vbt_append", [=](cudaStream_t on) { return vbt_append(its, sequence, &token, 1, 0, on); }},
        {"vbt_begin_span", [=](cudaStream_t on) { return vbt_begin_span(its, sequence, nullptr, 0, nullptr, 0, on); }},
        {"vbt_end_span", [=](cudaStream_t on) { return vbt_end_span(its, sequence, on); }},
        {"vbt_truncate", [=](cudaStream_t on) { return vbt_truncate(its, sequence, 0, on); }},
        {"vbt_reset", [=](cudaStream_t on) { return vbt_reset(its, sequence, on); }},
        {"vbt_clear", [=](cudaStream_t on) { return vbt_clear(its, sequence, on); }},
        {"vbt_set_sampling", [=](cudaStream_t on) { return vbt_set_sampling(its, sequence, &sampling, on); }},
        {"vbt_accept, host tokens", [=](cudaStream_t on) { return accept(on, vbt_accept); }},
        {"vbt_step, host tokens", [=](cudaStream_t on) { return accept(on, vbt_step); }},
        {"vbt_poll, memory that is not pinned", [=](cudaStream_t on) { return vbt_poll(its, statuses.data(), on); }},
    };
  }

  /** Calls that wait for the engine's stream. */
  std::vector<Call> WaitingCalls(int32_t sequence) {
    static vbt_snapshot_info info = {};
    static int32_t value = 0;
    static uint64_t rows = 0;
    static size_t count = 0;
    static vbt_span span = {};
    static std::vector<uint32_t> words;
    info.struct_size = sizeof(info);
    words.resize(twin().words_per_row());
    vbt_engine* its = engine();
    return {
        {"vbt_snapshot", [=](cudaStream_t) { return vbt_snapshot(its, sequence, &info); }},
        {"vbt_read", [=](cudaStream_t) { return vbt_read(its, sequence, 0, 0, &value); }},
        {"vbt_read_bitmask", [=](cudaStream_t) { return vbt_read_bitmask(its, sequence, words.data()); }},
        {"vbt_read_spans", [=](cudaStream_t) { return vbt_read_spans(its, sequence, 0, 1, &span, &count); }},
        {"vbt_sources", [=](cudaStream_t) { return vbt_sources(its, sequence, 0, 1, &value, &count); }},
        {"vbt_bad_rows", [=](cudaStream_t) { return vbt_bad_rows(its, &rows); }},
    };
  }

  void ExpectCapturing(const std::vector<Call>& calls, cudaStream_t stream, const std::string& when) {
    for (const auto& [name, call] : calls) {
      ExpectStatus(engine(), call(stream), VBT_ERR_CAPTURING, std::string(name) + ", " + when);
      twin().histogram().Add("refused in a capture", name);
    }
  }

  /** Nothing that is refused harms the capture, and what was captured around it works. */
  void RefuseWhatCannotBeCaptured() {
    while (twin().oracle().OpenSequences().empty()) explorer_.Step();
    const int32_t sequence = twin().oracle().OpenSequences()[0];
    twin().Begin("refused in a capture");
    // A source's number is an argument that has to be right.
    std::vector<Call> waiting = WaitingCalls(sequence);
    DeviceBuffer<int32_t> tokens(std::vector<int32_t>(1, -1));
    DeviceBuffer<int32_t> rows_map(std::vector<int32_t>(1, sequence));
    const vbt_rows rows = {sizeof(vbt_rows), 1, rows_map.data()};
    const cudaStream_t captured = stream(1);
    const Graph graph(captured, [&] {
      ExpectCapturing(UncapturedCalls(sequence), captured, "before anything was captured");
      ExpectOk(engine(), vbt_step(engine(), &rows, tokens.data(), VBT_DEVICE, captured), "vbt_step");
      ExpectCapturing(UncapturedCalls(sequence), captured, "after a step was captured");
      ExpectCapturing(UncapturedCalls(sequence), stream(2), "on another stream, after a step was captured");
      ExpectCapturing(waiting, captured, "after a step was captured");
      ExpectStatus(engine(), vbt_step(engine(), &rows, tokens.data(), VBT_DEVICE, stream(2)), VBT_ERR_CAPTURING,
                   "vbt_step on a stream that is not captured");
      ExpectOk(engine(), vbt_join(engine(), captured), "vbt_join");
    });
    ExpectOk(engine(), vbt_join(engine(), captured), "vbt_join");
    twin().SettleStream(captured);
    const int32_t token = explorer_.propose().Token(*twin().oracle().Find(sequence));
    tokens.Write(std::vector<int32_t>{token});
    const std::vector<int32_t> named = {sequence};
    twin().oracle().Accept({1, named}, std::vector<int32_t>{token});
    graph.Launch(captured);
    CallNext(captured);
    twin().Settle();
    explorer_.CheckAll();
  }

  /** A capture that ends while the engine's stream is still part of it fails; the engine goes on. */
  void LeaveCaptureUnjoined() {
    twin().Begin("unjoined capture");
    DeviceBuffer<int32_t> tokens(std::vector<int32_t>(1, -1));
    DeviceBuffer<int32_t> rows_map(std::vector<int32_t>(1, -1));
    const vbt_rows rows = {sizeof(vbt_rows), 1, rows_map.data()};
    const cudaStream_t captured = stream(2);
    ExpectCuda(cudaStreamBeginCapture(captured, cudaStreamCaptureModeGlobal), "cudaStreamBeginCapture");
    ExpectOk(engine(), vbt_step(engine(), &rows, tokens.data(), VBT_DEVICE, captured), "vbt_step");
    cudaGraph_t graph = nullptr;
    const cudaError_t error = cudaStreamEndCapture(captured, &graph);
    Expect(error == cudaErrorStreamCaptureUnjoined, "a capture that the engine has not rejoined cannot end");
    static_cast<void>(cudaGetLastError());
    Explore(30);
    const std::unique_ptr<Recording> recording = Capture({Part::kStep, Part::kApply});
    ExpectOk(engine(), vbt_join(engine(), captured), "vbt_join");
    recording->Replay(captured);
    CallNext(captured);
    twin().Settle();
  }

  Explorer explorer_;
};

const std::vector<Minimum>& ReplayMinimums() {
  static const std::vector<Minimum> minimums = {
      {"replayed", "step", 200},         {"replayed", "accept", 200},        {"replayed", "prepare", 100},
      {"replayed", "rollback", 100},     {"replayed", "apply", 300},         {"replayed", "sample", 200},
      {"replayed", "step sampled", 100}, {"replayed", "draft", 100},         {"replayed", "poll", 100},
      {"replayed", "join", 300},         {"replayed", "switch stream", 200},
  };
  return minimums;
}

bool RunRound(uint64_t seed, int64_t round_number, Histogram& histogram) {
  Random random(seed * 1'000'003 + static_cast<uint64_t>(round_number));
  Plan plan = SmallPlan(random);
  Round round(plan, random.Next(), histogram);
  try {
    round.Run();
  } catch (const Mismatch& mismatch) {
    std::printf("verbs before:\n");
    for (const std::string& verb : round.twin().trace()) std::printf("  %s\n", verb.c_str());
    std::printf("mismatch: %s\nseed %llu, round %lld\n", mismatch.what(), static_cast<unsigned long long>(seed),
                static_cast<long long>(round_number));
    return false;
  }
  return true;
}

}  // namespace
}  // namespace verbatim::cuda::tests

int main(int argc, char** argv) {
  using namespace verbatim::cuda::tests;
  const int64_t rounds = argc > 1 ? std::atoll(argv[1]) : kDefaultRounds;
  const auto seed = static_cast<uint64_t>(argc > 2 ? std::atoll(argv[2]) : 1);
  const int64_t first = argc > 3 ? std::atoll(argv[3]) : 0;
  Histogram histogram;
  for (int64_t round = first; round < first + rounds; ++round) {
    if (!RunRound(seed, round, histogram)) return 1;
  }
  histogram.Print();
  if (rounds < kDefaultRounds) {
    std::printf("not checked: whether everything was replayed; that takes %lld rounds\n",
                static_cast<long long>(kDefaultRounds));
  } else if (!histogram.Covers(ReplayMinimums())) {
    return 1;
  }
  std::printf("ok %lld rounds\n", static_cast<long long>(rounds));
  return 0;
}
