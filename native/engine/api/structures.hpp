#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

/**
 * Structures of the C ABI that begin with `struct_size`, between callers and a library of different minor versions.
 * What a later version adds stands at the end, leaves no padding after it, and means nothing where it is 0.
 */

/** The size of a structure whose last field is `field`: of its first version, which stays what it is. */
#define VERBATIM_SIZE_UP_TO(Structure, field) (offsetof(Structure, field) + sizeof(Structure::field))

namespace verbatim {

/** What is larger than this was never a size, but memory that nobody set. */
constexpr size_t kLargestStructure = 4096;

/** The caller's `struct_size`; 0 where it is none that a version has. */
inline size_t SizeOfGiven(const void* given, size_t first_size) {
  if (given == nullptr) return 0;
  size_t size = 0;
  std::memcpy(&size, given, sizeof size);
  return size >= first_size && size <= kLargestStructure ? size : 0;
}

/** Copies a caller's options to `options`, which is all 0. False: they cannot be served. */
template <typename Structure>
bool ReadOptions(const Structure* given, size_t first_size, Structure& options) {
  const size_t size = SizeOfGiven(given, first_size);
  if (size == 0) return false;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(given);
  const size_t known = std::min(size, sizeof(Structure));
  if (!std::all_of(bytes + known, bytes + size, [](unsigned char byte) { return byte == 0; })) return false;
  std::memcpy(&options, bytes, known);
  return true;
}

/** Copies `result` to a caller's structure, as far as that goes. False: it is none that can be served. */
template <typename Structure>
bool WriteResult(Structure result, size_t first_size, Structure* given) {
  const size_t size = SizeOfGiven(given, first_size);
  if (size == 0) return false;
  auto* const bytes = reinterpret_cast<unsigned char*>(given);
  const size_t known = std::min(size, sizeof(Structure));
  result.struct_size = size;
  std::memcpy(bytes, &result, known);
  std::fill(bytes + known, bytes + size, static_cast<unsigned char>(0));
  return true;
}

}  // namespace verbatim
