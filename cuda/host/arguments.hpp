#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine.hpp"
#include "failure.hpp"
#include "structures.hpp"

/** Checks of arguments, in one grammar. Each throws Failure VBT_ERR_INVALID_ARGUMENT that names the argument. */

namespace verbatim::cuda {

inline void Expect(bool holds, const char* name, const std::string& expected) {
  if (!holds) FailArgument("Expected \"" + std::string(name) + "\" to be " + expected);
}

/** An integer in [low, high). */
inline void ExpectInteger(const char* name, int64_t value, int64_t low, int64_t high) {
  if (value >= low && value < high) return;
  FailArgument("Expected \"" + std::string(name) + "\" to be an integer in [" + std::to_string(low) + ", " +
               std::to_string(high) + "), got " + std::to_string(value));
}

/** Memory where `count` entries are to be read or written. */
inline void ExpectMemory(const char* name, const void* memory, size_t count = 1) {
  Expect(memory != nullptr || count == 0, name, "not NULL");
}

/** Memory on the engine's device, aligned to `alignment` bytes. */
inline void ExpectDeviceMemory(const char* name, const void* memory, size_t alignment, int device) {
  ExpectMemory(name, memory);
  Expect(reinterpret_cast<uintptr_t>(memory) % alignment == 0, name,
         "aligned to " + std::to_string(alignment) + " bytes");
  cudaPointerAttributes attributes = {};
  const cudaError_t error = cudaPointerGetAttributes(&attributes, memory);
  if (error != cudaSuccess) (void)cudaGetLastError();
  const bool is_on_device = error == cudaSuccess && attributes.device == device &&
                            (attributes.type == cudaMemoryTypeDevice || attributes.type == cudaMemoryTypeManaged);
  Expect(is_on_device, name, "memory on device " + std::to_string(device));
}

/** Ids in host memory. */
inline void ExpectIds(const char* name, const int32_t* ids, size_t count, int32_t vocab_size) {
  ExpectMemory(name, ids, count);
  for (size_t i = 0; i < count; ++i) {
    if (ids[i] >= 0 && ids[i] < vocab_size) continue;
    ExpectInteger((std::string(name) + "[" + std::to_string(i) + "]").c_str(), ids[i], 0, vocab_size);
  }
}

/** The slot of an open sequence. */
inline SequenceSlot& ExpectSequence(vbt_engine& engine, int32_t sequence) {
  ExpectInteger("sequence", sequence, 0, engine.view().max_sequences);
  SequenceSlot& slot = engine.sequences()[static_cast<size_t>(sequence)];
  Expect(slot.is_open(), "sequence", "open: " + std::to_string(sequence) + " is not");
  return slot;
}

constexpr int32_t kMaxRows = 1 << 16;

inline RowMap ExpectRows(const vbt_engine& engine, const vbt_rows* given) {
  const vbt_rows rows = ReadOptions("rows", given, VBT_SIZE_UP_TO(vbt_rows, sequences));
  ExpectInteger("rows->count", rows.count, 0, kMaxRows + 1);
  if (rows.sequences != nullptr) {
    ExpectDeviceMemory("rows->sequences", rows.sequences, sizeof(int32_t), engine.device());
  }
  return {rows.count, rows.sequences};
}

inline LogitsView ExpectLogits(const vbt_engine& engine, const vbt_logits* given) {
  const vbt_logits logits = ReadOptions("logits", given, VBT_SIZE_UP_TO(vbt_logits, stride));
  ExpectInteger("logits->dtype", logits.dtype, VBT_FLOAT32, VBT_BFLOAT16 + 1);
  ExpectInteger("logits->width", logits.width, engine.view().vocab_size, int64_t{1} << 31);
  ExpectInteger("logits->stride", logits.stride, logits.width, int64_t{1} << 40);
  const size_t entry = logits.dtype == VBT_FLOAT32 ? sizeof(float) : sizeof(uint16_t);
  ExpectDeviceMemory("logits->data", logits.data, entry, engine.device());
  return {logits.data, static_cast<vbt_dtype>(logits.dtype), logits.width, logits.stride};
}

}  // namespace verbatim::cuda
