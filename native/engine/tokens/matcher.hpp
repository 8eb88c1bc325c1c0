#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "candidates.hpp"
#include "context.hpp"
#include "continuations.hpp"

namespace verbatim {

/** One quote over a context: its candidates, and what follows from them, worked out when asked for. */
class Matcher {
 public:
  explicit Matcher(std::shared_ptr<Context> context);

  void Begin(std::span<const Range> ranges, bool restricted);
  /** Whether the context is as it was at the last Begin. */
  bool IsCurrent() const { return version_ == context_->version(); }

  /** False, and nothing has changed, where no candidate continues with `token`. */
  bool Advance(int32_t token);
  void Rewind(size_t depth);
  bool Allows(int32_t token);
  /** A(c, r), ascending, without any end token. Valid until the next call. */
  std::span<const int32_t> Allowed() { return continuations_.Ids(*context_, candidates_); }
  /** Writes the same ids if there is room for all of them; how many there are. */
  size_t CopyAllowed(std::span<int32_t> ids) { return continuations_.Copy(*context_, candidates_, ids); }
  /** The same as a bitmask. Valid until the next call. */
  std::span<const uint32_t> Bitmask() { return continuations_.Bitmask(*context_, candidates_); }
  bool MayEnd() const { return candidates_.MayEnd(*context_); }
  size_t Draft(std::span<int32_t> tokens) const;
  size_t DraftLatest(std::span<int32_t> tokens) const;
  size_t Sources(std::span<const Range> ranges, bool restricted, std::span<int32_t> starts) const;

  size_t depth() const { return candidates_.quote().size(); }
  int32_t vocab_size() const { return context_->vocab_size(); }
  /** Without the context. */
  size_t bytes() const { return sizeof(*this) + candidates_.bytes() + continuations_.bytes(); }

 private:
  std::shared_ptr<Context> context_;
  uint64_t version_;
  Candidates candidates_;
  Continuations continuations_;
};

}  // namespace verbatim
