#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace verbatim::addon {

/**
 * Objects by handle. A handle is a small integer, which costs JavaScript nothing to keep and Node-API little to pass;
 * it names a slot and the slot's generation, so that a handle outliving its object finds nothing.
 */
template <typename Object>
class SlotTable {
 public:
  /** The new object's handle, 0 or more, or -1 where no slot is left. Throws bad_alloc. */
  int32_t Insert(Object object) {
    if (first_free_ == kNone) {
      if (slots_.size() == kMaxSlots) return -1;
      slots_.emplace_back();
      AddFree(static_cast<uint32_t>(slots_.size() - 1));
    }
    const uint32_t index = first_free_;
    Slot& slot = slots_[index];
    first_free_ = slot.next_free;
    slot.object.emplace(std::move(object));
    return static_cast<int32_t>(slot.generation << kSlotBits | index);
  }

  /** Null where the handle is not that of a live object. Valid until the next Insert. */
  Object* Find(int32_t handle) {
    const auto bits = static_cast<uint32_t>(handle);
    const uint32_t index = bits & (kMaxSlots - 1);
    if (index >= slots_.size()) return nullptr;
    Slot& slot = slots_[index];
    return slot.generation == bits >> kSlotBits && slot.object.has_value() ? &*slot.object : nullptr;
  }

  /** False where the handle is not that of a live object. */
  bool Erase(int32_t handle) {
    if (Find(handle) == nullptr) return false;
    Free(static_cast<uint32_t>(handle) & (kMaxSlots - 1));
    return true;
  }

  /** Erases the objects for which `condition` holds; how many there were. */
  template <typename Condition>
  size_t EraseIf(Condition&& condition) {
    size_t erased = 0;
    for (size_t index = 0; index < slots_.size(); ++index) {
      if (!slots_[index].object.has_value() || !condition(*slots_[index].object)) continue;
      Free(static_cast<uint32_t>(index));
      ++erased;
    }
    return erased;
  }

  size_t CountLive() const {
    const auto is_live = [](const Slot& slot) { return slot.object.has_value(); };
    return static_cast<size_t>(std::count_if(slots_.begin(), slots_.end(), is_live));
  }

 private:
  // 31 bits in all: handles are not negative, and small integers in every build of V8.
  static constexpr uint32_t kSlotBits = 20;
  static constexpr uint32_t kMaxSlots = 1U << kSlotBits;
  static constexpr uint32_t kGenerations = 1U << (31 - kSlotBits);
  static constexpr uint32_t kNone = kMaxSlots;

  struct Slot {
    std::optional<Object> object;
    uint32_t generation = 0;
    uint32_t next_free = kNone;
  };

  void Free(uint32_t index) {
    slots_[index].object.reset();
    slots_[index].generation = (slots_[index].generation + 1) % kGenerations;
    AddFree(index);
  }

  /** Slots are used again in turn, so that a generation comes back as late as can be. */
  void AddFree(uint32_t index) {
    slots_[index].next_free = kNone;
    (first_free_ == kNone ? first_free_ : slots_[last_free_].next_free) = index;
    last_free_ = index;
  }

  std::vector<Slot> slots_;
  uint32_t first_free_ = kNone;
  /** Only while there is a first one. */
  uint32_t last_free_ = kNone;
};

}  // namespace verbatim::addon
