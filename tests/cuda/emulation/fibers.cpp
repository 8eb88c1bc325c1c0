#include "fibers.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "failure.hpp"

#if !defined(CUDA_ON_CPU_UCONTEXT)
// void cuda_on_cpu_switch(void** left, void* entered): saves what a call must preserve, and swaps stack pointers.
__asm__(R"(
.text
.p2align 4
.type cuda_on_cpu_switch, @function
cuda_on_cpu_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size cuda_on_cpu_switch, . - cuda_on_cpu_switch
)");
extern "C" __attribute__((visibility("hidden"))) void cuda_on_cpu_switch(void** left, void* entered);
#endif

namespace cuda_on_cpu {
namespace {

// Sanitizers need room for larger frames.
#if defined(CUDA_ON_CPU_ASAN) || defined(CUDA_ON_CPU_TSAN)
constexpr size_t kStackBytes = size_t{512} << 10;
#else
constexpr size_t kStackBytes = size_t{128} << 10;
#endif

/** The fiber that was left last. */
CUDA_ON_CPU_IF_ASAN(Fiber* left_fiber = nullptr;)

/** Memory with a page below it that cannot be touched: an overflow ends the program where it happens. */
char* MapStack() {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* memory = mmap(nullptr, kStackBytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) Fail("no memory for the stack of a thread");
  if (mprotect(memory, page, PROT_NONE) != 0) Fail("the stack of a thread cannot be guarded");
  return static_cast<char*>(memory) + page;
}

Fiber& NewFiber(void (*entry)()) {
  static size_t fiber_count = 0;
  Fiber& fiber = *new Fiber;
  fiber.stack = MapStack();
  // Tops of stacks that were all at one place in a page would compete for a few lines of the cache.
  fiber.stack_bytes = kStackBytes - fiber_count++ % 56 * 64;
  CUDA_ON_CPU_IF_TSAN(fiber.thread = __tsan_create_fiber(0);)
#if defined(CUDA_ON_CPU_UCONTEXT)
  getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = fiber.stack;
  fiber.context.uc_stack.ss_size = fiber.stack_bytes;
  makecontext(&fiber.context, entry, 0);
#else
  // What the first switch pops: six registers and the address to return to, which leaves the stack as a call does.
  void** top = reinterpret_cast<void**>(fiber.stack + fiber.stack_bytes);
  *--top = nullptr;
  *--top = reinterpret_cast<void*>(entry);
  for (int saved_register = 0; saved_register < 6; ++saved_register) *--top = nullptr;
  fiber.stack_pointer = top;
#endif
  return fiber;
}

}  // namespace

void FiberPool::Reserve(size_t count) {
  const Unchecked bookkeeping;
  while (idle_count_ < count) GiveBack(NewFiber(entry_));
}

CUDA_ON_CPU_UNCHECKED Fiber& FiberPool::Take() {
  Fiber& fiber = *first_idle_;
  first_idle_ = fiber.next_idle;
  --idle_count_;
  return fiber;
}

CUDA_ON_CPU_UNCHECKED void FiberPool::GiveBack(Fiber& fiber) {
  fiber.next_idle = nullptr;
  (idle_count_++ == 0 ? first_idle_ : last_idle_->next_idle) = &fiber;
  last_idle_ = &fiber;
}

CUDA_ON_CPU_UNCHECKED void BeginFiber() {
  CUDA_ON_CPU_IF_ASAN(
      const void* bottom = nullptr; size_t bytes = 0; __sanitizer_finish_switch_fiber(nullptr, &bottom, &bytes);
      left_fiber->stack = static_cast<char*>(const_cast<void*>(bottom)); left_fiber->stack_bytes = bytes;)
}

CUDA_ON_CPU_UNCHECKED void SwitchFiber(Fiber& from, Fiber& to) {
  CUDA_ON_CPU_IF_ASAN(left_fiber = &from; __sanitizer_start_switch_fiber(&from.fake_stack, to.stack, to.stack_bytes);)
  CUDA_ON_CPU_IF_TSAN(__tsan_switch_to_fiber(to.thread, __tsan_switch_to_fiber_no_sync);)
#if defined(CUDA_ON_CPU_UCONTEXT)
  swapcontext(&from.context, &to.context);
#else
  cuda_on_cpu_switch(&from.stack_pointer, to.stack_pointer);
#endif
  CUDA_ON_CPU_IF_ASAN(
      const void* bottom = nullptr; size_t bytes = 0; __sanitizer_finish_switch_fiber(from.fake_stack, &bottom, &bytes);
      left_fiber->stack = static_cast<char*>(const_cast<void*>(bottom)); left_fiber->stack_bytes = bytes;)
}

}  // namespace cuda_on_cpu
