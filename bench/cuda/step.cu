/**
 * A step of a batch inside spans: the suffix filter and the mask scatter by themselves, both in one launch, and the
 * same through the C ABI. The second-level cache is evicted before each, as a forward pass does. Spans are of 32 tokens
 * at uniform positions; every mask of the first spans is compared with the paper's filter on the host (baselines.hpp).
 *
 * usage: step [--json file] [--quick] [name=file of int32 tokens]...
 */
#include <algorithm>
#include <cstdio>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "../baselines.hpp"
#include "arguments.hpp"
#include "floor.cuh"
#include "recall_batch.hpp"
#include "table.hpp"

namespace verbatim::cuda::bench {
namespace {

constexpr int32_t kMostRows = 256;
constexpr int32_t kSpanTokens = 32;
/** The start token and the span. */
constexpr int32_t kSteps = kSpanTokens + 1;
/** The end token too. */
constexpr int32_t kCycle = kSteps + 1;
/** All contexts together; more tokens would show nothing new, and take long to index. */
constexpr size_t kMostContextTokens = size_t{1} << 26;

/** What each row accepts at each step: [steps, rows], on both sides. */
class Script {
 public:
  Script(int32_t rows, const std::vector<int32_t>& tokens)
      : rows_(rows), tokens_(tokens), on_device_(Upload(tokens)), current_(static_cast<size_t>(rows)) {}

  /** A span per row, all rows at the same depth. */
  static Script Synchronous(const RecallBatch& batch, int32_t rows, std::mt19937& random) {
    std::vector<int32_t> tokens(static_cast<size_t>(kSteps * rows), kStartToken);
    for (int32_t row = 0; row < rows; ++row) {
      const size_t start = random() % (batch.context_tokens() - kSpanTokens);
      for (int32_t k = 0; k < kSpanTokens; ++k) {
        tokens[static_cast<size_t>((k + 1) * rows + row)] = batch.ContextOf(row)[start + static_cast<size_t>(k)];
      }
    }
    return Script(rows, tokens);
  }

  /** Spans one after the other, the rows at depths spread evenly; -1 until a row's first span. */
  static Script Staggered(const RecallBatch& batch, int32_t rows, int32_t steps, std::mt19937& random) {
    std::vector<int32_t> tokens(static_cast<size_t>(steps * rows), -1);
    for (int32_t row = 0; row < rows; ++row) {
      size_t start = 0;
      for (int32_t step = row % kCycle; step < steps; ++step) {
        const int32_t phase = (step - row % kCycle) % kCycle;
        if (phase == 0) start = random() % (batch.context_tokens() - kSpanTokens);
        tokens[static_cast<size_t>(step * rows + row)] =
            phase == 0        ? kStartToken
            : phase == kSteps ? kEndToken
                              : batch.ContextOf(row)[start + static_cast<size_t>(phase - 1)];
      }
    }
    return Script(rows, tokens);
  }

  /** Where the tokens of the current step lie on the device: [rows]. */
  const int32_t* current() const { return current_.data(); }

  void Select(int32_t step, const Stream& stream) const {
    const int32_t* tokens = on_device_.data() + static_cast<int64_t>(step) * rows_;
    ExpectCuda(cudaMemcpyAsync(current_.data(), tokens, static_cast<size_t>(rows_) * sizeof(int32_t),
                               cudaMemcpyDeviceToDevice, stream.get()),
               "cudaMemcpyAsync");
  }

  int32_t TokenOf(int32_t step, int32_t row) const { return tokens_[static_cast<size_t>(step * rows_ + row)]; }

 private:
  int32_t rows_;
  std::vector<int32_t> tokens_;
  DeviceBuffer<int32_t> on_device_;
  DeviceBuffer<int32_t> current_;
};

/** Times in microseconds, and candidates of a row. */
struct StepResults {
  double candidates[3];
  double filter[3];
  double scatter;
  double step;
  double mean_step;
  double staggered_step;
  double call;
  double mean_call;
  /** By the tokens quoted so far. */
  std::vector<double> by_depth;
};

class StepBenchmark {
 public:
  StepBenchmark(const RecallBatch& batch, int32_t rows, const CacheEvictor& evictor, const Stream& stream)
      : batch_(&batch),
        rows_(rows),
        evictor_(&evictor),
        stream_(&stream),
        span_counts_(Upload(std::vector<int32_t>(static_cast<size_t>(rows), kSteps))) {}

