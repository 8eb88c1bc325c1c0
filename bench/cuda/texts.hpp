#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "../../tests/cuda/kit/expect.hpp"

/**
 * Token texts that are made up, so that a machine needs no tokenizer. What counts for the filter is how many
 * candidates survive: at 131,072 tokens the texts below have about the same means of |S_1|, |S_2| and |S_3| as English
 * prose and as JSON of random keys and values have in a byte-pair vocabulary of 100,000 (704 / 31 / 8 and
 * 2,874 / 769 / 12). bench/token-texts.ts writes such texts for real.
 */

namespace verbatim::cuda::bench {

struct TokenText {
  std::string name;
  std::vector<int32_t> tokens;
};

/** Zipf's law over 50,000 ids; three tokens in four follow an earlier occurrence of the token before them. */
inline TokenText ProseLikeText(size_t count) {
  constexpr size_t kIds = 50'000;
  constexpr double kExponent = 1.02;
  constexpr double kOffset = 2.7;
  constexpr double kCopied = 0.74;
  std::vector<double> cumulative;
  double sum = 0;
  for (size_t rank = 0; rank < kIds; ++rank) {
    sum += std::pow(static_cast<double>(rank) + kOffset, -kExponent);
    cumulative.push_back(sum);
  }
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  const auto draw = [&] {
    const auto found = std::lower_bound(cumulative.begin(), cumulative.end() - 1, uniform(random) * sum);
    return static_cast<int32_t>(found - cumulative.begin());
  };
  std::vector<std::vector<size_t>> successors(kIds);
  std::vector<int32_t> tokens;
  while (tokens.size() < count) {
    int32_t token = draw();
    if (!tokens.empty()) {
      std::vector<size_t>& known = successors[static_cast<size_t>(tokens.back())];
      if (!known.empty() && uniform(random) < kCopied) {
        token = tokens[known[std::uniform_int_distribution<size_t>(0, known.size() - 1)(random)]];
      }
      known.push_back(tokens.size());
    }
    tokens.push_back(token);
  }
  return {"prose-like", std::move(tokens)};
}

/** Lines of a key and a value of ten random characters each, in tokens of one, two or three characters. */
inline TokenText KeyValueLikeText(size_t count) {
  constexpr int32_t kQuote = 60'000;
  constexpr int32_t kColon = 60'001;
  constexpr int32_t kNewLine = 60'002;
  constexpr int32_t kFirstSingle = 60'010;
  constexpr int32_t kFirstPair = 61'000;
  constexpr int32_t kFirstTriple = 63'000;
  std::mt19937 random(12'345);
  std::uniform_real_distribution<double> uniform(0, 1);
  const auto below = [&](int32_t end) { return std::uniform_int_distribution<int32_t>(0, end - 1)(random); };
  std::vector<int32_t> tokens;
  const auto add_word = [&] {
    for (int left = 10; left > 0;) {
      const double kind = uniform(random);
      if (left == 1 || kind < 0.3) {
        tokens.push_back(kFirstSingle + below(62));
        left -= 1;
      } else if (left == 2 || kind < 0.7) {
        tokens.push_back(kFirstPair + below(1'500));
        left -= 2;
      } else {
        tokens.push_back(kFirstTriple + below(4'000));
        left -= 3;
      }
    }
  };
  while (tokens.size() < count) {
    tokens.push_back(kQuote);
    add_word();
    tokens.push_back(kColon);
    add_word();
    tokens.push_back(kNewLine);
  }
  tokens.resize(count);
  return {"key–value-like", std::move(tokens)};
}

/** A file of int32 tokens, given as name=path. */
inline TokenText ReadText(const std::string& argument) {
  const size_t equals = argument.find('=');
  tests::Expect(equals != std::string::npos, "Expected a text as name=path, but got " + argument);
  std::ifstream file(argument.substr(equals + 1), std::ios::binary | std::ios::ate);
  tests::Expect(file.good(), "could not read " + argument.substr(equals + 1));
  std::vector<int32_t> tokens(static_cast<size_t>(file.tellg()) / sizeof(int32_t));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(tokens.data()), static_cast<std::streamsize>(tokens.size() * sizeof(int32_t)));
  return {argument.substr(0, equals), std::move(tokens)};
}

}  // namespace verbatim::cuda::bench
