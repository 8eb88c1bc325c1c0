#pragma once

#include "../handles/environment.hpp"
#include "../node_api.hpp"

namespace verbatim::addon {

/** A function of the addon's exports. */
struct Function {
  const char* name;
  napi_callback callback;
};

inline constexpr size_t kContextFunctionCount = 16;
inline constexpr size_t kMatcherFunctionCount = 15;
inline constexpr size_t kRowFunctionCount = 2;
inline constexpr size_t kTextFunctionCount = 10;
inline constexpr size_t kCudaEngineFunctionCount = 10;
inline constexpr size_t kCudaSequenceFunctionCount = 15;
inline constexpr size_t kCudaBatchFunctionCount = 11;

extern const std::array<Function, kContextFunctionCount> kContextFunctions;
extern const std::array<Function, kMatcherFunctionCount> kMatcherFunctions;
extern const std::array<Function, kRowFunctionCount> kRowFunctions;
extern const std::array<Function, kTextFunctionCount> kTextFunctions;
extern const std::array<Function, kCudaEngineFunctionCount> kCudaEngineFunctions;
extern const std::array<Function, kCudaSequenceFunctionCount> kCudaSequenceFunctions;
extern const std::array<Function, kCudaBatchFunctionCount> kCudaBatchFunctions;

}  // namespace verbatim::addon
