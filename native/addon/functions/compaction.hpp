#pragma once

#include <cstdint>

#include "../handles/environment.hpp"
#include "../node_api.hpp"

namespace verbatim::addon {

/**
 * Compacts a context on a thread of libuv's pool, and calls `done` when that is over, with 0 or a negated status. It is
 * a fork that is compacted, which then takes the context's place: so the context can be read and forked meanwhile, but
 * it must not change. Returns 0, or a negated status where nothing was begun; `done` is not called then, nor where the
 * environment ends before.
 */
int32_t CompactInBackground(napi_env env, Environment& environment, int32_t context, Callback done);

}  // namespace verbatim::addon
