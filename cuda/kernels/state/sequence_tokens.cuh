#pragma once

#include "state.cuh"

namespace verbatim::cuda {

/** The token at a position of the sequence, its context's included. */
__device__ inline TokenWord WordAt(const Sequence& sequence, int32_t position) {
  const int32_t own = position - sequence.context.length;
  return own < 0 ? sequence.context.words[position] : sequence.own[own];
}

__device__ inline int32_t Capacity(const Sequence& sequence) { return sequence.context.length + sequence.own_capacity; }

__device__ inline bool HasBit(const uint32_t* mask, int32_t id) { return (mask[id / 32] >> (id % 32) & 1) != 0; }

/**
 * Writes the next token of a sequence, whose length the caller then raises. Where the token joins what is searched (all
 * but the tokens of an open span, whose ids are there already), its id does too. One thread calls it.
 */
__device__ inline void StoreToken(const EngineView& engine, int32_t sequence, int32_t id, bool joins_search) {
  Sequence& state = engine.sequences[sequence];
  TokenWord word = static_cast<TokenWord>(id);
  if (engine.recall_generated == 0 || HasBit(engine.barriers, id)) word |= kUnsearchable;
  if (state.run_is_due != 0) word |= kRunStart | kRunWasDue;
  uint32_t* first_mask = engine.FirstMaskOf(sequence);
  if (joins_search && IsSearchable(word) && !HasBit(first_mask, id)) {
    word |= kFirstOfId;
    first_mask[id / 32] |= 1U << (id % 32);
  }
  state.own[state.length - state.context.length] = word;
  state.run_is_due = 0;
}

}  // namespace verbatim::cuda
