#pragma once

#include "../handles/environment.hpp"
#include "../node_api.hpp"

namespace verbatim::addon {

/**
 * Has the object of the first argument closed when the second argument is garbage: 0, or a negated status, and the
 * object is closed. Any object but this one may be closed by it, if its owner is garbage.
 */
template <typename Object>
int32_t SetOwner(napi_env env, const Arguments<2>& arguments, OwnedTable<Object>& table) {
  int32_t handle = -1;
  if (!arguments.Read(0, handle)) return -VERBATIM_INVALID_ARGUMENT;
  if (table.Find(handle) == nullptr) return -kClosed;
  if (!table.SetOwner(env, handle, arguments[1])) {
    table.Erase(handle);
    return -VERBATIM_OUT_OF_MEMORY;
  }
  arguments.data<Environment>().CloseAbandonedWhereManyCame(env);
  return 0;
}

}  // namespace verbatim::addon
