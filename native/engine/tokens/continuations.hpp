#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "candidates.hpp"
#include "context.hpp"

namespace verbatim {

/**
 * The set A(c, r) of a candidate set, as ascending ids and as a bitmask. Most of a large set stands in the index
 * already, as the child tokens of one node: it is used where it stands, and only what other candidates add to it is
 * gathered. The bitmask is kept from step to step, and what was set is unset again, since clearing all of it costs
 * more.
 */
class Continuations {
 public:
  /** To be called when the candidates change. */
  void Forget() {
    if (is_known_) ForgetIds();
  }

  /** Valid until the candidates or the context change. */
  std::span<const int32_t> Ids(Context& context, const Candidates& candidates);
  /**
   * Writes the ids if there is room for all of them; how many there are. A large set is not kept then: who asks for it
   * again waits for it again.
   */
  size_t Copy(Context& context, const Candidates& candidates, std::span<int32_t> ids);
  bool Contains(Context& context, const Candidates& candidates, int32_t id);
  /** Without the object itself. */
  size_t bytes() const;
  std::span<const uint32_t> Bitmask(Context& context, const Candidates& candidates);

 private:
  /** Room for so many gathered ids is kept from step to step. */
  static constexpr size_t kKeptIds = 512;

  // What more than one candidate needs stands apart: most steps have one, and are done sooner without it.
  std::span<const int32_t> IdsOfMany(Context& context, const Candidates& candidates);
  size_t CopyOfMany(Context& context, const Candidates& candidates, std::span<int32_t> ids);
  void Gather(Context& context, const Candidates& candidates);
  void GatherStarts(const Context& context, const Candidates& candidates);
  void DropWhatBaseHolds();
  void ForgetIds();
  void FillBitmask();
  void ClearBitmask(size_t words);

  /** The set where one candidate is left: it is read anew whenever it is asked for, and the rest stays as it was. */
  Word lone_ = kRunEdge;

  bool is_known_ = false;
  /** The larger part of the set, ascending, in memory of the index. */
  std::span<const int32_t> base_;
  /** The base as a bitmask, if the index holds one. */
  std::span<const uint32_t> base_bitmask_;
  /** What the base lacks, ascending. */
  std::vector<int32_t> extra_;
  /** Both together, if both are needed. */
  std::vector<int32_t> merged_;

  /** Empty until first asked for. */
  std::vector<uint32_t> bitmask_;
  /** The ids whose bits are set in bitmask_, unless they are too many to keep. */
  std::vector<int32_t> set_ids_;
  bool set_ids_are_kept_ = true;
};

}  // namespace verbatim