  StepResults Run(int sets, int passes) const {
    std::mt19937 random(5);
    std::vector<double> candidates[3];
    std::vector<double> filter[3];
    std::vector<double> scatter;
    std::vector<double> step;
    std::vector<double> steps;
    std::vector<double> call;
    std::vector<double> calls;
    std::vector<double> by_depth(kSteps);
    for (int set = 0; set < sets; ++set) {
      const Script script = Script::Synchronous(*batch_, rows_, random);
      if (set == 0) Check(script);
      const TimedGraph launched = Timed(
          [&](cudaStream_t on) { ExpectCuda(LaunchStep(batch_->view(), rows(), script.current(), on), "LaunchStep"); });
      const TimedGraph called = Timed([&](cudaStream_t on) {
        const vbt_rows all = {sizeof(all), rows_, nullptr};
        vbt_engine* engine = batch_->engine();
        ExpectOk(engine, vbt_step(engine, &all, script.current(), VBT_DEVICE, on), "vbt_step");
        ExpectOk(engine, vbt_join(engine, on), "vbt_join");
      });
      const std::vector<double> launch_times = TimesOfSpans(script, launched, passes);
      const std::vector<double> call_times = TimesOfSpans(script, called, passes);
      step.push_back(launch_times[1]);
      call.push_back(call_times[1]);
      steps.insert(steps.end(), launch_times.begin(), launch_times.end());
      for (size_t depth = 0; depth < kSteps; ++depth) by_depth[depth] += launch_times[depth] / sets;
      calls.insert(calls.end(), call_times.begin(), call_times.end());
      TimeKernels(script, launched, passes, candidates, filter, scatter);
    }
    StepResults results = {};
    for (int depth = 1; depth < 3; ++depth) {
      results.candidates[depth] = Mean(candidates[depth]);
      results.filter[depth] = Mean(filter[depth]);
    }
    results.scatter = Mean(scatter);
    results.step = Mean(step);
    results.mean_step = Mean(steps);
    results.call = Mean(call);
    results.mean_call = Mean(calls);
    results.by_depth = by_depth;
    results.staggered_step = TimeOfStaggeredSpans(random);
    batch_->ExpectNoErrors(*stream_);
    return results;
  }

 private:
  RowMap rows() const { return {rows_, nullptr}; }

  template <typename Work>
  TimedGraph Timed(const Work& work) const {
    return TimedGraph(
        *stream_, [&](cudaStream_t on) { evictor_->Enqueue(on); }, work);
  }

  /** Takes back the span that a script has written. */
  void TakeBack() const {
    ExpectCuda(LaunchRollback(batch_->view(), rows(), span_counts_.data(), stream_->get()), "LaunchRollback");
    stream_->Synchronize();
  }

  /** The masks of all steps are those of the paper's filter, with the end token. */
  void Check(const Script& script) const {
    std::vector<std::vector<uint32_t>> masks;
    for (int32_t step = 0; step < kSteps; ++step) {
      script.Select(step, *stream_);
      ExpectCuda(LaunchStep(batch_->view(), rows(), script.current(), stream_->get()), "LaunchStep");
      stream_->Synchronize();
      masks.push_back(batch_->ReadMasks(rows_));
    }
    TakeBack();
    const auto words = static_cast<size_t>(batch_->view().mask_words);
    for (int32_t row = 0; row < rows_; ++row) {
      const int32_t* tokens = batch_->ContextOf(row);
      const std::vector<int32_t> context(tokens, tokens + batch_->context_tokens());
      baselines::Filter filter(context, kVocabSize);
      filter.Begin();
      for (int32_t step = 0; step < kSteps; ++step) {
        if (step > 0) filter.Advance(script.TokenOf(step, row));
        std::vector<uint32_t> expected = filter.bitmask();
        baselines::SetBit(expected, kEndToken);
        expected.resize(words);
        const auto actual = masks[static_cast<size_t>(step)].begin() + static_cast<std::ptrdiff_t>(row * words);
        Expect(std::equal(expected.begin(), expected.end(), actual),
               "row " + std::to_string(row) + ", step " + std::to_string(step) + ": the mask is wrong");
      }
    }
  }

