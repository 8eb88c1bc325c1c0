#pragma once

#include <cstddef>

#include "sanitizers.hpp"

#if !defined(__x86_64__) && !defined(CUDA_ON_CPU_UCONTEXT)
#define CUDA_ON_CPU_UCONTEXT 1
#endif
#if defined(CUDA_ON_CPU_UCONTEXT)
#include <ucontext.h>
#endif

namespace cuda_on_cpu {

/** A stack and where it was left. The default is the stack that the caller runs on. */
struct Fiber {
  void* stack_pointer = nullptr;
  char* stack = nullptr;
  size_t stack_bytes = 0;
  Fiber* next_idle = nullptr;
#if defined(CUDA_ON_CPU_UCONTEXT)
  ucontext_t context = {};
#endif
  CUDA_ON_CPU_IF_ASAN(void* fake_stack = nullptr;)
  CUDA_ON_CPU_IF_TSAN(void* thread = __tsan_get_current_fiber();)
};

/** Leaves `from`, the fiber that runs, and goes on with `to`; returns when something switches back to `from`. */
void SwitchFiber(Fiber& from, Fiber& to);

/** To be called first thing by a fiber's entry. */
void BeginFiber();

/** Fibers that all do the same, again and again. They live as long as the process; the one given back first is next. */
class FiberPool {
 public:
  /** @param entry what a fiber does when it is first switched to; must not return */
  explicit constexpr FiberPool(void (*entry)()) : entry_(entry) {}

  /** Makes sure that this many are idle. To ThreadSanitizer a new fiber comes after what its maker did. */
  void Reserve(size_t count);

  /** One is idle. */
  Fiber& Take();

  void GiveBack(Fiber& fiber);

 private:
  void (*entry_)();
  size_t idle_count_ = 0;
  Fiber* first_idle_ = nullptr;
  Fiber* last_idle_ = nullptr;
};

}  // namespace cuda_on_cpu
