#pragma once

#include <memory>
#include <unordered_map>

namespace cuda_on_cpu {

/** Owns the objects behind the handles that callers hold, and knows which of those are still good. */
template <typename Object>
class Handles {
 public:
  Object* Add(std::unique_ptr<Object> object) {
    Object* const handle = object.get();
    objects_.emplace(handle, std::move(object));
    return handle;
  }

  bool Contains(Object* handle) const { return objects_.count(handle) != 0; }

  void Remove(Object* handle) { objects_.erase(handle); }

  size_t Count() const { return objects_.size(); }

  auto begin() const { return objects_.begin(); }
  auto end() const { return objects_.end(); }

 private:
  std::unordered_map<Object*, std::unique_ptr<Object>> objects_;
};

}  // namespace cuda_on_cpu
