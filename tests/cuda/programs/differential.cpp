/**
 * The library against the oracle: random verbs on both, and everything that can be read compared at random moments.
 *
 *   differential [steps] [seed] [small|large] [first plan] [each]
 *
 * Each plan is an engine of its own and a part of the steps. A mismatch tells the plan, by which it can be repeated;
 * `each` compares after each verb, to tell which one went wrong where waiting does not hide it.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "../kit/explorer.hpp"
#include "../kit/minimums.hpp"

namespace verbatim::cuda::tests {
namespace {

/** Steps of a run that has to put every rule to the test. */
constexpr int64_t kDefaultSmallSteps = 20'000;
constexpr int64_t kDefaultLargeSteps = 4'000;

struct Run {
  int64_t steps = kDefaultSmallSteps;
  uint64_t seed = 1;
  bool is_large = false;
  int64_t first_plan = 0;
  bool compares_each = false;

  int64_t steps_per_plan() const { return is_large ? 400 : 250; }
  int64_t default_steps() const { return is_large ? kDefaultLargeSteps : kDefaultSmallSteps; }
};

/** A sequence in one line, as the oracle has it, and as the library tells it. */
void PrintSequence(Twin& twin, int32_t number) {
  const SequenceOracle& oracle = *twin.oracle().Find(number);
  const auto print = [&](const char* side, const vbt_snapshot_info& info) {
    std::printf("  sequence %d, %s: status %d, length %d, in span %d, depth %d, candidates %d, spans %d\n", number,
                side, info.status, info.length, info.in_span, info.depth, info.candidates, info.spans);
  };
  print("oracle ", oracle.Snapshot());
  vbt_snapshot_info told = {};
  told.struct_size = sizeof(told);
  if (vbt_snapshot(twin.engine(), number, &told) == VBT_OK) print("library", told);
  const int32_t start = oracle.length() > 80 ? oracle.length() - 80 : 0;
  std::printf("    tokens from %d on:", start);
  for (int32_t i = start; i < oracle.length(); ++i) std::printf(" %d", oracle.text().id(i));
  std::printf("\n    spans:");
  for (const vbt_span& span : oracle.ToldSpans())
    std::printf(" [%d, %d%s", span.start, span.end, span.is_open ? "..." : ")");
  std::printf("\n");
}

void PrintMismatch(const Mismatch& mismatch, Explorer& explorer, const Run& run, int64_t plan, int64_t step) {
  Twin& twin = explorer.twin();
  std::printf("verbs before:\n");
  for (const std::string& verb : twin.trace()) std::printf("  %s\n", verb.c_str());
  std::printf("mismatch: %s\n", mismatch.what());
  std::printf("seed %llu, plan %lld, step %lld, verb %s\n", static_cast<unsigned long long>(run.seed),
              static_cast<long long>(plan), static_cast<long long>(step),
              twin.trace().empty() ? "" : twin.trace().back().c_str());
  const vbt_engine_options& options = twin.plan().options;
  std::printf("vocab_size %d, start %d, end %d, span tokens %d to %d, recall_generated %d, max_spans %d\n",
              options.vocab_size, options.start_token, options.end_token, options.min_span_tokens,
              options.max_span_tokens, options.recall_generated, options.max_spans);
  for (const int32_t number : twin.oracle().OpenSequences()) PrintSequence(twin, number);
}

bool RunPlan(const Run& run, int64_t plan_number, int64_t steps, Histogram& histogram) {
  Random random(run.seed * 1'000'003 + static_cast<uint64_t>(plan_number));
  // Engines are independent: now and then two take turns.
  std::vector<std::unique_ptr<Explorer>> explorers;
  for (int32_t engines = !run.is_large && random.OneIn(6) ? 2 : 1; engines > 0; --engines) {
    const Plan plan = run.is_large ? LargePlan(random, plan_number) : SmallPlan(random);
    explorers.push_back(std::make_unique<Explorer>(plan, random.Next(), histogram));
  }
  if (explorers.size() == 2) histogram.Add("engines", "in turns");
  Explorer* explorer = nullptr;
  int64_t step = 0;
  try {
    for (; step < steps; ++step) {
      explorer = random.Of(explorers).get();
      explorer->Step();
      if (run.compares_each) explorer->CheckAll();
    }
    for (const std::unique_ptr<Explorer>& each : explorers) {
      explorer = each.get();
      explorer->CheckAll();
    }
  } catch (const Mismatch& mismatch) {
    PrintMismatch(mismatch, *explorer, run, plan_number, step);
    return false;
  }
  return true;
}

int Main(const Run& run) {
  Histogram histogram;
  int64_t left = run.steps;
  for (int64_t plan = run.first_plan; left > 0; ++plan) {
    const int64_t steps = std::min(left, run.steps_per_plan());
    if (!RunPlan(run, plan, steps, histogram)) return 1;
    left -= steps;
  }
  histogram.Print();
  if (run.steps < run.default_steps()) {
    std::printf("not checked: whether every rule was put to the test; that takes %lld steps\n",
                static_cast<long long>(run.default_steps()));
  } else if (!histogram.Covers(run.is_large ? LargeMinimums() : SmallMinimums())) {
    return 1;
  }
  std::printf("ok %lld\n", static_cast<long long>(run.steps));
  return 0;
}

}  // namespace
}  // namespace verbatim::cuda::tests

int main(int argc, char** argv) {
  verbatim::cuda::tests::Run run;
  run.is_large = argc > 3 && std::string(argv[3]) == "large";
  run.steps = argc > 1 ? std::atoll(argv[1]) : run.default_steps();
  if (argc > 2) run.seed = static_cast<uint64_t>(std::atoll(argv[2]));
  if (argc > 4) run.first_plan = std::atoll(argv[4]);
  run.compares_each = argc > 5;
  return verbatim::cuda::tests::Main(run);
}
