/**
 * CUDA on the CPU: runs CUDA sources, kernels and host code alike, unchanged and without a GPU.
 *
 * A host compiler that finds this folder before CUDA's own headers takes this file for CUDA's. Every CUDA thread is a
 * fiber, the blocks of a grid run one after another in any order, and a barrier hands over to another thread, picked at
 * random. Work on streams is queued until the host waits for some of it; then whatever is ready runs, in random order,
 * so that an event nobody waited for shows as a wrong result under some seed. A run repeats exactly for its seed
 * (CUDA_ON_CPU_SEED, or control.hpp). Threads that break the rules of barriers and of warps end the program with one
 * sentence. Shared and device memory start as garbage.
 *
 * Under ThreadSanitizer nothing but barriers, warp operations, fences, kernel boundaries and events orders memory:
 * a missing __syncthreads, two blocks that touch one word, a missing event wait and a host that does not wait are data
 * races. (Blocks that ran more than a few hundred threads apart may pass for ordered.) Under AddressSanitizer accesses
 * past the end of local, shared and device arrays, device memory used after cudaFree, and device memory used by the
 * host (in allocations of at most 8 MiB) are reported; only there shared memory keeps what the block before left.
 *
 * What it cannot show: time, occupancy, registers, coalescing and bank conflicts; how weak the memory model of a GPU is
 * (here memory changes in program order, so that a missing __threadfence needs ThreadSanitizer); code that relies on
 * the threads of a warp running in step; threads that spin until another one acts, which hang; an address of the host
 * used on the device; rounding of device functions, where the device's own differ from the C library's. Dynamic shared
 * memory, cooperative launches, clusters, textures, managed memory, the default stream per thread and the
 * stream-ordered allocator are left out.
 *
 * To build: the sources in question and *.cpp of this folder, with this folder first on the include path, and C++20.
 * With GCC, several sources that share inline functions with __shared__ variables need -fno-gnu-unique. ELF only.
 */
#pragma once

#include "atomics.hpp"
#include "intrinsics.hpp"
#include "launch.hpp"
#include "qualifiers.hpp"
#include "runtime_api.hpp"
#include "thread_functions.hpp"
#include "vector_types.hpp"
