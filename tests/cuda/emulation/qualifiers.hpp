#pragma once

#include "sanitizers.hpp"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __restrict__ __restrict
// One block runs at a time, so that one copy of its shared memory is enough. It is in a section of its own, which is
// filled with garbage before each block.
#if defined(CUDA_ON_CPU_ASAN)
// AddressSanitizer puts no red zones around variables in named sections.
#define __shared__ static
#elif defined(__clang__)
#define __shared__ static __attribute__((section("cuda_shared")))
#else
// GCC refuses variables of inline and of other functions in one section. To GCC these names differ; the assembler stops
// at the comment sign, and puts all variables into the section cuda_shared.
#define CUDA_ON_CPU_TEXT(text) #text
#define CUDA_ON_CPU_SECTION(count) "cuda_shared,\"aw\",@progbits#" CUDA_ON_CPU_TEXT(count)
#define __shared__ static __attribute__((section(CUDA_ON_CPU_SECTION(__COUNTER__))))
#endif
