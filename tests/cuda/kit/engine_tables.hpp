#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "../../../cuda/kernels/state/state.cuh"
#include "device.hpp"
#include "random.hpp"

namespace verbatim::cuda::tests {

/** An engine's tables made by hand, as far as kernels that work on logits need them: on the host, then on the device.
 */
class EngineTables {
 public:
  EngineTables(int32_t vocab_size, int32_t max_sequences)
      : vocab_size_(vocab_size),
        mask_words_((vocab_size + 127) / 128 * 4),
        sequences_(static_cast<size_t>(max_sequences)),
        statuses_(sequences_.size()),
        mask_applies_(sequences_.size()),
        mask_is_stale_(sequences_.size()),
        masks_(sequences_.size() * static_cast<size_t>(mask_words_), ~0U) {
    for (Sequence& sequence : sequences_) {
      sequence = {};
      sequence.is_live = 1;
      sequence.sampling = {1, 0, 1, 0, 0, 0};
    }
  }

  int32_t vocab_size() const { return vocab_size_; }
  int32_t max_sequences() const { return static_cast<int32_t>(sequences_.size()); }
  int32_t end_token() const { return vocab_size_ - 1; }

  Sequence& sequence(int32_t number) { return sequences_[static_cast<size_t>(number)]; }
  int32_t& status(int32_t number) { return statuses_[static_cast<size_t>(number)]; }

  /** Outside a span: the mask is all ones, and does not apply. */
  void LiftMask(int32_t number) {
    mask_applies_[static_cast<size_t>(number)] = 0;
    for (int32_t word = 0; word < mask_words_; ++word) WordOf(number, word) = ~0U;
  }

  /**
   * Words that are empty, full, sparse or dense, each as often as `weights` says. Bits from vocab_size on are of no
   * meaning; to find out whether somebody looks at them, some are 1.
   */
  void SetMask(int32_t number, const std::vector<int32_t>& weights, Random& random) {
    mask_applies_[static_cast<size_t>(number)] = 1;
    for (int32_t word = 0; word < mask_words_; ++word) {
      uint32_t& bits = WordOf(number, word);
      const auto noise = static_cast<uint32_t>(random.Next() >> 32);
      switch (random.Weighted(weights)) {
        case 0:
          bits = 0;
          break;
        case 1:
          bits = ~0U;
          break;
        case 2:
          bits = 1U << (noise % 32);
          break;
        default:
          bits = noise;
      }
    }
  }

  /** What a sequence in error is masked to. */
  void AllowEndTokenOnly(int32_t number) {
    mask_applies_[static_cast<size_t>(number)] = 1;
    for (int32_t word = 0; word < mask_words_; ++word) WordOf(number, word) = 0;
    Allow(number, end_token());
  }

  void Allow(int32_t number, int32_t id) { WordOf(number, id / 32) |= 1U << (id % 32); }

  bool IsMasked(int32_t number) const { return mask_applies_[static_cast<size_t>(number)] != 0; }

  /** Inside a span or not: whether a token may be drawn, and keeps its logit. */
  bool Allows(int32_t number, int32_t id) const {
    if (id < 0 || id >= vocab_size_) return false;
    return !IsMasked(number) || (WordOf(number, id / 32) >> (id % 32) & 1U) != 0;
  }

  /** The open sequence that a row is about; nullopt where it is none. */
  std::optional<int32_t> Find(int32_t number) const {
    if (number < 0 || number >= max_sequences()) return std::nullopt;
    if (sequences_[static_cast<size_t>(number)].is_live == 0) return std::nullopt;
    return number;
  }

  /** Copies everything to the device. */
  EngineView Upload() {
    device_.emplace(*this);
    EngineView view = {};
    view.vocab_size = vocab_size_;
    view.mask_words = mask_words_;
    view.start_token = -1;
    view.end_token = end_token();
    view.max_sequences = max_sequences();
    view.sequences = device_->sequences.data();
    view.statuses = device_->statuses.data();
    view.masks = device_->masks.data();
    view.mask_applies = device_->mask_applies.data();
    view.mask_is_stale = device_->mask_is_stale.data();
    view.bad_rows = device_->bad_rows.data();
    return view;
  }

