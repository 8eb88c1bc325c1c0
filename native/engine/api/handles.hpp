#pragma once

#include <memory>
#include <optional>

#include "../../include/verbatim.h"
#include "../text/context.hpp"
#include "../text/matcher.hpp"
#include "../tokens/context.hpp"
#include "../tokens/matcher.hpp"

/** What the handles of the C ABI hold: a context, and a matcher, of tokens or of text. */

struct verbatim_vocabulary {
  std::shared_ptr<const verbatim::TokenTrie> trie;
};

/** One of the two is null. */
struct verbatim_context {
  std::shared_ptr<verbatim::Context> context;
  std::shared_ptr<verbatim::TextContext> text;
};

/** One of the two is empty. */
struct verbatim_matcher {
  std::optional<verbatim::Matcher> matcher;
  std::optional<verbatim::TextMatcher> text;
};

namespace verbatim {

/** Runs `action`; memory that cannot be had is a status, since exceptions must not cross the ABI. */
template <typename Action>
verbatim_status Guarded(Action&& action) noexcept {
  try {
    return action();
  } catch (...) {
    return VERBATIM_OUT_OF_MEMORY;
  }
}

}  // namespace verbatim
