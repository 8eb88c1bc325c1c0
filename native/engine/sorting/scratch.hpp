#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace verbatim {

struct ScratchDeleter {
  void operator()(uint64_t* items) const { std::free(items); }
};
using Scratch = std::unique_ptr<uint64_t[], ScratchDeleter>;

/**
 * Uninitialised memory for `count` items that will be written once or twice and given back. Where it is large, the
 * kernel is asked for huge pages: handing out small ones would take as long as sorting.
 */
inline Scratch AllocateScratch(size_t count) {
  constexpr size_t kHugePage = size_t{2} << 20;
  const size_t bytes = count * sizeof(uint64_t);
#if defined(__linux__)
  if (bytes >= kHugePage / 2) {
    const size_t rounded = (bytes + kHugePage - 1) / kHugePage * kHugePage;
    void* const memory = std::aligned_alloc(kHugePage, rounded);
    if (memory == nullptr) throw std::bad_alloc();
    madvise(memory, rounded, MADV_HUGEPAGE);
    return Scratch(static_cast<uint64_t*>(memory));
  }
#endif
  void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return Scratch(static_cast<uint64_t*>(memory));
}

}  // namespace verbatim
