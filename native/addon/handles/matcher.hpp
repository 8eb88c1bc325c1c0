#pragma once

#include <memory>
#include <utility>

#include "../../include/verbatim.h"
#include "../node_api.hpp"

namespace verbatim::addon {

/** A matcher that JavaScript holds, and the array it reads small sets of continuations from. */
class MatcherHandle {
 public:
  /** Takes ownership of both. `ids_reference` keeps the memory of `ids` alive. */
  MatcherHandle(verbatim_matcher* matcher, Napi::ObjectReference ids_reference, ArrayView<int32_t> ids)
      : matcher_(matcher), ids_reference_(std::move(ids_reference)), ids_(ids) {}

  verbatim_matcher* get() const { return matcher_.get(); }

  /** How many continuations there are; they are in the array if it is long enough. Negative: a status, negated. */
  int32_t WriteContinuations() const {
    size_t count = 0;
    const verbatim_status status = verbatim_matcher_copy_allowed(matcher_.get(), ids_.data, ids_.length, &count);
    return status == VERBATIM_OK ? static_cast<int32_t>(count) : -status;
  }

 private:
  struct Destroy {
    void operator()(verbatim_matcher* matcher) const { verbatim_matcher_destroy(matcher); }
  };

  std::unique_ptr<verbatim_matcher, Destroy> matcher_;
  Napi::ObjectReference ids_reference_;
  ArrayView<int32_t> ids_;
};

}  // namespace verbatim::addon
