/**
 * Sampling over the allowed tokens against a plain reference: token by token, and by how often tokens are drawn.
 *
 *   sample_allowed [cases] [seed]
 *
 * How many draws the frequencies are of grows with the cases. Prints a digest of all tokens drawn, which must not
 * depend on the order in which threads run, nor on how many there are; then `ok` and the number of comparisons.
 */
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../../../cuda/kernels/sampling/philox.cuh"
#include "../kit/sampling_batch.hpp"
#include "../kit/sampling_reference.hpp"

namespace verbatim::cuda::tests {
namespace {

constexpr int64_t kDefaultCases = 400;

struct Counts {
  int64_t compared = 0;
  /** Draws that the reference made too, and those of them of which rounding decides the outcome. */
  int64_t referred = 0;
  int64_t ambiguous = 0;
  uint64_t digest = 0xcbf29ce484222325U;

  void AddToDigest(int32_t token) { digest = (digest ^ static_cast<uint32_t>(token)) * 0x100000001b3U; }
};

Counts counts;

ReferenceSettings SettingsOf(const SamplingState& sampling) {
  return {sampling.temperature, sampling.top_k, sampling.top_p, sampling.min_p};
}

std::string NameOf(const SamplingBatch& batch, const SamplingState& sampling) {
  return "type " + std::to_string(batch.logits.dtype) + ", vocabulary " + std::to_string(batch.tables.vocab_size()) +
         ", temperature " + std::to_string(sampling.temperature) + ", top_k " + std::to_string(sampling.top_k) +
         ", top_p " + std::to_string(sampling.top_p) + ", min_p " + std::to_string(sampling.min_p) + ", seed " +
         std::to_string(sampling.seed) + ", draw " + std::to_string(sampling.draws);
}

/** The row's token is right; the tables on the host become what those on the device must be. */
void CheckToken(SamplingBatch& batch, int32_t row, int32_t number, int32_t token) {
  EngineTables& tables = batch.tables;
  SamplingState& sampling = tables.sequence(number).sampling;
  const std::string name = NameOf(batch, sampling) + ", row " + std::to_string(row);
  if (tables.status(number) != VBT_SEQUENCE_OK) {
    ExpectEqual(token, tables.end_token(), name + ", in error: the token");
    return;
  }
  std::vector<ReferenceChoice::Token> tokens = batch.TokensOf(row, number);
  if (tokens.empty()) {
    ExpectEqual(token, -1, name + ", nothing to draw: the token");
    tables.status(number) = VBT_SEQUENCE_NO_VALID_TOKEN;
    tables.AllowEndTokenOnly(number);
    return;
  }
  const ReferenceChoice choice(std::move(tokens), SettingsOf(sampling));
  const long double uniform = ReferenceUniform(sampling.seed, sampling.draws++);
  ++counts.referred;
  if (choice.is_ambiguous()) {
    ++counts.ambiguous;
    return;
  }
  if (choice.MayDraw(token, uniform)) return;
  long double sum = 0;
  int32_t expected = -1;
  for (const ReferenceChoice::Token& kept : choice.tokens()) {
    sum += kept.weight;
    expected = kept.id;
    if (sum > uniform * choice.total()) break;
  }
  throw Mismatch(name + ": token " + std::to_string(token) + " instead of " + std::to_string(expected) + ", one of " +
                 std::to_string(choice.tokens().size()));
}

/** Draws `launches` times and checks every token, the rows without one, and what became of the tables. */
void CheckBatch(SamplingBatch& batch, int launches) {
  Sampler sampler(batch);
  uint64_t bad_rows = 0;
  for (int launch = 0; launch < launches; ++launch) {
    const std::vector<int32_t> tokens = sampler.Draw();
    std::set<int32_t> named;
    for (int32_t row = 0; row < batch.rows.count() + kTokenGuard; ++row) {
      const int32_t token = tokens[static_cast<size_t>(row)];
      ++counts.compared;
      counts.AddToDigest(token);
      std::optional<int32_t> sequence;
      if (row < batch.rows.count()) {
        sequence = batch.tables.Find(batch.rows.SequenceOf(row));
        if (sequence && !named.insert(*sequence).second) sequence.reset();
        if (!sequence && !batch.rows.IsEmpty(row)) ++bad_rows;
      }
      if (sequence) {
        CheckToken(batch, row, *sequence, token);
      } else {
        ExpectEqual(token, kUntouched, "the token of a row without a sequence");
      }
    }
    ExpectEqual(batch.tables.BadRowsOnDevice(), bad_rows, "the number of bad rows");
    batch.tables.ExpectSameOnDevice();
  }
}

/** Around where words, vectors and shortlists end. */
int32_t SomeVocabSize(Random& random) {
  switch (random.Below(8)) {
    case 0:
      return 2'048 + random.Between(-9, 9);
    case 1:
      return random.Between(2'049, 9'000);
    case 2:
      return 32 * random.Between(1, 20) + random.Between(-1, 1);
    default:
      return random.Between(1, 300);
  }
}

void CheckSome(Random& random) {
  const auto dtype = random.Of({VBT_FLOAT32, VBT_FLOAT16, VBT_BFLOAT16});
  SamplingBatch batch = SomeBatch(dtype, SomeVocabSize(random), random.Between(1, 8), random);
  CheckBatch(batch, 3);
}

/** The last token of a nucleus in a row too long for a shortlist: ranks are as ids, and draws are near 1. */
void CheckEndOfNucleus(Random& random) {
  constexpr int32_t kRows = 16;
  constexpr int32_t kVocabSize = 3'000;
  for (int round = 0; round < 8; ++round) {
    const float step = random.Of({0.003F, 0.01F, 0.05F});
    SamplingBatch batch = {EngineTables(kVocabSize, kRows), LogitsImage(VBT_FLOAT32, kRows, kVocabSize, kVocabSize, 2),
                           RowsOnDevice(kRows)};
    for (int32_t row = 0; row < kRows; ++row) {
      batch.tables.LiftMask(row);
      SamplingState& sampling = batch.tables.sequence(row).sampling;
      sampling.temperature = random.Of({0.5F, 1.0F, 2.0F});
      sampling.top_p = 0.2F + 0.05F * static_cast<float>(row) + 0.001F * static_cast<float>(random.Below(50));
      sampling.seed = SeedOfLargeDraw(0, 2'000, random);
      for (int32_t id = 0; id < kVocabSize; ++id) {
        batch.logits.SetBits(row, id, RoundedTo(VBT_FLOAT32, 9 - step * static_cast<float>(id)));
      }
    }
    CheckBatch(batch, 1);
  }
}

/** A vocabulary of a real model, in all types, with logits as models have them and with none but equal ones. */
void CheckLargeVocabulary(Random& random) {
  constexpr int32_t kVocabSize = 151'936;
  const std::vector<SamplingState> settings = {{1, 0, 1, 0, random.Next(), 0},
                                               {0.6F, 20, 0.95F, 0, random.Next(), 0},
                                               {1, 0, 0.9F, 0.01F, random.Next(), 0},
                                               {1.5F, 0, 0.95F, 0, random.Next(), 0},
                                               {1, 30'000, 0.999F, 0, random.Next(), 0}};
  const auto sequences = static_cast<int32_t>(settings.size());
  for (const vbt_dtype dtype : {VBT_FLOAT32, VBT_BFLOAT16, VBT_FLOAT16}) {
    SamplingBatch batch = {EngineTables(kVocabSize, sequences),
                           LogitsImage(dtype, sequences, kVocabSize, kVocabSize + 1, 3), RowsOnDevice(sequences)};
    for (int32_t row = 0; row < sequences; ++row) {
      batch.tables.sequence(row).sampling = settings[static_cast<size_t>(row)];
      if (row % 2 == 0) batch.tables.LiftMask(row);
      if (row % 2 == 1) batch.tables.SetMask(row, {2, 0, 0, 1}, random);
      const bool is_flat = dtype == VBT_FLOAT16;
      for (int32_t column = 0; column < kVocabSize; ++column) {
        float value = 1;
        if (!is_flat) {
          value = -4;
          for (int i = 0; i < 8; ++i) value += static_cast<float>(random.Below(1 << 16)) * 0x1p-14F - 2;
        }
        batch.logits.SetBits(row, column, RoundedTo(dtype, value));
      }
    }
    CheckBatch(batch, 1);
  }
}

/** Draws many times with many seeds; how often each token comes up is compared with its probability. */
void CheckFrequencies(int32_t vocab_size, bool is_masked, const ReferenceSettings& settings, int64_t launches,
                      Random& random) {
  constexpr int32_t kRows = 16;
  constexpr double kLeastExpected = 40;
  const auto draws = static_cast<double>(kRows * launches);
  SamplingBatch batch = {EngineTables(vocab_size, kRows), LogitsImage(VBT_FLOAT32, kRows, vocab_size, vocab_size, 1),
                         RowsOnDevice(kRows)};
  std::vector<float> values;
  for (int32_t id = 0; id < vocab_size; ++id) values.push_back(static_cast<float>(random.Below(4'000)) * 1e-3F);
  for (int32_t row = 0; row < kRows; ++row) {
    for (int32_t id = 0; id < vocab_size; ++id) {
      batch.logits.SetBits(row, id, RoundedTo(VBT_FLOAT32, values[static_cast<size_t>(id)]));
    }
    if (is_masked) {
      Random same_for_all(static_cast<uint64_t>(vocab_size));
      batch.tables.SetMask(row, {0, 0, 0, 1}, same_for_all);
    } else {
      batch.tables.LiftMask(row);
    }
    batch.tables.sequence(row).sampling = {settings.temperature, settings.top_k, settings.top_p,
                                           settings.min_p,       random.Next(),  0};
  }
  const ReferenceChoice choice(batch.TokensOf(0, 0), settings);
  std::vector<int32_t> drawn(static_cast<size_t>(vocab_size));
  Sampler sampler(batch);
  for (int64_t launch = 0; launch < launches; ++launch) {
    const std::vector<int32_t> tokens = sampler.Draw();
    for (int32_t row = 0; row < kRows; ++row) {
      const int32_t token = tokens[static_cast<size_t>(row)];
      Expect(token >= 0 && token < vocab_size, "a token outside the vocabulary was drawn");
      ++drawn[static_cast<size_t>(token)];
      counts.AddToDigest(token);
      ++counts.compared;
    }
  }
  // Neighbours are taken together until they are expected often enough.
  double chi_square = 0;
  int groups = 0;
  double expected = 0;
  int32_t observed = 0;
  int32_t observed_in_all = 0;
  for (const ReferenceChoice::Token& token : choice.tokens()) {
    expected += static_cast<double>(token.weight / choice.total()) * draws;
    observed += drawn[static_cast<size_t>(token.id)];
    observed_in_all += drawn[static_cast<size_t>(token.id)];
    if (expected < kLeastExpected && token.id != choice.tokens().back().id) continue;
    chi_square += (observed - expected) * (observed - expected) / expected;
    ++groups;
    expected = observed = 0;
  }
  Expect(observed_in_all == kRows * launches, "a token was drawn that a cut should have left out");
  const double degrees = groups - 1;
  // Some six standard deviations.
  Expect(chi_square < degrees + 6 * std::sqrt(2 * degrees) + 12,
         "tokens are not drawn as often as they should be: chi square " + std::to_string(chi_square) + " for " +
             std::to_string(groups) + " groups of tokens");
}

void CheckAllFrequencies(int64_t launches, Random& random) {
  for (const bool is_masked : {false, true}) {
    CheckFrequencies(60, is_masked, {1, 0, 1, 0}, launches, random);
    CheckFrequencies(60, is_masked, {0.7F, 12, 0.9F, 0}, launches, random);
    CheckFrequencies(60, is_masked, {1.3F, 0, 0.83F, 0.1F}, launches, random);
  }
  CheckFrequencies(2'300, false, {1, 0, 1, 0}, launches, random);
  CheckFrequencies(2'300, false, {1, 300, 0.9F, 0}, launches, random);
}

/** The same batch twice, with threads in another order: the same tokens. */
void CheckRepeats(Random& random) {
  for (int i = 0; i < 20; ++i) {
    SamplingBatch batch = SomeBatch(VBT_FLOAT32, random.Of({77, 2'500}), 6, random);
    const std::vector<int32_t> first = Sampler(batch).Draw();
    Expect(Sampler(batch).Draw() == first, "the same draw gave another token");
    counts.compared += static_cast<int64_t>(first.size());
  }
}

/** The values that the authors of Philox publish. */
void CheckPhilox() {
  struct Known {
    std::array<uint32_t, 4> counter;
    std::array<uint32_t, 2> key;
    std::array<uint32_t, 4> result;
  };
  constexpr uint32_t kOnes = 0xffffffffU;
  const std::vector<Known> all_known = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
  for (const Known& known : all_known) {
    const auto& counter = known.counter;
    const PhiloxBlock block = Philox({{counter[0], counter[1], counter[2], counter[3]}}, known.key[0], known.key[1]);
    for (size_t i = 0; i < known.result.size(); ++i) ExpectEqual(block.words[i], known.result[i], "a word of Philox");
    Expect(ReferencePhilox(known.counter, known.key) == known.result, "the test's own Philox is wrong");
  }
}

int Run(int64_t cases, uint64_t seed) {
  CheckPhilox();
  for (int64_t i = 0; i < cases; ++i) {
    Random of_case(seed * 1'000'003 + static_cast<uint64_t>(i));
    CheckSome(of_case);
  }
  Random random(seed);
  CheckEndOfNucleus(random);
  CheckLargeVocabulary(random);
  CheckAllFrequencies(std::clamp<int64_t>(cases / 2, 4, 200), random);
  CheckRepeats(random);
  Expect(counts.ambiguous * 20 < counts.referred + 200,
         "too many draws were decided by rounding: " + std::to_string(counts.ambiguous) + " of " +
             std::to_string(counts.referred));
  std::printf("digest %016llx\n", static_cast<unsigned long long>(counts.digest));
  std::printf("ok %lld\n", static_cast<long long>(counts.compared - counts.ambiguous));
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace verbatim::cuda::tests

int main(int argument_count, char** arguments) {
  namespace tests = verbatim::cuda::tests;
  const int64_t cases = argument_count > 1 ? std::atoll(arguments[1]) : tests::kDefaultCases;
  const uint64_t seed = argument_count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  try {
    return tests::Run(cases, seed);
  } catch (const std::exception& error) {
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), error.what());
    return EXIT_FAILURE;
  }
}
