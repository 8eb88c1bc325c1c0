#pragma once

#include <memory>
#include <utility>

#include "../../include/verbatim.h"
#include "../node_api.hpp"
#include "memory_report.hpp"

namespace verbatim::addon {

struct DestroyContext {
  void operator()(verbatim_context* context) const { verbatim_context_destroy(context); }
};
using OwnedContext = std::unique_ptr<verbatim_context, DestroyContext>;

/** A context that JavaScript holds, and what the garbage collector has been told of its size. */
class ContextHandle {
 public:
  /**
   * `origin`: the report of what the context is a fork of, or of the vocabulary that it is over; may be null. Throws
   * bad_alloc.
   */
  ContextHandle(napi_env env, OwnedContext context, std::shared_ptr<const MemoryReport> origin, bool is_fork)
      : context_(std::move(context)),
        report_(std::make_shared<MemoryReport>(env, std::move(origin))),
        is_fork_(is_fork) {
    ReportMemory();
  }

  verbatim_context* get() const { return context_.get(); }
  const std::shared_ptr<MemoryReport>& report() const { return report_; }

  /** Goes on with `context`, which has the same content. Matchers over the one before outlive it. */
  void Replace(OwnedContext context) {
    context_ = std::move(context);
    ReportMemory();
  }

  /** To be called where the context may have grown or shrunk. What a fork has inherited its origin reports. */
  void ReportMemory() const {
    report_->Set(is_fork_ ? verbatim_context_own_bytes(get()) : verbatim_context_bytes(get()));
  }

  /** The same after one more token, which is seldom worth it. */
  void ReportToken() {
    if (++tokens_ % kTokensUnreported == 0) ReportMemory();
  }

 private:
  static constexpr uint32_t kTokensUnreported = 256;

  OwnedContext context_;
  std::shared_ptr<MemoryReport> report_;
  bool is_fork_;
  uint32_t tokens_ = 0;
};

}  // namespace verbatim::addon
