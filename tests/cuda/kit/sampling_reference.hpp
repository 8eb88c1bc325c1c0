#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

/** How a token is to be drawn, told as plainly as can be: by sorting, in extended precision. */

namespace verbatim::cuda::tests {

/** Philox4x32-10, as its paper has it. */
inline std::array<uint32_t, 4> ReferencePhilox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  const auto multiply = [](uint32_t a, uint32_t b, uint32_t& high) {
    const uint64_t product = static_cast<uint64_t>(a) * b;
    high = static_cast<uint32_t>(product >> 32);
    return static_cast<uint32_t>(product);
  };
  for (int round = 0; round < 10; ++round) {
    if (round > 0) key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};
    uint32_t high_0 = 0;
    uint32_t high_1 = 0;
    const uint32_t low_0 = multiply(0xD2511F53U, counter[0], high_0);
    const uint32_t low_1 = multiply(0xCD9E8D57U, counter[2], high_1);
    counter = {high_1 ^ counter[1] ^ key[0], low_1, high_0 ^ counter[3] ^ key[1], low_0};
  }
  return counter;
}

/** Draw number `draw` of a seed, in [0, 1). */
inline long double ReferenceUniform(uint64_t seed, uint64_t draw) {
  const auto low = [](uint64_t value) { return static_cast<uint32_t>(value); };
  const auto high = [](uint64_t value) { return static_cast<uint32_t>(value >> 32); };
  const auto words = ReferencePhilox({low(draw), high(draw), 0, 0}, {low(seed), high(seed)});
  return std::ldexp(static_cast<long double>(words[1]), -32) + std::ldexp(static_cast<long double>(words[0]), -64);
}

struct ReferenceSettings {
  float temperature;
  int32_t top_k;
  float top_p;
  float min_p;
};

/** The tokens that the cuts leave, by ascending id, and what they weigh. */
class ReferenceChoice {
 public:
  struct Token {
    int32_t id;
    float logit;
    long double weight;
  };

  /** `tokens`: finite ones, at least one, by ascending id. */
  ReferenceChoice(std::vector<Token> tokens, const ReferenceSettings& settings) : tokens_(std::move(tokens)) {
    std::stable_sort(tokens_.begin(), tokens_.end(), [](const Token& a, const Token& b) { return a.logit > b.logit; });
    const float largest = tokens_.front().logit;
    // Where all weights are 1 nobody rounds.
    tolerance_ = largest == tokens_.back().logit ? 0 : 1e-6L;
    if (settings.temperature == 0) tokens_.resize(1);
    for (Token& token : tokens_) {
      const long double distance = static_cast<long double>(largest) - static_cast<long double>(token.logit);
      token.weight = distance == 0 ? 1 : std::exp(-distance / static_cast<long double>(settings.temperature));
    }
    if (settings.top_k > 0 && static_cast<size_t>(settings.top_k) < tokens_.size()) {
      tokens_.resize(static_cast<size_t>(settings.top_k));
    }
    if (settings.top_p < 1) CutToNucleus(static_cast<long double>(settings.top_p));
    CutByShare(static_cast<long double>(settings.min_p));
    std::sort(tokens_.begin(), tokens_.end(), [](const Token& a, const Token& b) { return a.id < b.id; });
  }

  const std::vector<Token>& tokens() const { return tokens_; }
  long double total() const { return Sum(tokens_); }
  /** Rounding decides which tokens the cuts leave. */
  bool is_ambiguous() const { return is_ambiguous_; }

  /** Whether `id` is what `uniform` draws, or next to it where rounding decides. */
  bool MayDraw(int32_t id, long double uniform) const {
    const long double target = uniform * total();
    const long double tolerance = tolerance_ * total();
    long double before = 0;
    for (const Token& token : tokens_) {
      const long double after = before + token.weight;
      if (token.id == id) return after > target - tolerance && before <= target + tolerance;
      before = after;
    }
    return false;
  }

 private:
  static long double Sum(const std::vector<Token>& tokens) {
    long double sum = 0;
    for (const Token& token : tokens) sum += token.weight;
    return sum;
  }

  void CutToNucleus(long double top_p) {
    const long double total = Sum(tokens_);
    long double sum = 0;
    size_t kept = 0;
    while (kept < tokens_.size()) {
      sum += tokens_[kept++].weight;
      if (tolerance_ > 0 && std::fabs(sum - top_p * total) <= tolerance_ * total) is_ambiguous_ = true;
      if (sum >= top_p * total) break;
    }
    tokens_.resize(kept);
  }

  void CutByShare(long double min_p) {
    std::erase_if(tokens_, [&](const Token& token) {
      if (token.weight < 1 && std::fabs(token.weight - min_p) <= 1e-5L * min_p) is_ambiguous_ = true;
      return token.weight < min_p;
    });
  }

  std::vector<Token> tokens_;
  long double tolerance_ = 0;
  bool is_ambiguous_ = false;
};

}  // namespace verbatim::cuda::tests
