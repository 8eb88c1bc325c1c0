/**
 * Cost against theory: counts the work M + sum of |S_k| that the paper's analysis names, and times whole spans and each
 * step by its depth k, in three ways, in one run, on one thread. A step gives the mask for the next token: of depth 0
 * is the one that opens a span. Prints a line of JSON for each figure.
 *
 * usage: theory <vocabulary> <file of int32 tokens> <tokens of a context>…
 */
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include "baselines.hpp"
#include "harness/engine_under_test.hpp"
#include "harness/program.hpp"
#include "harness/timing.hpp"

namespace bench {
namespace {

/** k = 0 to 31: the steps that give the masks by which a span of 32 tokens is drawn. */
using ByDepth = std::array<double, kSpanTokens>;

/** Means over spans of |S_k|; at k = 0 it is M. */
ByDepth CountCandidates(baselines::Filter& filter, const Spans& spans, size_t count) {
  ByDepth candidates = {};
  for (size_t span = 0; span < count; ++span) {
    filter.Begin();
    candidates[0] += static_cast<double>(spans.text.size());
    for (int k = 1; k < kSpanTokens; ++k) {
      filter.Advance(spans.TokenOf(span, k - 1));
      candidates[static_cast<size_t>(k)] += static_cast<double>(filter.candidates());
    }
  }
  for (double& mean : candidates) mean /= static_cast<double>(count);
  return candidates;
}

/** Mean nanoseconds of the steps of each depth, of each step the median of some passes. */
template <typename Algorithm>
ByDepth StepsByDepth(Algorithm& algorithm, const Spans& spans, size_t count, size_t passes) {
  const ShortTimer timer;
  std::vector<std::array<std::vector<double>, kSpanTokens>> times(count);
  for (size_t pass = 0; pass < passes; ++pass) {
    for (size_t span = 0; span < count; ++span) {
      for (int k = 0; k < kSpanTokens; ++k) {
        times[span][static_cast<size_t>(k)].push_back(timer.Time([&] {
          if (k == 0) {
            algorithm.Begin();
          } else {
            algorithm.Advance(spans.TokenOf(span, k - 1));
          }
          sink = algorithm.bitmask()[0];
        }));
      }
    }
  }
  ByDepth means = {};
  for (const auto& of_span : times) {
    for (size_t k = 0; k < means.size(); ++k) means[k] += Median(of_span[k]) / static_cast<double>(count);
  }
  return means;
}

/** Mean nanoseconds of a whole span: 32 masks; the median of some passes. */
template <typename Algorithm>
double WholeSpan(Algorithm& algorithm, const Spans& spans, size_t count, size_t passes) {
  std::vector<double> means;
  for (size_t pass = 0; pass < passes; ++pass) {
    const double total = Time([&] {
      for (size_t span = 0; span < count; ++span) {
        algorithm.Begin();
        sink = algorithm.bitmask()[0];
        for (int k = 1; k < kSpanTokens; ++k) {
          algorithm.Advance(spans.TokenOf(span, k - 1));
          sink = algorithm.bitmask()[0];
        }
      }
    });
    means.push_back(total / static_cast<double>(count));
  }
  return Median(means);
}

void Measure(const std::vector<int32_t>& tokens, int32_t vocab_size) {
  const Spans spans(tokens, 1'000);
  Engine engine(tokens, vocab_size);
  baselines::Filter filter(tokens, vocab_size);
  baselines::Rescan rescan(tokens, vocab_size);
  Compare(engine, filter, rescan, spans, 1);

  const auto print = [&](std::string_view subject, std::string_view way, double value, std::string_view unit,
                         int depth = -1) {
    Print({.subject = subject, .way = way, .value = value, .unit = unit, .tokens = tokens.size(), .depth = depth});
  };
  const auto print_by_depth = [&](std::string_view subject, std::string_view way, const ByDepth& values,
                                  std::string_view unit) {
    for (size_t k = 0; k < values.size(); ++k) print(subject, way, values[k], unit, static_cast<int>(k));
  };
  const auto measure = [&](std::string_view way, auto& algorithm, size_t count, size_t passes) {
    print("whole span", way, WholeSpan(algorithm, spans, count, passes), "ns");
    print_by_depth("step by depth", way, StepsByDepth(algorithm, spans, count, passes), "ns");
  };

  // What takes long is done for fewer spans; the spans counted are those by which the filter is timed.
  const size_t filtered = std::clamp((size_t{1} << 22) / tokens.size(), size_t{4}, size_t{64});
  const size_t rescanned = std::clamp((size_t{1} << 20) / tokens.size(), size_t{1}, size_t{64});
  const ByDepth candidates = CountCandidates(filter, spans, filtered);
  print("counted work", "counted", std::accumulate(candidates.begin(), candidates.end(), 0.0), "positions");
  print_by_depth("candidates by depth", "counted", candidates, "positions");
  measure("a rescan", rescan, rescanned, 1);
  measure("the paper's filter", filter, filtered, 3);
  measure("Verbatim", engine, spans.starts.size(), 3);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv, 0);
  for (const size_t size : arguments.sizes) {
    const auto begin = arguments.text.begin();
    const std::vector<int32_t> tokens(begin, begin + static_cast<std::ptrdiff_t>(size));
    bench::Measure(tokens, arguments.vocab_size);
  }
  return 0;
}
