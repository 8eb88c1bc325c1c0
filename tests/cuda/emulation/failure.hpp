#pragma once

namespace cuda_on_cpu {

/** Says on standard error what rule was broken, and ends the program. */
[[noreturn]] __attribute__((format(printf, 1, 2))) void Fail(const char* format, ...);

}  // namespace cuda_on_cpu
