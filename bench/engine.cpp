/**
 * Measures the engine through its C ABI against the two algorithms of baselines.hpp, in one run, on one thread: spans
 * of 32 tokens at uniform positions. Every mask of the first spans is compared before anything is timed. Prints one
 * line of JSON for each text and size.
 *
 * usage: engine <vocabulary> <tokens>… -- <name>=<file of int32 tokens>…   (or <name> of a text it makes itself)
 */
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "../native/engine/verbatim.h"
#include "baselines.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSpanTokens = 32;
constexpr int kAppended = 2'000;
/** Larger than the second-level cache of the processors we measured on. */
constexpr size_t kEvictedBytes = size_t{8} << 20;

double Nanoseconds(Clock::duration duration) { return std::chrono::duration<double, std::nano>(duration).count(); }

template <typename Action>
double Time(Action&& action) {
  const Clock::time_point start = Clock::now();
  action();
  return Nanoseconds(Clock::now() - start);
}

double Quantile(std::vector<double> values, double quantile) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(quantile * static_cast<double>(values.size() - 1))];
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

void Check(verbatim_status status) {
  if (status != VERBATIM_OK) Fail(verbatim_status_message(status));
}

std::vector<int32_t> Read(const std::string& path, size_t count) {
  std::ifstream file(path, std::ios::binary);
  std::vector<int32_t> tokens(count);
  file.read(reinterpret_cast<char*>(tokens.data()), static_cast<std::streamsize>(count * sizeof(int32_t)));
  if (!file) Fail(path + " has fewer than " + std::to_string(count) + " tokens");
  return tokens;
}

/** The adversarial texts. */
std::vector<int32_t> Make(std::string_view name, size_t count) {
  std::vector<int32_t> tokens(count);
  std::mt19937 random(1);
  for (size_t i = 0; i < count; ++i) {
    if (name == "all equal") {
      tokens[i] = 7;
    } else if (name == "period 2") {
      tokens[i] = i % 2 == 0 ? 5 : 9;
    } else if (name == "Fibonacci") {
      // The Fibonacci word: letter i is floor((i + 2) / phi) - floor((i + 1) / phi).
      const double phi = (1 + std::sqrt(5.0)) / 2;
      tokens[i] = 10 + static_cast<int32_t>(std::floor(static_cast<double>(i + 2) / phi) -
                                            std::floor(static_cast<double>(i + 1) / phi));
    } else if (name == "random binary") {
      tokens[i] = 100 + static_cast<int32_t>(random() & 1);
    } else if (name == "log lines") {
      tokens[i] = i % 24 == 7 ? 1'000 + static_cast<int32_t>(i / 24 % 50'000) : 200 + static_cast<int32_t>(i % 24);
    } else {
      Fail("unknown text " + std::string(name));
    }
  }
  return tokens;
}

