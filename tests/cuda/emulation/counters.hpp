#pragma once

#include "control.hpp"

namespace cuda_on_cpu {

/** Those that only grow; what there is now is counted when asked for. */
extern cuda_on_cpu_counters counters;

}  // namespace cuda_on_cpu
