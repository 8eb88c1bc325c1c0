#include "block.hpp"

#include <numeric>

#include "counters.hpp"
#include "failure.hpp"
#include "fibers.hpp"
#include "random.hpp"
#include "shared_memory.hpp"

uint3 threadIdx = {};
uint3 blockIdx = {};
dim3 blockDim;
dim3 gridDim;

namespace cuda_on_cpu {
namespace {

/** Lanes of one warp on their way into one operation. */
struct Meeting {
  uint32_t mask;
  uint32_t arrived;
  WarpOperation operation;
  /** Which of the two tokens of the mask's lowest lane orders memory; the lanes may meet again before all have left. */
  uint8_t token;
};

/** What ThreadSanitizer orders the memory of one block by: two tokens each, as a fast thread may soon meet again. */
struct BlockTokens {
  char barrier[2];
  char warp[kMaxBlockThreads][2];
};

/** The same for a whole grid. */
struct GridTokens {
  char start;
  char fence;
  char end;
};

struct Warp {
  uint32_t existing;
  uint32_t exited;
  unsigned meeting_count;
  /** Their masks differ, and each has a lane of its own that waits. */
  Meeting meetings[kWarpThreads];
  uint8_t next_token[kWarpThreads];
};

/** A CUDA thread. */
struct Thread {
  uint3 index;
  unsigned lane;
  Warp* warp;
  /** Null until the thread starts. */
  Fiber* fiber;
  /** Given to a warp operation, and got from it. */
  uint64_t value;
  unsigned source;
  uint64_t warp_result;
  BarrierResult barrier_result;
};

/** The block that runs. */
struct Block {
  const KernelCall* call;
  unsigned thread_count;
  unsigned live_count;
  Thread* current;
  /** Threads that can go on, not yet started ones among them, in random order. */
  unsigned ready_count;
  Thread* ready[kMaxBlockThreads];
  /** Threads at the barrier, where the first of them waits, and what they vote. */
  unsigned waiting_count;
  Thread* waiting[kMaxBlockThreads];
  Site barrier_site;
  int votes;
  unsigned barrier_token;
  BlockTokens* tokens;
  GridTokens* grid_tokens;
  Thread threads[kMaxBlockThreads];
  Warp warps[kMaxBlockThreads / kWarpThreads];
  /** Where the block was started from. */
  Fiber* caller;
};

/** Whether a fiber may run several threads of a block. ThreadSanitizer takes each fiber for a thread. */
#if defined(CUDA_ON_CPU_TSAN)
constexpr bool kShareFibers = false;
// A fiber remembers what it did for an earlier block, so it stays idle while some others run.
constexpr size_t kSpareFibers = 256;
#else
constexpr bool kShareFibers = true;
constexpr size_t kSpareFibers = 0;
#endif

void RunThreads();

Block block;
FiberPool thread_fibers(RunThreads);

CUDA_ON_CPU_UNCHECKED bool SameSite(Site a, Site b) {
  if (a.line != b.line) return false;
  if (a.file == b.file) return true;
  const char* x = a.file;
  const char* y = b.file;
  while (*x != '\0' && *x == *y) ++x, ++y;
  return *x == *y;
}

[[noreturn]] void FailForDeadlock() {
  const unsigned in_warps = block.live_count - block.waiting_count;
  if (block.waiting_count == 0) {
    Fail(
        "deadlock: all %u threads of the block that have not exited wait in warp operations for lanes that wait in "
        "others",
        in_warps);
  }
  Fail(
      "deadlock: %u threads wait at the barrier at %s:%u, and %u of the same block in warp operations that not all "
      "lanes of their masks reach",
      block.waiting_count, block.barrier_site.file, block.barrier_site.line, in_warps);
}

/** Adds a thread to those that can go on, at a random place: they are in random order. */
CUDA_ON_CPU_UNCHECKED void AddReadyThread(Thread& thread) {
  const uint32_t place = generator.Below(block.ready_count + 1);
  block.ready[block.ready_count++] = block.ready[place];
  block.ready[place] = &thread;
}

CUDA_ON_CPU_UNCHECKED Thread& TakeReadyThread() {
  if (block.ready_count == 0) FailForDeadlock();
  return *block.ready[--block.ready_count];
}

/** From here on what happens is done by `thread`. */
CUDA_ON_CPU_UNCHECKED void Become(Thread& thread) {
  block.current = &thread;
  threadIdx = thread.index;
}

CUDA_ON_CPU_UNCHECKED void OpenBarrier() {
  const BarrierResult result = {block.votes, static_cast<int>(block.waiting_count)};
  for (unsigned i = 0; i < block.waiting_count; ++i) {
    block.waiting[i]->barrier_result = result;
    AddReadyThread(*block.waiting[i]);
  }
  block.waiting_count = 0;
  block.votes = 0;
  block.barrier_token ^= 1;
}

/** Counts the calling thread as exited. */
CUDA_ON_CPU_UNCHECKED void Exit() {
  Thread& thread = *block.current;
  const uint32_t bit = 1U << thread.lane;
  Warp& warp = *thread.warp;
  warp.exited |= bit;
  for (unsigned i = 0; i < warp.meeting_count; ++i) {
    if ((warp.meetings[i].mask & bit) != 0) Fail("a lane exited that the mask of a warp operation names");
  }
  --block.live_count;
  if (block.live_count > 0 && block.live_count == block.waiting_count) OpenBarrier();
}

/** The fiber to run the thread on. */
CUDA_ON_CPU_UNCHECKED Fiber& FiberOf(Thread& thread) {
  if (thread.fiber == nullptr) thread.fiber = &thread_fibers.Take();
  return *thread.fiber;
}

/** What fibers do: run threads that have not started, one after another. */
CUDA_ON_CPU_UNCHECKED void RunThreads() {
  BeginFiber();
  for (;;) {
    CUDA_ON_CPU_IF_TSAN(Observe(&block.grid_tokens->start);)
    block.call->RunThread();
    CUDA_ON_CPU_IF_TSAN(Publish(&block.grid_tokens->end);)
    Fiber& fiber = *block.current->fiber;
    Exit();
    Fiber* next = block.caller;
    if (block.live_count > 0) {
      Thread& thread = TakeReadyThread();
      Become(thread);
      if (kShareFibers && thread.fiber == nullptr) {
        thread.fiber = &fiber;
        continue;
      }
      next = &FiberOf(thread);
    }
    thread_fibers.GiveBack(fiber);
    SwitchFiber(fiber, *next);
  }
}

/** Lets another thread run; returns when the calling one, which must be ready or waiting, is taken again. */
CUDA_ON_CPU_UNCHECKED void Yield() {
  Thread& self = *block.current;
  Thread& next = TakeReadyThread();
  if (&next == &self) return;
  Become(next);
  SwitchFiber(*self.fiber, FiberOf(next));
}

CUDA_ON_CPU_UNCHECKED Meeting& FindMeeting(Warp& warp, WarpOperation operation, uint32_t mask) {
  for (unsigned i = 0; i < warp.meeting_count; ++i) {
    Meeting& meeting = warp.meetings[i];
    if (meeting.mask != mask) continue;
    if (meeting.operation != operation) Fail("lanes of one mask meet in different warp operations");
    return meeting;
  }
  const int lowest_lane = __builtin_ctz(mask);
  Meeting& meeting = warp.meetings[warp.meeting_count++];
  meeting = {mask, 0, operation, warp.next_token[lowest_lane]};
  warp.next_token[lowest_lane] ^= 1;
  return meeting;
}

/** Gives each lane of a complete meeting its result. */
CUDA_ON_CPU_UNCHECKED void CloseMeeting(Warp& warp, Meeting& meeting) {
  Thread* const lanes = block.threads + (&warp - block.warps) * kWarpThreads;
  uint64_t ballot = 0;
  for (uint32_t rest = meeting.arrived; rest != 0; rest &= rest - 1) {
    const unsigned lane = static_cast<unsigned>(__builtin_ctz(rest));
    ballot |= (lanes[lane].value & 1) << lane;
  }
  for (uint32_t rest = meeting.arrived; rest != 0; rest &= rest - 1) {
    Thread& thread = lanes[__builtin_ctz(rest)];
    if (meeting.operation == WarpOperation::kShuffle) {
      const bool is_given = thread.source < kWarpThreads && (meeting.arrived >> thread.source & 1) != 0;
      thread.warp_result = is_given ? lanes[thread.source].value : generator.Next();
    } else {
      thread.warp_result = ballot;
    }
    AddReadyThread(thread);
  }
  meeting = warp.meetings[--warp.meeting_count];
}

/** Makes the block's threads, none of them started. */
CUDA_ON_CPU_UNCHECKED void PrepareThreads() {
  const unsigned count = block.thread_count;
  block.live_count = count;
  block.ready_count = 0;
  block.waiting_count = 0;
  block.votes = 0;
  uint3 index = {};
  for (unsigned i = 0; i < count; ++i) {
    Thread& thread = block.threads[i];
    thread.index = index;
    thread.lane = i % kWarpThreads;
    thread.warp = &block.warps[i / kWarpThreads];
    thread.fiber = nullptr;
    AddReadyThread(thread);
    if (++index.x == blockDim.x) {
      index.x = 0;
      if (++index.y == blockDim.y) {
        index.y = 0;
        ++index.z;
      }
    }
  }
  for (unsigned first = 0; first < count; first += kWarpThreads) {
    Warp& warp = block.warps[first / kWarpThreads];
    const unsigned lanes = count - first < kWarpThreads ? count - first : kWarpThreads;
    warp.existing = 0xffffffffU >> (kWarpThreads - lanes);
    warp.exited = 0;
    warp.meeting_count = 0;
  }
}

CUDA_ON_CPU_UNCHECKED void RunBlock() {
  RenewSharedMemory();
  // Tokens of a block's own, so that one block is not ordered with another.
  CUDA_ON_CPU_IF_TSAN(block.tokens = new BlockTokens;)
  PrepareThreads();
  thread_fibers.Reserve(block.thread_count + kSpareFibers);
  Thread& first = TakeReadyThread();
  Become(first);
  SwitchFiber(*block.caller, FiberOf(first));
  CUDA_ON_CPU_IF_TSAN(delete block.tokens;)
}

}  // namespace

CUDA_ON_CPU_UNCHECKED BarrierResult MeetBlock(Site site, bool vote) {
  Thread& self = *block.current;
  CUDA_ON_CPU_IF_TSAN(char* const token = &block.tokens->barrier[block.barrier_token]; Publish(token);)
  if (block.waiting_count == 0) {
    block.barrier_site = site;
  } else if (!SameSite(site, block.barrier_site)) {
    Fail("threads of one block wait at different barriers: %s:%u and %s:%u", block.barrier_site.file,
         block.barrier_site.line, site.file, site.line);
  }
  block.votes += vote ? 1 : 0;
  block.waiting[block.waiting_count++] = &self;
  if (block.waiting_count == block.live_count) OpenBarrier();
  Yield();
  CUDA_ON_CPU_IF_TSAN(Observe(token);)
  return self.barrier_result;
}

CUDA_ON_CPU_UNCHECKED uint64_t MeetWarp(WarpOperation operation, uint32_t mask, uint64_t value, unsigned source) {
  Thread& self = *block.current;
  Warp& warp = *self.warp;
  const uint32_t bit = 1U << self.lane;
  if ((mask & bit) == 0) Fail("a lane calls a warp operation whose mask 0x%08x does not name it", mask);
  const uint32_t lanes = mask & warp.existing;
  if ((lanes & warp.exited) != 0) Fail("a warp operation has the mask 0x%08x, which names a lane that exited", mask);
  Meeting& meeting = FindMeeting(warp, operation, lanes);
  CUDA_ON_CPU_IF_TSAN(const unsigned warp_start = static_cast<unsigned>(&self - block.threads) - self.lane;
                      char* const token =
                          &block.tokens->warp[warp_start + static_cast<unsigned>(__builtin_ctz(lanes))][meeting.token];
                      Publish(token);)
  self.value = value;
  self.source = source;
  meeting.arrived |= bit;
  if (meeting.arrived == lanes) CloseMeeting(warp, meeting);
  Yield();
  CUDA_ON_CPU_IF_TSAN(Observe(token);)
  return self.warp_result;
}

CUDA_ON_CPU_UNCHECKED unsigned LaneOfThread() { return block.current->lane; }

CUDA_ON_CPU_UNCHECKED void Fence() {
  CUDA_ON_CPU_IF_TSAN(Observe(&block.grid_tokens->fence); Publish(&block.grid_tokens->fence);)
}

CUDA_ON_CPU_UNCHECKED void RunGrid(const KernelCall& call, dim3 grid, dim3 threads) {
  block.call = &call;
  block.thread_count = threads.x * threads.y * threads.z;
  gridDim = grid;
  blockDim = threads;
  Fiber caller;
  block.caller = &caller;
  CUDA_ON_CPU_IF_TSAN(block.grid_tokens = new GridTokens; Publish(&block.grid_tokens->start);)
  const uint64_t count = uint64_t{grid.x} * grid.y * grid.z;
  counters.blocks += count;
  // A stride that has no factor in common with the count visits every block once.
  uint64_t place = generator.Next() % count;
  uint64_t stride = 1 + generator.Next() % count;
  while (std::gcd(stride, count) != 1) ++stride;
  for (uint64_t blocks_left = count; blocks_left > 0; --blocks_left) {
    blockIdx = {static_cast<unsigned>(place % grid.x), static_cast<unsigned>(place / grid.x % grid.y),
                static_cast<unsigned>(place / grid.x / grid.y)};
    RunBlock();
    place = (place + stride) % count;
  }
  CUDA_ON_CPU_IF_TSAN(Observe(&block.grid_tokens->end); delete block.grid_tokens;)
}

}  // namespace cuda_on_cpu
