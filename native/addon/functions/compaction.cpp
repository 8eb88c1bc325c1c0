#include "compaction.hpp"

#include <memory>
#include <new>
#include <utility>

namespace verbatim::addon {
namespace {

/** A fork that is being compacted. The environment waits for its work before it ends, and so outlives it. */
class Compaction {
 public:
  Compaction(napi_env env, Environment& environment, int32_t handle, OwnedContext fork)
      : env_(env), environment_(environment), handle_(handle), fork_(std::move(fork)) {}
  Compaction(const Compaction&) = delete;
  Compaction& operator=(const Compaction&) = delete;
  ~Compaction() {
    if (done_ != nullptr) napi_delete_reference(env_, done_);
    if (work_ != nullptr) napi_delete_async_work(env_, work_);
  }

  /** False where it cannot be begun; otherwise `Complete` deletes it. */
  bool Begin(napi_value done) {
    napi_value name = nullptr;
    return napi_create_string_utf8(env_, "verbatim.compact", NAPI_AUTO_LENGTH, &name) == napi_ok &&
           napi_create_reference(env_, done, 1, &done_) == napi_ok &&
           napi_create_async_work(env_, nullptr, name, Execute, Complete, this, &work_) == napi_ok &&
           napi_queue_async_work(env_, work_) == napi_ok;
  }

 private:
  /** On a thread of the pool. */
  static void Execute(napi_env, void* data) {
    auto* const self = static_cast<Compaction*>(data);
    self->status_ = verbatim_context_compact(self->fork_.get());
  }

  /** On the environment's thread. */
  static void Complete(napi_env env, napi_status, void* data) {
    const std::unique_ptr<Compaction> self(static_cast<Compaction*>(data));
    const int32_t result = self->Finish();
    napi_value done = nullptr;
    napi_value receiver = nullptr;
    // Where the environment is ending, no function can be called, and nobody is there to hear of it.
    if (napi_get_reference_value(env, self->done_, &done) != napi_ok) return;
    if (napi_get_undefined(env, &receiver) != napi_ok) return;
    const napi_value argument = ToJavaScript(env, result);
    napi_call_function(env, receiver, done, 1, &argument, nullptr);
  }

  int32_t Finish() {
    if (status_ != VERBATIM_OK) return -status_;
    ContextHandle* const context = environment_.contexts.Find(handle_);
    if (context == nullptr) return -kClosed;
    context->Replace(std::move(fork_));
    return 0;
  }

  napi_env env_;
  Environment& environment_;
  int32_t handle_;
  OwnedContext fork_;
  verbatim_status status_ = VERBATIM_OK;
  napi_ref done_ = nullptr;
  napi_async_work work_ = nullptr;
};

}  // namespace

int32_t CompactInBackground(napi_env env, Environment& environment, int32_t context, Callback done) {
  const ContextHandle* const found = environment.contexts.Find(context);
  if (found == nullptr) return -kClosed;
  verbatim_context* created = nullptr;
  const verbatim_status status = verbatim_context_fork(found->get(), &created);
  if (status != VERBATIM_OK) return -status;
  OwnedContext fork(created);
  std::unique_ptr<Compaction> compaction(new (std::nothrow) Compaction(env, environment, context, std::move(fork)));
  if (compaction == nullptr || !compaction->Begin(done.value)) return -VERBATIM_OUT_OF_MEMORY;
  // It is its own until `Complete`.
  static_cast<void>(compaction.release());
  return 0;
}

}  // namespace verbatim::addon
