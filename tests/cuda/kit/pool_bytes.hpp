#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "expect.hpp"
#include "oracle/text.hpp"

namespace verbatim::cuda::tests {

/** What contexts and sequences take of the pool, by the sentences of verbatim_cuda.h. */
inline size_t RoundedToGranule(size_t bytes) { return (bytes + 255) / 256 * 256; }

/** How often each id stands where a quote may contain it. */
inline std::map<int32_t, int32_t> SearchableIds(const ContextOracle& context) {
  std::map<int32_t, int32_t> occurrences;
  for (int32_t position = 0; position < context.text.length(); ++position) {
    if (context.text.run(position) != Text::kNoRun) ++occurrences[context.text.id(position)];
  }
  return occurrences;
}

inline size_t PoolBytesOf(const ContextOracle& context) {
  const std::map<int32_t, int32_t> ids = SearchableIds(context);
  size_t searchable = 0;
  for (const auto& [id, count] : ids) searchable += static_cast<size_t>(count);
  return RoundedToGranule(4 * context.text.ids().size()) + RoundedToGranule(4 * searchable) +
         RoundedToGranule(4 * ids.size()) + RoundedToGranule(4 * (ids.size() + 1));
}

/** @param context nullptr: the empty one */
inline size_t PoolBytesOf(const ContextOracle* context, int32_t max_tokens) {
  int32_t most = 0;
  if (context != nullptr) {
    for (const auto& [id, count] : SearchableIds(*context)) most = std::max(most, count);
  }
  const auto tokens = static_cast<size_t>(max_tokens);
  return RoundedToGranule(4 * tokens) + RoundedToGranule(4 * (tokens + static_cast<size_t>(most)));
}

/** Keeps account of a pool: each takes what it should, and all of it comes back. */
class PoolAccount {
 public:
  size_t bytes() const { return bytes_; }

  /** @param used the pool's used bytes, now that the context was made */
  void AddContext(const ContextOracle& context, size_t used) {
    contexts_[&context] = {Take(used, PoolBytesOf(context), "a context"), 1};
  }

  /** One user less: the handle, or a sequence. */
  void Release(const ContextOracle& context) {
    Held& held = contexts_[&context];
    if (--held.users > 0) return;
    bytes_ -= held.bytes;
    contexts_.erase(&context);
  }

  /** @param context nullptr: the empty one */
  void AddSequence(int32_t sequence, const ContextOracle* context, int32_t max_tokens, size_t used) {
    sequences_[sequence] = {Take(used, PoolBytesOf(context, max_tokens), "a sequence"), context};
    if (context != nullptr) ++contexts_[context].users;
  }

  void CloseSequence(int32_t sequence) {
    const HeldBySequence held = sequences_[sequence];
    bytes_ -= held.bytes;
    sequences_.erase(sequence);
    if (held.context != nullptr) Release(*held.context);
  }

 private:
  struct Held {
    size_t bytes = 0;
    int32_t users = 0;
  };
  struct HeldBySequence {
    size_t bytes = 0;
    const ContextOracle* context = nullptr;
  };

  size_t Take(size_t used, size_t expected, const std::string& who) {
    ExpectEqual(used - bytes_, expected, "the bytes of the pool that " + who + " takes");
    bytes_ = used;
    return expected;
  }

  size_t bytes_ = 0;
  std::map<const ContextOracle*, Held> contexts_;
  std::map<int32_t, HeldBySequence> sequences_;
};

}  // namespace verbatim::cuda::tests
