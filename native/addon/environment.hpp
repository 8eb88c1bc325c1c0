#pragma once

#include "context_handle.hpp"
#include "matcher_handle.hpp"
#include "slot_table.hpp"

namespace verbatim::addon {

/**
 * What one JavaScript environment (the main thread, or a worker) holds. Every function is created with a pointer to
 * it; a cleanup hook destroys it, and with it all that is still open, when the environment ends.
 */
struct Environment {
  SlotTable<ContextHandle> contexts;
  SlotTable<MatcherHandle> matchers;
};

}  // namespace verbatim::addon
