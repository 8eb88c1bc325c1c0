/**
 * What can go wrong: wrong arguments, limits reached, and, where the CUDA runtime is emulated, a runtime that fails.
 * Each is an error for that call or that sequence, and harms nothing else.
 *
 *   failures [name of a case]
 */
#include <cstdio>
#include <string>

#include "../kit/failures/arguments.hpp"
#include "../kit/failures/limits.hpp"
#include "../kit/failures/runtime.hpp"

namespace verbatim::cuda::tests {
namespace {

struct Case {
  const char* name;
  void (*run)();
  /** It needs hooks that only the emulated runtime has. */
  bool needs_emulation = false;
};

constexpr Case kCases[] = {
    {"messages of statuses", MessagesOfStatuses},
    {"defaults", Defaults},
    {"wrong options", WrongOptions},
    {"wrong arguments", WrongArguments},
    {"no engine", NoEngine},
    {"no such device", NoSuchDevice},
    {"sequence errors", SequenceErrors},
    {"sequences full", SequencesFull},
    {"pool full", PoolFull},
    {"memory is as stated", MemoryIsAsStated},
    {"coming and going", ComingAndGoing},
    {"allocations fail", AllocationsFail, true},
    {"any call of vbt_engine_create fails", CreationFails, true},
    {"no driver", NoDriver, true},
    {"launches fail", LaunchesFail, true},
    {"the current device is restored", CurrentDeviceIsRestored, true},
    {"memory of another device", MemoryOfAnotherDevice, true},
    {"device memory is all counted", DeviceMemoryIsCounted, true},
    {"verbs neither wait nor allocate", VerbsNeitherWaitNorAllocate, true},
};

int Main(const std::string& chosen) {
#ifdef CUDA_ON_CPU
  constexpr bool kIsEmulated = true;
#else
  constexpr bool kIsEmulated = false;
#endif
  bool failed = false;
  for (const Case& each : kCases) {
    if (!chosen.empty() && chosen != each.name) continue;
    if (each.needs_emulation && !kIsEmulated) {
      std::printf("not run: %s (it needs the emulated runtime)\n", each.name);
      continue;
    }
    try {
      each.run();
      std::printf("ok %s\n", each.name);
    } catch (const Mismatch& mismatch) {
      std::printf("failed: %s: %s\n", each.name, mismatch.what());
      failed = true;
    }
  }
  return failed ? 1 : 0;
}

}  // namespace
}  // namespace verbatim::cuda::tests

int main(int argc, char** argv) { return verbatim::cuda::tests::Main(argc > 1 ? argv[1] : ""); }
