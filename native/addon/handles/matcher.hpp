#pragma once

#include <memory>
#include <utility>

#include "../../include/verbatim.h"
#include "../node_api.hpp"
#include "memory_report.hpp"

namespace verbatim::addon {

struct DestroyMatcher {
  void operator()(verbatim_matcher* matcher) const { verbatim_matcher_destroy(matcher); }
};
using OwnedMatcher = std::unique_ptr<verbatim_matcher, DestroyMatcher>;

/** A matcher that JavaScript holds, and the array it reads small sets of continuations from. */
class MatcherHandle {
 public:
  /**
   * `ids_reference` keeps the memory of `ids` alive, and `context_report` what is reported of the matcher's context.
   * Throws bad_alloc.
   */
  MatcherHandle(napi_env env, OwnedMatcher matcher, Napi::ObjectReference ids_reference, ArrayView<int32_t> ids,
                int32_t context, std::shared_ptr<const MemoryReport> context_report)
      : matcher_(std::move(matcher)),
        ids_reference_(std::move(ids_reference)),
        ids_(ids),
        context_(context),
        report_(std::make_unique<MemoryReport>(env, std::move(context_report))) {
    ReportMemory();
  }

  verbatim_matcher* get() const { return matcher_.get(); }
  /** The handle of its context, which may be closed. */
  int32_t context() const { return context_; }

  /** To be called where the matcher may have grown or shrunk by much. */
  void ReportMemory() const { report_->Set(verbatim_matcher_bytes(get())); }

  /** How many continuations there are; they are in the array if it is long enough. Negative: a status, negated. */
  int32_t WriteContinuations() const {
    size_t count = 0;
    const verbatim_status status = verbatim_matcher_copy_allowed(get(), ids_.data, ids_.length, &count);
    return status == VERBATIM_OK ? static_cast<int32_t>(count) : -status;
  }

 private:
  OwnedMatcher matcher_;
  Napi::ObjectReference ids_reference_;
  ArrayView<int32_t> ids_;
  int32_t context_;
  std::unique_ptr<MemoryReport> report_;
};

}  // namespace verbatim::addon
