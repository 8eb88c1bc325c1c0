#include <memory>

#include "call.hpp"
#include "context_index.hpp"

using namespace verbatim::cuda;

namespace {

constexpr size_t kMaxContextTokens = size_t{1} << 30;

void CheckPieces(std::span<const vbt_piece> pieces, size_t count) {
  size_t sum = 0;
  for (const vbt_piece& piece : pieces) {
    Expect((piece.flags & ~uint32_t{VBT_UNSEARCHABLE | VBT_SEGMENT}) == 0, "pieces",
           "pieces with known flags (VBT_UNSEARCHABLE, VBT_SEGMENT)");
    Expect(piece.count <= count - sum, "pieces", "pieces of " + std::to_string(count) + " tokens in all");
    sum += piece.count;
  }
  Expect(sum == count, "pieces", "pieces of " + std::to_string(count) + " tokens in all");
}

/** Places arrays one after the other in a piece of the pool, each on a granule, and uploads them. */
class Uploader {
 public:
  Uploader(vbt_engine& engine, std::byte* memory) : engine_(engine), memory_(memory) {}

  template <typename Entry>
  const Entry* Copy(const std::vector<Entry>& entries) {
    const size_t bytes = entries.size() * sizeof(Entry);
    auto* destination = reinterpret_cast<Entry*>(memory_);
    engine_.upload().Copy(entries.data(), bytes, destination, engine_.timeline().stream());
    memory_ += Pool::Round(bytes);
    return destination;
  }

 private:
  vbt_engine& engine_;
  std::byte* memory_;
};

template <typename Entry>
size_t BytesOf(const std::vector<Entry>& entries) {
  return Pool::Round(entries.size() * sizeof(Entry));
}

std::shared_ptr<SharedContext> UploadContext(vbt_engine& engine, const ContextIndex& index, cudaStream_t stream) {
  auto context = std::make_shared<SharedContext>();
  context->largest_bucket = index.largest_bucket;
  context->memory = PoolPiece(engine.pool(), BytesOf(index.words) + BytesOf(index.positions) +
                                                 BytesOf(index.distinct_ids) + BytesOf(index.bucket_starts));
  // The memory may have been another's until now: what that one enqueued comes first.
  engine.timeline().BeginChange(stream);
  Uploader uploader(engine, context->memory.as<std::byte>());
  ContextView& view = context->view;
  view.words = uploader.Copy(index.words);
  view.positions = uploader.Copy(index.positions);
  view.distinct_ids = uploader.Copy(index.distinct_ids);
  view.bucket_starts = uploader.Copy(index.bucket_starts);
  view.length = static_cast<int32_t>(index.words.size());
  view.distinct_count = static_cast<int32_t>(index.distinct_ids.size());
  view.ends_run = index.ends_run ? 1 : 0;
  engine.timeline().EndChange();
  return context;
}

}  // namespace

vbt_status vbt_context_create(vbt_engine* engine, const int32_t* tokens, size_t count, const vbt_piece* pieces,
                              size_t piece_count, vbt_stream stream, vbt_context** context) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("context", context);
    ExpectInteger("count", static_cast<int64_t>(count), 0, kMaxContextTokens);
    ExpectIds("tokens", tokens, count, live.view().vocab_size);
    if (pieces == nullptr) ExpectInteger("piece_count", static_cast<int64_t>(piece_count), 0, 1);
    const vbt_piece whole = {count, 0};
    const std::span<const vbt_piece> given =
        pieces == nullptr ? std::span<const vbt_piece>(&whole, 1) : std::span<const vbt_piece>(pieces, piece_count);
    CheckPieces(given, count);
    EnterUncaptured(live, stream);
    const ContextIndex index = IndexContext({tokens, count}, given, live.barriers(), live.view().vocab_size);
    auto created = std::make_unique<vbt_context>();
    created->shared = UploadContext(live, index, stream);
    vbt_context* handle = created.get();
    live.contexts().emplace(handle, std::move(created));
    *context = handle;
  });
}

vbt_status vbt_context_destroy(vbt_engine* engine, vbt_context* context) {
  return Call(engine, [&](vbt_engine& live) {
    if (context == nullptr) return;
    Expect(live.contexts().erase(context) == 1, "context", "an open context of this engine");
  });
}

vbt_status vbt_context_length(vbt_engine* engine, const vbt_context* context, size_t* length) {
  return Call(engine, [&](vbt_engine& live) {
    ExpectMemory("length", length);
    Expect(live.contexts().contains(context), "context", "an open context of this engine");
    *length = static_cast<size_t>(context->shared->view.length);
  });
}
