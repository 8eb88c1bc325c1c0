/** Runs the fuzz target without a fuzzer: on the files given, and on random inputs from a seed. */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s <random inputs> <seed> [file …]\n", argv[0]);
    return 2;
  }
  const int inputs = std::atoi(argv[1]);
  std::mt19937 random(static_cast<uint32_t>(std::atoi(argv[2])));
  for (int i = 3; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "%s cannot be read\n", argv[i]);
      return 2;
    }
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  }
  for (int i = 0; i < inputs; ++i) {
    std::vector<uint8_t> bytes(random() % 2'000);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  constexpr long kFewest = 100;
  if (quotes_checked < kFewest) {
    std::fprintf(stderr, "Only %ld quotes were checked\n", quotes_checked);
    return 1;
  }
  std::printf("%d random inputs and %d files, %ld quotes: no difference\n", inputs, argc - 3, quotes_checked);
  return 0;
}