  /** For each step of a script its median over passes. */
  std::vector<double> TimesOfSpans(const Script& script, const TimedGraph& step, int passes) const {
    std::vector<std::vector<double>> times(kSteps);
    for (int pass = 0; pass < passes; ++pass) {
      batch_->Settle(*stream_);
      for (int32_t i = 0; i < kSteps; ++i) {
        script.Select(i, *stream_);
        times[static_cast<size_t>(i)].push_back(step.Run());
      }
      TakeBack();
    }
    std::vector<double> medians;
    for (const std::vector<double>& of_step : times) medians.push_back(Median(of_step));
    return medians;
  }

  /** The filter at depths 0 and 1, and the scatter at depth 1. Neither advances the sequences. */
  void TimeKernels(const Script& script, const TimedGraph& step, int passes, std::vector<double> (&candidates)[3],
                   std::vector<double> (&filter)[3], std::vector<double>& scatter) const {
    const TimedGraph filtered = Timed([&](cudaStream_t on) {
      ExpectCuda(LaunchSuffixFilter(batch_->view(), rows(), script.current(), on), "LaunchSuffixFilter");
    });
    const TimedGraph scattered(
        *stream_,
        [&](cudaStream_t on) {
          const size_t bytes = static_cast<size_t>(rows_) * sizeof(int32_t);
          ExpectCuda(cudaMemsetAsync(batch_->view().mask_is_stale, 1, bytes, on), "cudaMemsetAsync");
          evictor_->Enqueue(on);
        },
        [&](cudaStream_t on) { ExpectCuda(LaunchMaskScatter(batch_->view(), on), "LaunchMaskScatter"); });
    for (int32_t i = 0; i < kSteps; ++i) {
      script.Select(i, *stream_);
      if (i == 1 || i == 2) {
        filter[i].push_back(Median(filtered.Run(passes)));
        candidates[i].push_back(MeanCandidates(i));
      }
      step.Run();
      if (i == 1) scatter.push_back(Median(scattered.Run(passes)));
    }
    TakeBack();
  }

  /** |S_depth|, the mean over the rows, as the filter noted it. */
  double MeanCandidates(int32_t depth) const {
    const auto pitch = static_cast<size_t>(batch_->view().max_span_tokens) + 1;
    std::vector<int32_t> counts(static_cast<size_t>(rows_) * pitch);
    ExpectCuda(cudaMemcpy(counts.data(), batch_->view().survivor_counts, counts.size() * sizeof(int32_t),
                          cudaMemcpyDeviceToHost),
               "cudaMemcpy");
    double sum = 0;
    for (int32_t row = 0; row < rows_; ++row) {
      sum += counts[static_cast<size_t>(row) * pitch + static_cast<size_t>(depth)];
    }
    return sum / rows_;
  }

  /** The mean of steps in which every row is at another depth, as in a batch whose rows came one after the other. */
  double TimeOfStaggeredSpans(std::mt19937& random) const {
    constexpr int32_t kMeasured = 3 * kCycle;
    const Script script = Script::Staggered(*batch_, rows_, kCycle + kMeasured, random);
    const TimedGraph step = Timed(
        [&](cudaStream_t on) { ExpectCuda(LaunchStep(batch_->view(), rows(), script.current(), on), "LaunchStep"); });
    std::vector<double> times;
    for (int32_t i = 0; i < kCycle + kMeasured; ++i) {
      script.Select(i, *stream_);
      const double time = step.Run();
      if (i >= kCycle) times.push_back(time);
    }
    for (int32_t row = 0; row < rows_; ++row) {
      ExpectOk(batch_->engine(), vbt_reset(batch_->engine(), row, stream_->get()), "vbt_reset");
    }
    batch_->Settle(*stream_);
    return Mean(times);
  }