  /** What kernels must not have changed, and what they may have, as it is on the host and on the device. */
  void ExpectSameOnDevice() const {
    Expect(device_->masks.Read() == masks_, "a mask was changed");
    Expect(device_->mask_applies.Read() == mask_applies_, "mask_applies was changed");
    Expect(device_->mask_is_stale.Read() == mask_is_stale_, "mask_is_stale is wrong");
    Expect(device_->statuses.Read() == statuses_, "a status is wrong");
    const std::vector<Sequence> sequences = device_->sequences.Read();
    for (size_t i = 0; i < sequences.size(); ++i) {
      const std::string name = " of sequence " + std::to_string(i);
      ExpectEqual(sequences[i].is_live, sequences_[i].is_live, "is_live" + name);
      ExpectEqual(sequences[i].sampling.seed, sequences_[i].sampling.seed, "the seed" + name);
      ExpectEqual(sequences[i].sampling.draws, sequences_[i].sampling.draws, "the draws" + name);
    }
  }

  uint64_t BadRowsOnDevice() const { return device_->bad_rows.Read().front(); }

 private:
  struct OnDevice {
    explicit OnDevice(const EngineTables& tables)
        : sequences(tables.sequences_),
          statuses(tables.statuses_),
          mask_applies(tables.mask_applies_),
          mask_is_stale(tables.mask_is_stale_),
          masks(tables.masks_),
          bad_rows(std::vector<unsigned long long>{0}) {}

    DeviceBuffer<Sequence> sequences;
    DeviceBuffer<int32_t> statuses;
    DeviceBuffer<int32_t> mask_applies;
    DeviceBuffer<int32_t> mask_is_stale;
    DeviceBuffer<uint32_t> masks;
    DeviceBuffer<unsigned long long> bad_rows;
  };

  size_t Place(int32_t number, int32_t word) const {
    return static_cast<size_t>(number) * static_cast<size_t>(mask_words_) + static_cast<size_t>(word);
  }
  uint32_t& WordOf(int32_t number, int32_t word) { return masks_[Place(number, word)]; }
  uint32_t WordOf(int32_t number, int32_t word) const { return masks_[Place(number, word)]; }

  int32_t vocab_size_;
  int32_t mask_words_;
  std::vector<Sequence> sequences_;
  std::vector<int32_t> statuses_;
  std::vector<int32_t> mask_applies_;
  std::vector<int32_t> mask_is_stale_;
  std::vector<uint32_t> masks_;
  std::optional<OnDevice> device_;
};

/** The rows of a launch, with the map on the device, if there is one. */
class RowsOnDevice {
 public:
  /** Row i is sequence i. */
  explicit RowsOnDevice(int32_t count) : count_(count) {}

  explicit RowsOnDevice(std::vector<int32_t> sequences)
      : count_(static_cast<int32_t>(sequences.size())), sequences_(std::move(sequences)), device_(*sequences_) {}

  /** A map of sequences, and of what is none: -1, out of range, one that another row names. */
  static RowsOnDevice Some(int32_t count, int32_t max_sequences, Random& random) {
    if (random.OneIn(4)) return RowsOnDevice(count);
    constexpr int32_t kLargest = std::numeric_limits<int32_t>::max();
    std::vector<int32_t> sequences;
    for (int32_t row = 0; row < count; ++row) {
      const int32_t odd = random.Of({-1, -1, -2, max_sequences, kLargest, -kLargest - 1});
      sequences.push_back(random.OneIn(5) ? odd : random.Below(max_sequences));
    }
    return RowsOnDevice(std::move(sequences));
  }

  int32_t count() const { return count_; }
  int32_t SequenceOf(int32_t row) const { return sequences_ ? (*sequences_)[static_cast<size_t>(row)] : row; }
  /** -1 in a map names none on purpose. */
  bool IsEmpty(int32_t row) const { return sequences_ && SequenceOf(row) == -1; }
  RowMap view() const { return {count_, device_ ? device_->data() : nullptr}; }

 private:
  int32_t count_;
  std::optional<std::vector<int32_t>> sequences_;
  std::optional<DeviceBuffer<int32_t>> device_;
};

}  // namespace verbatim::cuda::tests
