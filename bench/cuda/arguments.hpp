#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "../../tests/cuda/kit/expect.hpp"

namespace verbatim::cuda::bench {

/** What a benchmark is told: [--json file] [--quick] [name=file of int32 tokens]... */
struct Arguments {
  /** Where the tables go; empty: nowhere. */
  std::string json;
  /** Fewer sizes and fewer runs. */
  bool quick = false;
  /** Texts in place of those made up. */
  std::vector<std::string> texts;
};

inline Arguments ParseArguments(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view value = values[i];
    if (value == "--quick") {
      arguments.quick = true;
    } else if (value == "--json" && i + 1 < count) {
      arguments.json = values[++i];
    } else {
      tests::Expect(!value.starts_with("--"),
                    "Expected [--json file] [--quick] [name=file]..., but got " + std::string(value));
      arguments.texts.emplace_back(value);
    }
  }
  return arguments;
}

}  // namespace verbatim::cuda::bench