/** The engine behind the verbs of the baselines. */
class Engine {
 public:
  Engine(const std::vector<int32_t>& tokens, int32_t vocab_size) {
    const verbatim_context_options options{sizeof(options), vocab_size, 0, nullptr, 0};
    Check(verbatim_context_create(&options, &context_));
    Append(tokens);
    Check(verbatim_matcher_create(context_, &matcher_));
  }
  ~Engine() {
    verbatim_matcher_destroy(matcher_);
    verbatim_context_destroy(context_);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void Append(const std::vector<int32_t>& tokens) {
    Check(verbatim_context_append(context_, tokens.data(), tokens.size(), 0));
  }
  void Begin() { Check(verbatim_matcher_begin(matcher_, nullptr, 0)); }
  void Advance(int32_t token) { Check(verbatim_matcher_advance(matcher_, token)); }
  const uint32_t* Bitmask() {
    const uint32_t* words = nullptr;
    size_t count = 0;
    Check(verbatim_matcher_bitmask(matcher_, &words, &count));
    return words;
  }
  int32_t FirstId() {
    const int32_t* ids = nullptr;
    size_t count = 0;
    Check(verbatim_matcher_allowed(matcher_, &ids, &count));
    return count == 0 ? -1 : ids[0];
  }
  /** Whether the ids are ascending, and those of a bitmask. */
  bool IdsAre(const std::vector<uint32_t>& bitmask) {
    const int32_t* ids = nullptr;
    size_t count = 0;
    Check(verbatim_matcher_allowed(matcher_, &ids, &count));
    std::vector<uint32_t> found(bitmask.size());
    for (size_t i = 0; i < count; ++i) baselines::SetBit(found, ids[i]);
    return found == bitmask && std::is_sorted(ids, ids + count);
  }
  size_t bytes() const { return verbatim_context_bytes(context_); }

 private:
  verbatim_context* context_ = nullptr;
  verbatim_matcher* matcher_ = nullptr;
};

/** Kept alive so that no measured work can be optimised away. */
volatile uint32_t sink;

struct Spans {
  const std::vector<int32_t>& text;
  std::vector<size_t> starts;
};

/** Mean nanoseconds of a step, k = 0 included, whole spans timed at once; the median of some passes. */
template <typename Algorithm, typename Result>
double MeanStep(Algorithm& algorithm, const Spans& spans, size_t count, int passes, Result&& result) {
  std::vector<double> means;
  for (int pass = 0; pass < passes; ++pass) {
    const double total = Time([&] {
      for (size_t i = 0; i < count; ++i) {
        algorithm.Begin();
        sink = static_cast<uint32_t>(result(algorithm));
        for (size_t k = 0; k < kSpanTokens; ++k) {
          algorithm.Advance(spans.text[spans.starts[i] + k]);
          sink = static_cast<uint32_t>(result(algorithm));
        }
      }
    });
    means.push_back(total / static_cast<double>(count * (kSpanTokens + 1)));
  }
  return Quantile(means, 0.5);
}

/** What timing nothing takes. */
double TimerShare() {
  std::vector<double> empty;
  for (int i = 0; i < 1'000; ++i) empty.push_back(Time([] {}));
  return Quantile(empty, 0.5);
}

/** Nanoseconds of single steps of the engine, the timer's own share taken off. */
std::vector<double> SingleSteps(Engine& engine, const Spans& spans, size_t count, bool evict) {
  static std::vector<char> memory(kEvictedBytes);
  const double share = TimerShare();
  std::vector<double> steps;
  for (size_t i = 0; i < count; ++i) {
    for (int k = -1; k < kSpanTokens; ++k) {
      if (evict) {
        for (size_t byte = 0; byte < memory.size(); byte += 64) ++memory[byte];
      }
      const double step = Time([&] {
        if (k < 0) {
          engine.Begin();
        } else {
          engine.Advance(spans.text[spans.starts[i] + static_cast<size_t>(k)]);
        }
        sink = engine.Bitmask()[0];
      });
      steps.push_back(std::max(0.0, step - share));
    }
  }
  return steps;
}

void Compare(Engine& engine, baselines::Filter& filter, baselines::Rescan& rescan, const Spans& spans, size_t count) {
  const auto same = [&] {
    const std::vector<uint32_t>& expected = rescan.bitmask();
    if (filter.bitmask() != expected) Fail("the filter's mask is not the rescan's");
    if (!std::equal(expected.begin(), expected.end(), engine.Bitmask())) Fail("the engine's mask is not the rescan's");
    if (!engine.IdsAre(expected)) Fail("the engine's ids are not the rescan's");
  };
  for (size_t i = 0; i < count; ++i) {
    engine.Begin();
    filter.Begin();
    rescan.Begin();
    same();
    for (size_t k = 0; k < kSpanTokens; ++k) {
      const int32_t token = spans.text[spans.starts[i] + k];
      engine.Advance(token);
      filter.Advance(token);
      rescan.Advance(token);
      same();
    }
  }
}

void Measure(const std::string& name, const std::vector<int32_t>& text, size_t count, int32_t vocab_size) {
  const std::vector<int32_t> tokens(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count));
  Spans spans{tokens, {}};
  std::mt19937 random(5);
  for (int i = 0; i < 1'000; ++i) spans.starts.push_back(random() % (count - kSpanTokens));

  std::vector<double> builds;
  for (int i = 0; i < 5; ++i) {
    builds.push_back(Time([&] {
      Engine engine(tokens, vocab_size);
      engine.FirstId();
    }));
  }
  Engine engine(tokens, vocab_size);
  const double bytes = static_cast<double>(engine.bytes()) / static_cast<double>(count);
  baselines::Filter filter(tokens, vocab_size);
  baselines::Rescan rescan(tokens, vocab_size);
  Compare(engine, filter, rescan, spans, 2);

  const auto bitmask = [](auto& algorithm) { return algorithm.bitmask()[0]; };
  const double rescan_step = MeanStep(rescan, spans, count > 500'000 ? 1 : 4, 1, bitmask);
  const double filter_step = MeanStep(filter, spans, count > 500'000 ? 16 : 64, 3, bitmask);
  const double mask_step = MeanStep(engine, spans, 1'000, 9, [](Engine& e) { return e.Bitmask()[0]; });
  const double ids_step = MeanStep(engine, spans, 1'000, 9, [](Engine& e) { return e.FirstId(); });
  const std::vector<double> warm = SingleSteps(engine, spans, 1'000, false);
  const std::vector<double> cold = SingleSteps(engine, spans, 100, true);

  const double share = TimerShare();
  std::vector<double> appends;
  for (int i = 0; i < kAppended; ++i) {
    const std::vector<int32_t> token(1, text[count + static_cast<size_t>(i)]);
    appends.push_back(std::max(0.0, Time([&] { engine.Append(token); }) - share));
  }
  std::printf(
      "{\"text\":\"%s\",\"tokens\":%zu,\"vocabulary\":%d,\"rescan\":%.1f,\"filter\":%.1f,\"mask\":%.1f,\"ids\":%.1f,"
      "\"warm99\":%.0f,\"evicted99\":%.0f,\"build\":%.1f,\"append\":%.1f,\"appendWorst\":%.0f,\"bytes\":%.1f}\n",
      name.c_str(), count, vocab_size, rescan_step, filter_step, mask_step, ids_step, Quantile(warm, 0.99),
      Quantile(cold, 0.99), Quantile(builds, 0.5) / static_cast<double>(count), Mean(appends), Quantile(appends, 1),
      bytes);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) Fail("usage: engine <vocabulary> <tokens>… -- <text>…");
  const int32_t vocab_size = std::atoi(argv[1]);
  std::vector<size_t> sizes;
  int argument = 2;
  for (; argument < argc && std::string_view(argv[argument]) != "--"; ++argument) {
    sizes.push_back(std::strtoul(argv[argument], nullptr, 10));
  }
  for (++argument; argument < argc; ++argument) {
    const std::string text = argv[argument];
    const size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const size_t most = *std::max_element(sizes.begin(), sizes.end()) + kAppended;
    const std::vector<int32_t> tokens =
        equals == std::string::npos ? Make(name, most) : Read(text.substr(equals + 1), most);
    for (const size_t size : sizes) Measure(name, tokens, size, vocab_size);
  }
  return 0;
}
