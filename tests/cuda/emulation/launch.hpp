#pragma once

#include <memory>
#include <tuple>
#include <utility>

#include "block.hpp"
#include "runtime_api.hpp"

namespace cuda_on_cpu {

template <typename... Parameters>
class KernelCallOf final : public KernelCall {
 public:
  KernelCallOf(void (*kernel)(Parameters...), Parameters... arguments)
      : kernel_(kernel), arguments_(std::move(arguments)...) {}

  void RunThread() const override { std::apply(kernel_, arguments_); }

 private:
  void (*kernel_)(Parameters...);
  std::tuple<Parameters...> arguments_;
};

cudaError_t Launch(const cudaLaunchConfig_t& config, std::shared_ptr<const KernelCall> call);

}  // namespace cuda_on_cpu

/** Enqueues a kernel with copies of the arguments. */
template <typename... Parameters, typename... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  return cuda_on_cpu::Launch(*config, std::make_shared<cuda_on_cpu::KernelCallOf<Parameters...>>(
                                          kernel, std::forward<Arguments>(arguments)...));
}
