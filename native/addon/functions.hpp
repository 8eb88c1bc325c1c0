#pragma once

#include "environment.hpp"
#include "node_api.hpp"

namespace verbatim::addon {

/** A function of the addon's exports. */
struct Function {
  const char* name;
  napi_callback callback;
};

inline constexpr size_t kContextFunctionCount = 11;
inline constexpr size_t kMatcherFunctionCount = 12;
inline constexpr size_t kRowFunctionCount = 2;

extern const std::array<Function, kContextFunctionCount> kContextFunctions;
extern const std::array<Function, kMatcherFunctionCount> kMatcherFunctions;
extern const std::array<Function, kRowFunctionCount> kRowFunctions;

}  // namespace verbatim::addon
