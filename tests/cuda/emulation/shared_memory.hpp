#pragma once

namespace cuda_on_cpu {

/** Makes all shared memory garbage, and forgets which threads touched it: another block begins. */
void RenewSharedMemory();

}  // namespace cuda_on_cpu
