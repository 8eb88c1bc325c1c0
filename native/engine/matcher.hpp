#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "candidates.hpp"
#include "context.hpp"

namespace verbatim {

/** One quote over a context: its candidates, and what follows from them, computed when asked for. */
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
  std::span<const int32_t> Allowed();
  /** The same as a bitmask. Valid until the next call. */
  std::span<const uint32_t> Bitmask();
  size_t Draft(std::span<int32_t> tokens) const;
  size_t DraftLatest(std::span<int32_t> tokens) const;
  size_t Sources(std::span<const Range> ranges, bool restricted, std::span<int32_t> starts) const;

  size_t depth() const { return candidates_.quote().size(); }
  const Context& context() const { return *context_; }

 private:
  void CollectStarts();

  std::shared_ptr<Context> context_;
  uint64_t version_;
  Candidates candidates_;
  /** The allowed ids, unless they stand somewhere else already; meaningful while has_allowed_. */
  std::vector<int32_t> ids_;
  std::span<const int32_t> allowed_;
  bool has_allowed_ = false;
  /** Empty until a bitmask is first asked for. */
  std::vector<uint32_t> bitmask_;
  /** The ids whose bits are set in bitmask_; if too many to keep, bitmask_ is cleared whole. */
  std::vector<int32_t> set_bits_;
  bool set_bits_are_known_ = true;
};

}  // namespace verbatim
