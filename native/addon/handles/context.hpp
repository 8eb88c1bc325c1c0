#pragma once

#include <memory>
#include <utility>

#include "../../include/verbatim.h"
#include "../node_api.hpp"

namespace verbatim::addon {

struct DestroyContext {
  void operator()(verbatim_context* context) const { verbatim_context_destroy(context); }
};
using OwnedContext = std::unique_ptr<verbatim_context, DestroyContext>;

/** A context that JavaScript holds, and what the garbage collector has been told of its size. */
class ContextHandle {
 public:
  /** Takes ownership. `is_fork`: what the context holds at first is shared and has been reported already. */
  ContextHandle(verbatim_context* context, bool is_fork)
      : context_(context), reported_(is_fork ? bytes() : 0), reported_before_(reported_) {}

  verbatim_context* get() const { return context_.get(); }

  /** Goes on with `context`, which has the same content. Matchers over the one before outlive it. */
  void Replace(napi_env env, OwnedContext context) {
    context_ = std::move(context);
    ReportMemory(env);
  }

  /** Tells the garbage collector how much memory this object keeps alive, where that has changed noticeably. */
  void ReportMemory(napi_env env) {
    const int64_t change = bytes() - reported_;
    if (change > -kNoticeable && change < kNoticeable) return;
    reported_ += change;
    int64_t total = 0;
    napi_adjust_external_memory(env, change, &total);
  }

  /** Takes back what was reported: the object is about to go. */
  void WithdrawMemory(napi_env env) const {
    int64_t total = 0;
    if (reported_ != reported_before_) napi_adjust_external_memory(env, reported_before_ - reported_, &total);
  }

 private:
  static constexpr int64_t kNoticeable = 1 << 16;

  int64_t bytes() const { return static_cast<int64_t>(verbatim_context_bytes(context_.get())); }

  OwnedContext context_;
  int64_t reported_;
  int64_t reported_before_;
};

}  // namespace verbatim::addon
