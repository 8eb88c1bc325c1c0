#include "shared_memory.hpp"

#include <cstddef>
#include <cstring>

#include "qualifiers.hpp"
#include "random.hpp"

extern "C" {
// The linker's names for the ends of the section.
extern char __start_cuda_shared[] __attribute__((visibility("hidden")));
extern char __stop_cuda_shared[] __attribute__((visibility("hidden")));

// The part of ThreadSanitizer's interface that forgets what happened to a range.
CUDA_ON_CPU_IF_TSAN(void __tsan_java_alloc(unsigned long address, unsigned long bytes);)
}

namespace cuda_on_cpu {

#if defined(CUDA_ON_CPU_ASAN)

void RenewSharedMemory() {}

#else

namespace {

// Makes sure that the section exists and begins at a multiple of a word of ThreadSanitizer's.
__attribute__((used, aligned(64), section("cuda_shared"))) char section_start[64] = {};

}  // namespace

void RenewSharedMemory() {
  const Unchecked bookkeeping;
  const size_t bytes = static_cast<size_t>(__stop_cuda_shared - __start_cuda_shared);
  std::memset(__start_cuda_shared, static_cast<int>(generator.Below(256)), bytes);
  CUDA_ON_CPU_IF_TSAN(__tsan_java_alloc(reinterpret_cast<unsigned long>(__start_cuda_shared), (bytes + 7) / 8 * 8);)
}

#endif

}  // namespace cuda_on_cpu
