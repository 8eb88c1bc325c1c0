#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "../node_api.hpp"

namespace verbatim::addon {

/**
 * What the garbage collector has been told of the memory that an object keeps alive, taken back when nobody keeps the
 * report. An object that shares another one's memory keeps that one's report as well: so what several share counts
 * once, and for as long as one of them is there.
 */
class MemoryReport {
 public:
  MemoryReport(napi_env env, std::shared_ptr<const MemoryReport> shared) : env_(env), shared_(std::move(shared)) {}
  MemoryReport(const MemoryReport&) = delete;
  MemoryReport& operator=(const MemoryReport&) = delete;
  ~MemoryReport() { Adjust(-reported_); }

  /** Tells how many bytes there are, where that has changed noticeably. */
  void Set(size_t size) {
    const int64_t bytes = static_cast<int64_t>(size) + kBeside;
    const int64_t change = bytes - reported_;
    if (change > -kNoticeable && change < kNoticeable) return;
    Adjust(change);
    reported_ = bytes;
  }

 private:
  static constexpr int64_t kNoticeable = 256;
  /** What an object takes beside its own bytes: its slot, the reference to its owner, what the allocator adds. */
  static constexpr int64_t kBeside = 512;

  void Adjust(int64_t change) {
    int64_t total = 0;
    if (change != 0) napi_adjust_external_memory(env_, change, &total);
  }

  napi_env env_;
  std::shared_ptr<const MemoryReport> shared_;
  int64_t reported_ = 0;
};

}  // namespace verbatim::addon
