#include "engine.hpp"

using verbatim::cuda::AllocateDevice;
using verbatim::cuda::CheckCuda;
using verbatim::cuda::DeviceScope;
using verbatim::cuda::EngineView;
using verbatim::cuda::Pool;
using verbatim::cuda::SharedContext;

namespace {

/** Words of a bitmask, so many that its rows can be read 16 bytes at a time. */
int32_t MaskWords(int32_t vocab_size) { return (vocab_size + 127) / 128 * 4; }

EngineView Settings(const vbt_engine_options& options) {
  EngineView view = {};
  view.vocab_size = options.vocab_size;
  view.mask_words = MaskWords(options.vocab_size);
  view.start_token = options.start_token;
  view.end_token = options.end_token;
  view.max_span_tokens = options.max_span_tokens;
  view.min_span_tokens = options.min_span_tokens;
  view.recall_generated = options.recall_generated == 0 ? 0 : 1;
  view.max_sequences = options.max_sequences;
  view.max_spans = options.max_spans;
  return view;
}

std::vector<uint32_t> BarrierMask(const vbt_engine_options& options) {
  std::vector<uint32_t> mask(static_cast<size_t>(MaskWords(options.vocab_size)));
  const auto add = [&](int32_t id) { mask[static_cast<size_t>(id) / 32] |= 1U << (id % 32); };
  if (options.start_token >= 0) add(options.start_token);
  add(options.end_token);
  for (size_t i = 0; i < options.barrier_count; ++i) add(options.barriers[i]);
  return mask;
}

/** Hands out parts of a piece of memory, one after the other. */
class Layout {
 public:
  explicit Layout(std::byte* memory) : memory_(memory) {}

  template <typename Entry>
  void Place(Entry*& table, size_t entries) {
    // Without memory the addresses are wrong, and nobody asks for them.
    table = memory_ == nullptr ? nullptr : reinterpret_cast<Entry*>(memory_ + bytes_);
    bytes_ += Pool::Round(entries * sizeof(Entry));
  }

  size_t bytes() const { return bytes_; }

 private:
  std::byte* memory_;
  size_t bytes_ = 0;
};

}  // namespace

vbt_engine::vbt_engine(const vbt_engine_options& options)
    : device_(options.device),
      mask_value_(options.mask_value),
      view_(Settings(options)),
      barriers_(BarrierMask(options)),
      table_bytes_(LayOutTables(nullptr)),
      tables_(AllocateDevice(table_bytes_)),
      pool_memory_(AllocateDevice(Pool::Round(options.pool_bytes))),
      pool_(static_cast<std::byte*>(pool_memory_.get()), Pool::Round(options.pool_bytes)),
      empty_context_(std::make_shared<SharedContext>()),
      sequences_(static_cast<size_t>(options.max_sequences)) {
  LayOutTables(static_cast<std::byte*>(tables_.get()));
  FillTables();
}

size_t vbt_engine::LayOutTables(std::byte* memory) {
  const auto sequences = static_cast<size_t>(view_.max_sequences);
  const auto mask_words = static_cast<size_t>(view_.mask_words);
  Layout layout(memory);
  layout.Place(view_.sequences, sequences);
  layout.Place(view_.statuses, sequences);
  layout.Place(view_.masks, sequences * mask_words);
  layout.Place(view_.mask_applies, sequences);
  layout.Place(view_.mask_is_stale, sequences);
  layout.Place(view_.first_masks, sequences * mask_words);
  layout.Place(view_.survivor_counts, sequences * (static_cast<size_t>(view_.max_span_tokens) + 1));
  layout.Place(view_.spans, sequences * static_cast<size_t>(view_.max_spans));
  layout.Place(view_.bad_rows, 1);
  layout.Place(staged_tokens_, kStagedTokens);
  layout.Place(device_barriers_, mask_words);
  view_.barriers = device_barriers_;
  return layout.bytes();
}

void vbt_engine::FillTables() {
  const cudaStream_t stream = timeline_.stream();
  CheckCuda(cudaMemsetAsync(tables_.get(), 0, table_bytes_, stream), "clear device memory");
  // Masks of sequences that are not open constrain nothing.
  const size_t mask_bytes = static_cast<size_t>(view_.max_sequences) * barriers_.size() * sizeof(uint32_t);
  CheckCuda(cudaMemsetAsync(view_.masks, 0xff, mask_bytes, stream), "set device memory");
  upload_.Copy(barriers_.data(), barriers_.size() * sizeof(uint32_t), device_barriers_, stream);
  timeline_.Synchronize();
}
