#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

/** What the measuring programs share: bench/harness/program.ts compiles and runs them. */
namespace bench {

[[noreturn]] inline void Fail(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

/** A figure, as `Measurement` in results.ts; what does not apply is left out of its line. */
struct Measurement {
  std::string_view subject;
  std::string_view way;
  double value;
  std::string_view unit;
  size_t tokens;
  int depth = -1;
  std::string_view cache = {};
};

/** Prints a line of JSON. */
inline void Print(const Measurement& measurement) {
  const auto text = [](const char* key, std::string_view value) {
    std::printf("\"%s\":\"%.*s\",", key, static_cast<int>(value.size()), value.data());
  };
  std::printf("{");
  text("subject", measurement.subject);
  text("way", measurement.way);
  text("unit", measurement.unit);
  if (!measurement.cache.empty()) text("cache", measurement.cache);
  if (measurement.depth >= 0) std::printf("\"depth\":%d,", measurement.depth);
  std::printf("\"tokens\":%zu,\"value\":%.10g}\n", measurement.tokens, measurement.value);
}

/** The int32 tokens of a file. */
inline std::vector<int32_t> ReadTokens(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) Fail("could not open " + path);
  std::vector<int32_t> tokens(static_cast<size_t>(file.tellg()) / sizeof(int32_t));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(tokens.data()), static_cast<std::streamsize>(tokens.size() * sizeof(int32_t)));
  if (!file) Fail("could not read " + path);
  return tokens;
}

/** `program <vocabulary> <file of int32 tokens> <tokens of a context>…` */
struct Arguments {
  int32_t vocab_size;
  std::vector<int32_t> text;
  std::vector<size_t> sizes;

  /** `spare`: tokens that the program needs after a context's. */
  Arguments(int argc, char** argv, size_t spare) {
    if (argc < 4) Fail("usage: <vocabulary> <file of int32 tokens> <tokens of a context>…");
    vocab_size = std::atoi(argv[1]);
    text = ReadTokens(argv[2]);
    for (int i = 3; i < argc; ++i) {
      sizes.push_back(std::strtoul(argv[i], nullptr, 10));
      if (sizes.back() + spare > text.size()) Fail(std::string(argv[2]) + " has too few tokens for " + argv[i]);
    }
  }
};

}  // namespace bench
