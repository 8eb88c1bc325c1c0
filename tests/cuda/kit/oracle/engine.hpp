#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "../logits.hpp"
#include "oracle.hpp"

namespace verbatim::cuda::tests {

/** The rows of a batch, as vbt_rows. */
struct Batch {
  int32_t count = 0;
  /** [count]; nullopt: row i is sequence i. */
  std::optional<std::vector<int32_t>> sequences;

  int32_t SequenceOf(int32_t row) const { return sequences ? (*sequences)[static_cast<size_t>(row)] : row; }
};

/** Whether a verb changes sequences: of rows that name the same one, such a verb takes the first. */
enum class Access { kReads, kChanges };

/** An engine's sequences, and the verbs that work on a batch of them. */
class EngineOracle {
 public:
  EngineOracle(Rules rules, int32_t max_sequences)
      : rules_(std::move(rules)), sequences_(static_cast<size_t>(max_sequences)) {}
  EngineOracle(const EngineOracle&) = delete;
  EngineOracle& operator=(const EngineOracle&) = delete;

  const Rules& rules() const { return rules_; }
  uint64_t bad_rows() const { return bad_rows_; }
  int32_t max_sequences() const { return static_cast<int32_t>(sequences_.size()); }

  /** nullptr where no such sequence is open. */
  SequenceOracle* Find(int32_t sequence) {
    if (sequence < 0 || sequence >= max_sequences()) return nullptr;
    std::optional<SequenceOracle>& found = sequences_[static_cast<size_t>(sequence)];
    return found ? &*found : nullptr;
  }

  std::vector<int32_t> OpenSequences() {
    std::vector<int32_t> open;
    for (int32_t sequence = 0; sequence < max_sequences(); ++sequence) {
      if (Find(sequence) != nullptr) open.push_back(sequence);
    }
    return open;
  }

  /** The lowest number that is free; -1: none. */
  int32_t LowestFree() {
    for (int32_t sequence = 0; sequence < max_sequences(); ++sequence) {
      if (Find(sequence) == nullptr) return sequence;
    }
    return -1;
  }

  int32_t Open(const ContextOracle& context, int32_t max_tokens) {
    const int32_t sequence = LowestFree();
    sequences_[static_cast<size_t>(sequence)].emplace(rules_, context, max_tokens);
    return sequence;
  }

  int32_t Fork(int32_t sequence) {
    const int32_t fork = LowestFree();
    sequences_[static_cast<size_t>(fork)] = sequences_[static_cast<size_t>(sequence)];
    return fork;
  }

  void Close(int32_t sequence) { sequences_[static_cast<size_t>(sequence)].reset(); }

  /** For each row the sequence that it is about, nullptr where it is skipped; what is wrong with rows is counted. */
  std::vector<SequenceOracle*> Rows(const Batch& batch, Access access) {
    std::vector<SequenceOracle*> rows;
    std::set<int32_t> named;
    for (int32_t row = 0; row < batch.count; ++row) {
      const int32_t sequence = batch.SequenceOf(row);
      SequenceOracle* found = Find(sequence);
      if (found != nullptr && access == Access::kChanges && !named.insert(sequence).second) found = nullptr;
      const bool is_empty = batch.sequences && sequence == -1;
      if (found == nullptr && !is_empty) ++bad_rows_;
      rows.push_back(found);
    }
    return rows;
  }

  void Accept(const Batch& batch, std::span<const int32_t> tokens) {
    const std::vector<SequenceOracle*> rows = Rows(batch, Access::kChanges);
    for (size_t row = 0; row < rows.size(); ++row) {
      if (rows[row] != nullptr) rows[row]->Accept(tokens[row]);
    }
  }

  void Rollback(const Batch& batch, std::span<const int32_t> counts) {
    const std::vector<SequenceOracle*> rows = Rows(batch, Access::kChanges);
    for (size_t row = 0; row < rows.size(); ++row) {
      if (rows[row] != nullptr) rows[row]->Rollback(counts[row]);
    }
  }

  void Apply(const Batch& batch, LogitsImage& logits, float mask_value) {
    const std::vector<SequenceOracle*> rows = Rows(batch, Access::kReads);
    for (int32_t row = 0; row < batch.count; ++row) {
      const SequenceOracle* sequence = rows[static_cast<size_t>(row)];
      if (sequence != nullptr && sequence->IsMasked()) logits.Mask(row, sequence->Unmasked(), mask_value);
    }
  }

  /** vbt_sample at temperature 0 over `tokens` as they were before. */
  std::vector<int32_t> Sample(const Batch& batch, const LogitsImage& logits, std::vector<int32_t> tokens) {
    const std::vector<SequenceOracle*> rows = Rows(batch, Access::kChanges);
    for (int32_t row = 0; row < batch.count; ++row) {
      SequenceOracle* sequence = rows[static_cast<size_t>(row)];
      if (sequence == nullptr) continue;
      int32_t& token = tokens[static_cast<size_t>(row)];
      if (sequence->status() != VBT_SEQUENCE_OK) {
        token = rules_.end_token;
        continue;
      }
      token = logits.Largest(row, rules_.vocab_size,
                             [&](int32_t id) { return !sequence->in_span() || sequence->Allows(id); });
      if (token == -1) sequence->FindNoValidToken();
    }
    return tokens;
  }

  /** For each row what is drafted; nullopt where it is skipped. */
  std::vector<std::optional<std::vector<int32_t>>> Draft(const Batch& batch, int32_t max, bool latest) {
    std::vector<std::optional<std::vector<int32_t>>> drafts;
    for (const SequenceOracle* sequence : Rows(batch, Access::kReads)) {
      drafts.emplace_back();
      if (sequence != nullptr) drafts.back() = sequence->Draft(max, latest);
    }
    return drafts;
  }

  /** The status words, as vbt_poll copies them. */
  std::vector<int32_t> Statuses() const {
    std::vector<int32_t> statuses;
    for (const std::optional<SequenceOracle>& sequence : sequences_) {
      statuses.push_back(sequence ? sequence->status() : VBT_SEQUENCE_OK);
    }
    return statuses;
  }

 private:
  Rules rules_;
  std::vector<std::optional<SequenceOracle>> sequences_;
  uint64_t bad_rows_ = 0;
};

}  // namespace verbatim::cuda::tests
