#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../node_api.hpp"
#include "slot_table.hpp"

namespace verbatim::addon {

/**
 * Objects by handle, which may each have an owner in JavaScript: an object whose owner is garbage is abandoned. Owners
 * are referred to weakly. Such a reference is empty as soon as the collector has run, while callbacks of a collector
 * wait for the event loop.
 */
template <typename Object>
class OwnedTable {
 public:
  /** The new object's handle, 0 or more, or -1 where no slot is left. Throws bad_alloc. */
  int32_t Insert(Object object) {
    const int32_t handle = entries_.Insert({std::move(object), Reference()});
    if (handle >= 0) ++count_;
    return handle;
  }

  /** Null where the handle is not that of a live object. Valid until the next Insert. */
  Object* Find(int32_t handle) {
    Entry* const entry = entries_.Find(handle);
    return entry == nullptr ? nullptr : &entry->object;
  }

  /** False where the handle is not that of a live object, or no memory is left. */
  bool SetOwner(napi_env env, int32_t handle, napi_value owner) {
    Entry* const entry = entries_.Find(handle);
    return entry != nullptr && entry->owner.Set(env, owner);
  }

  /** False where the handle is not that of a live object. */
  bool Erase(int32_t handle) {
    if (!entries_.Erase(handle)) return false;
    --count_;
    return true;
  }

  void EraseAbandoned() {
    count_ -= entries_.EraseIf([](const Entry& entry) { return entry.owner.IsGone(); });
  }

  size_t count() const { return count_; }

 private:
  /** A weak reference to an object, or none. */
  class Reference {
   public:
    Reference() = default;
    Reference(Reference&& other) noexcept : env_(other.env_), reference_(std::exchange(other.reference_, nullptr)) {}
    Reference& operator=(Reference&&) = delete;
    ~Reference() {
      if (reference_ != nullptr) napi_delete_reference(env_, reference_);
    }

    bool Set(napi_env env, napi_value object) {
      env_ = env;
      return reference_ == nullptr && napi_create_reference(env, object, 0, &reference_) == napi_ok;
    }
    bool IsGone() const {
      if (reference_ == nullptr) return false;
      napi_value value = nullptr;
      return napi_get_reference_value(env_, reference_, &value) == napi_ok && value == nullptr;
    }

   private:
    napi_env env_ = nullptr;
    napi_ref reference_ = nullptr;
  };

  struct Entry {
    Object object;
    Reference owner;
  };

  SlotTable<Entry> entries_;
  size_t count_ = 0;
};

}  // namespace verbatim::addon
