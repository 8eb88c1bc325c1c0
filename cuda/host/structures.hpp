#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "failure.hpp"

/**
 * Structures of the C ABI that begin with `struct_size`, between callers and a library of different minor versions.
 * What a later version adds stands at the end, leaves no padding after it, and means nothing where it is 0.
 */

/** The size of a structure whose last field is `field`: of its first version, which stays what it is. */
#define VBT_SIZE_UP_TO(Structure, field) (offsetof(Structure, field) + sizeof(Structure::field))

namespace verbatim::cuda {

/** What is larger than this was never a size, but memory that nobody set. */
constexpr size_t kLargestStructure = 4096;

inline bool IsStructureSize(size_t size, size_t first_size) { return size >= first_size && size <= kLargestStructure; }

/** Copies `result` to a caller's structure of `size` bytes, as far as that goes. */
template <typename Structure>
void WriteResult(Structure result, size_t size, Structure* given) {
  auto* const bytes = reinterpret_cast<unsigned char*>(given);
  const size_t known = std::min(size, sizeof(Structure));
  result.struct_size = size;
  std::memcpy(bytes, &result, known);
  std::fill(bytes + known, bytes + size, static_cast<unsigned char>(0));
}

/** The size of a caller's structure. Throws Failure VBT_ERR_INVALID_ARGUMENT. */
inline size_t ExpectStructure(const char* name, const void* given, size_t first_size) {
  if (given == nullptr) FailArgument("Expected \"" + std::string(name) + "\" to be not NULL");
  size_t size = 0;
  std::memcpy(&size, given, sizeof size);
  if (IsStructureSize(size, first_size)) return size;
  FailArgument("Expected \"" + std::string(name) + "->struct_size\" to be the size of the structure, in [" +
               std::to_string(first_size) + ", " + std::to_string(kLargestStructure + 1) + "), got " +
               std::to_string(size));
}

/** A caller's options, 0 where it has no field. Throws Failure VBT_ERR_INVALID_ARGUMENT. */
template <typename Structure>
Structure ReadOptions(const char* name, const Structure* given, size_t first_size) {
  const size_t size = ExpectStructure(name, given, first_size);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(given);
  const size_t known = std::min(size, sizeof(Structure));
  if (!std::all_of(bytes + known, bytes + size, [](unsigned char byte) { return byte == 0; })) {
    FailArgument("Expected \"" + std::string(name) + "\" to be 0 from byte " + std::to_string(known) +
                 " on: this library knows no fields there");
  }
  Structure options = {};
  std::memcpy(&options, bytes, known);
  return options;
}

}  // namespace verbatim::cuda
