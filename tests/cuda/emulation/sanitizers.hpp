#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CUDA_ON_CPU_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define CUDA_ON_CPU_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define CUDA_ON_CPU_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define CUDA_ON_CPU_TSAN 1
#endif

#if defined(CUDA_ON_CPU_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define CUDA_ON_CPU_IF_ASAN(...) __VA_ARGS__
#else
#define CUDA_ON_CPU_IF_ASAN(...)
#endif

#if defined(CUDA_ON_CPU_TSAN)
#include <sanitizer/tsan_interface.h>
extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#define CUDA_ON_CPU_IF_TSAN(...) __VA_ARGS__
#else
#define CUDA_ON_CPU_IF_TSAN(...)
#endif

/** On functions of the emulator that run between kernels' accesses: theirs are not the kernel's, and order nothing. */
#define CUDA_ON_CPU_UNCHECKED __attribute__((no_sanitize("thread")))

namespace cuda_on_cpu {

/** ThreadSanitizer: what this thread has done so far comes before what others do after Observe of the same token. */
CUDA_ON_CPU_UNCHECKED inline void Publish([[maybe_unused]] void* token) { CUDA_ON_CPU_IF_TSAN(__tsan_release(token);) }

CUDA_ON_CPU_UNCHECKED inline void Observe([[maybe_unused]] void* token) { CUDA_ON_CPU_IF_TSAN(__tsan_acquire(token);) }

/** While it lives, ThreadSanitizer does not look at what its thread does: for bookkeeping, which is not the program's.
 */
class Unchecked {
 public:
  Unchecked() { CUDA_ON_CPU_IF_TSAN(AnnotateIgnoreReadsBegin("", 0); AnnotateIgnoreWritesBegin("", 0);) }
  ~Unchecked() { CUDA_ON_CPU_IF_TSAN(AnnotateIgnoreWritesEnd("", 0); AnnotateIgnoreReadsEnd("", 0);) }
  Unchecked(const Unchecked&) = delete;
  Unchecked& operator=(const Unchecked&) = delete;
};

}  // namespace cuda_on_cpu