  const RecallBatch* batch_;
  int32_t rows_;
  const CacheEvictor* evictor_;
  const Stream* stream_;
  DeviceBuffer<int32_t> span_counts_;
};

std::string GoalOf(size_t tokens, int32_t rows) {
  return tokens == 131'072 && rows == 256 ? "mean ≤ 10, k = 1 ≤ 40" : "";
}

Table NewTable() {
  return Table("Filter, scatter and step",
               "Spans of 32 tokens at uniform positions, V = 151,669, the second-level cache evicted before each step; "
               "means over the spans' steps, k = 0 included. Every row has its own context, up to 67 million tokens in "
               "all. In the staggered batch every row is at another depth. vbt_step is the call with its own stream, "
               "and the stream that joins it. The floor at k = 1 is 12 bytes per candidate and the masks, at the copy "
               "rate.",
               {{"text", "text"},
                {"tokens", "M"},
                {"rows", "B"},
                {"candidates_1", "|S_1|"},
                {"candidates_2", "|S_2|"},
                {"filter_1_us", "filter, k = 1, µs"},
                {"filter_2_us", "filter, k = 2"},
                {"scatter_1_us", "scatter, k = 1"},
                {"step_1_us", "step, all rows at k = 1"},
                {"floor_1_us", "its floor"},
                {"step_us", "step, mean"},
                {"staggered_us", "step, staggered"},
                {"call_1_us", "vbt_step, k = 1"},
                {"call_us", "vbt_step, mean"},
                {"goal", "goal"}});
}

/** bench/theory.bench.ts reads it beside the curves of the CPU. */
constexpr int kShownDepths[] = {0, 1, 2, 3, 4, 8, 16, 31};

Table NewDepthTable() {
  std::vector<Column> columns = {{"text", "text"}, {"tokens", "M"}, {"rows", "B"}};
  for (const int depth : kShownDepths) {
    columns.push_back({"k" + std::to_string(depth), "k = " + std::to_string(depth)});
  }
  return Table("Step by depth", "The launches of the table before, µs, by the tokens that all rows have quoted.",
               std::move(columns));
}

void Run(const Arguments& arguments) {
  const std::vector<size_t> sizes =
      arguments.quick ? std::vector<size_t>{4'096, 131'072} : std::vector<size_t>{4'096, 32'768, 131'072, 1'048'576};
  const int passes = arguments.quick ? 1 : 3;
  const auto contexts_for = [](size_t tokens) {
    return static_cast<int32_t>(std::min<size_t>(kMostRows, kMostContextTokens / tokens));
  };
  const auto tokens_for = [&](size_t size) { return RecallBatch::TextTokens(size, contexts_for(size)); };
  size_t most = 0;
  for (const size_t size : sizes) most = std::max(most, tokens_for(size));

  const Stream stream;
  const Floor floor = MeasureFloor(stream);
  const CacheEvictor evictor;
  std::vector<TokenText> texts;
  if (arguments.texts.empty()) texts = {ProseLikeText(most), KeyValueLikeText(most)};
  for (const std::string& argument : arguments.texts) texts.push_back(ReadText(argument));

  Table table = NewTable();
  Table depths = NewDepthTable();
  for (const TokenText& text : texts) {
    for (const size_t size : sizes) {
      if (text.tokens.size() < tokens_for(size)) {
        std::printf("not run: %s has too few tokens for contexts of %zu\n", text.name.c_str(), size);
        continue;
      }
      const RecallBatch batch(text, size, contexts_for(size), kMostRows, stream);
      batch.Settle(stream);
      for (const int32_t rows : {1, 8, 64, 256}) {
        const int sets = arguments.quick ? 2 : rows == 1 ? 32 : rows == 8 ? 16 : 6;
        const StepResults result = StepBenchmark(batch, rows, evictor, stream).Run(sets, passes);
        const double bytes = rows * (12 * result.candidates[1] + 4.0 * batch.view().mask_words);
        table.Add({text.name, static_cast<double>(size), static_cast<double>(rows), result.candidates[1],
                   result.candidates[2], result.filter[1], result.filter[2], result.scatter, result.step,
                   floor.CopyTime(bytes), result.mean_step, result.staggered_step, result.call, result.mean_call,
                   GoalOf(size, rows)});
        std::vector<Cell> by_depth = {text.name, static_cast<double>(size), static_cast<double>(rows)};
        for (const int depth : kShownDepths) by_depth.emplace_back(result.by_depth[static_cast<size_t>(depth)]);
        depths.Add(std::move(by_depth));
      }
    }
  }
  if (!arguments.json.empty()) WriteTables(arguments.json, {&table, &depths});
}

}  // namespace
}  // namespace verbatim::cuda::bench

int main(int argc, char** argv) {
  try {
    verbatim::cuda::bench::Run(verbatim::cuda::bench::ParseArguments(argc, argv));
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "step: %s\n", failure.what());
    return 1;
  }
}
