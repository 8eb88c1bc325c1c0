#include "failure.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace cuda_on_cpu {

void Fail(const char* format, ...) {
  std::fputs("cuda_on_cpu: ", stderr);
  std::va_list arguments;
  va_start(arguments, format);
  std::vfprintf(stderr, format, arguments);
  va_end(arguments);
  std::fputc('\n', stderr);
  std::abort();
}

}  // namespace cuda_on_cpu
