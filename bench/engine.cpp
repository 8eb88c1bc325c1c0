/**
 * Measures the engine through its C ABI against the two algorithms of baselines.hpp, in one run, on one thread: spans
 * of 32 tokens at uniform positions. Every mask of the first spans is compared before anything is timed. Prints a line
 * of JSON for each figure.
 *
 * usage: engine <vocabulary> <file of int32 tokens> <tokens of a context>…
 */
#include <cstddef>
#include <cstdint>
#include <vector>

#include "baselines.hpp"
#include "harness/engine_under_test.hpp"
#include "harness/program.hpp"
#include "harness/timing.hpp"

namespace bench {
namespace {

constexpr size_t kAppended = 2'000;

/** Mean nanoseconds of a step, k = 0 included, whole spans timed at once; the median of some passes. */
template <typename Algorithm, typename Result>
double MeanStep(Algorithm& algorithm, const Spans& spans, size_t count, int passes, Result&& result) {
  std::vector<double> means;
  for (int pass = 0; pass < passes; ++pass) {
    const double total = Time([&] {
      for (size_t span = 0; span < count; ++span) {
        algorithm.Begin();
        sink = static_cast<uint32_t>(result(algorithm));
        for (int k = 0; k < kSpanTokens; ++k) {
          algorithm.Advance(spans.TokenOf(span, k));
          sink = static_cast<uint32_t>(result(algorithm));
        }
      }
    });
    means.push_back(total / static_cast<double>(count * (kSpanTokens + 1)));
  }
  return Median(means);
}

/** Nanoseconds of single steps of the engine. */
std::vector<double> SingleSteps(Engine& engine, const Spans& spans, size_t count, bool evict) {
  const ShortTimer timer;
  std::vector<double> steps;
  for (size_t span = 0; span < count; ++span) {
    for (int k = -1; k < kSpanTokens; ++k) {
      if (evict) EvictSecondLevelCache();
      steps.push_back(timer.Time([&] {
        if (k < 0) {
          engine.Begin();
        } else {
          engine.Advance(spans.TokenOf(span, k));
        }
        sink = engine.bitmask()[0];
      }));
    }
  }
  return steps;
}

void Measure(const std::vector<int32_t>& text, size_t size, int32_t vocab_size) {
  const std::vector<int32_t> tokens(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
  const Spans spans(tokens, 1'000);
  const auto print = [&](std::string_view subject, std::string_view way, double value, std::string_view unit,
                         std::string_view cache = {}) {
    Print({.subject = subject, .way = way, .value = value, .unit = unit, .tokens = size, .cache = cache});
  };

  std::vector<double> builds;
  for (int i = 0; i < 5; ++i) {
    builds.push_back(Time([&] {
      Engine engine(tokens, vocab_size);
      engine.FirstId();
    }));
  }
  print("context ready", "Verbatim", Median(builds) / static_cast<double>(size), "ns/token");

  Engine engine(tokens, vocab_size);
  print("memory", "Verbatim", static_cast<double>(engine.bytes()) / static_cast<double>(size), "bytes/token");
  baselines::Filter filter(tokens, vocab_size);
  baselines::Rescan rescan(tokens, vocab_size);
  const bool is_large = size > 500'000;
  Compare(engine, filter, rescan, spans, is_large ? 1 : 2);

  const auto bitmask = [](auto& algorithm) { return algorithm.bitmask()[0]; };
  const auto ids = [](Engine& of) { return of.FirstId(); };
  print("step as a bitmask", "a rescan", MeanStep(rescan, spans, is_large ? 1 : 4, 1, bitmask), "ns");
  print("step as a bitmask", "the paper's filter", MeanStep(filter, spans, is_large ? 8 : 64, 3, bitmask), "ns");
  print("step as a bitmask", "Verbatim", MeanStep(engine, spans, 1'000, 9, bitmask), "ns");
  print("step as ids", "Verbatim", MeanStep(engine, spans, 1'000, 9, ids), "ns");
  print("step, p99", "Verbatim", Quantile(SingleSteps(engine, spans, 1'000, false), 0.99), "ns", "warm");
  print("step, p99", "Verbatim", Quantile(SingleSteps(engine, spans, 40, true), 0.99), "ns", "evicted");

  const ShortTimer timer;
  std::vector<double> appends;
  for (size_t i = 0; i < kAppended; ++i) {
    const std::vector<int32_t> token(1, text[size + i]);
    appends.push_back(timer.Time([&] { engine.Append(token); }));
  }
  print("append one token", "Verbatim", Mean(appends), "ns");
  print("append one token, worst", "Verbatim", Quantile(appends, 1), "ns");
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv, bench::kAppended);
  for (const size_t size : arguments.sizes) bench::Measure(arguments.text, size, arguments.vocab_size);
  return 0;
}
