#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "candidates.hpp"
#include "closing_tokens.hpp"
#include "context.hpp"

namespace verbatim {

/** What a quote of text is constrained by, beside the text. */
struct TextSpan {
  std::span<const Range> ranges;
  bool restricted;
  /** Empty: no tag closes the quote. */
  std::span<const uint8_t> tag;
  int32_t min_bytes;
  int32_t max_bytes;
};

/**
 * One quote over a context of text. What was generated may be read in several ways: as text of the quote, and, for
 * every prefix of the closing tag in which it ends, as a quote followed by that prefix. All readings stay live until
 * one of them completes the tag.
 */
class TextMatcher {
 public:
  explicit TextMatcher(std::shared_ptr<TextContext> context);

  void Begin(const TextSpan& span);
  bool IsCurrent() const { return version_ == context_->version(); }

  /** False, and nothing has changed, where the token is not allowed. */
  bool Advance(int32_t token);
  bool AdvanceBytes(std::span<const uint8_t> bytes);
  void Rewind(size_t depth);
  bool Allows(int32_t token);
  /** The tokens that may come next, ascending, those of the closing tag included. Valid until the next call. */
  std::span<const int32_t> Allowed();
  /** Writes the same ids if there is room for all of them; how many there are. A large set is not kept then. */
  size_t CopyAllowed(std::span<int32_t> ids);
  std::span<const uint32_t> Bitmask();
  size_t Draft(std::span<int32_t> tokens) const { return DraftBytes(tokens, false); }
  size_t DraftLatest(std::span<int32_t> tokens) const { return DraftBytes(tokens, true); }
  size_t depth() const { return ends_.size(); }
  int32_t vocab_size() const { return context_->trie().vocab_size(); }
  /** Bytes of all pieces, the quote's and the tag's. */
  int32_t byte_length() const { return static_cast<int32_t>(generated_.size()); }
  /** Bytes of the quote once it is closed, -1 before. */
  int32_t closed_at() const { return closed_at_; }
  /** Bytes of memory, without the context. */
  size_t bytes() const;
  bool MayEnd() const { return closed_at_ < 0 && is_text_ && candidates_.MayEnd(*context_); }

 private:
  /** Room for so many gathered ids is kept from step to step. */
  static constexpr size_t kKeptIds = 512;

  /** What there is after one more piece. */
  struct Next {
    bool is_text = false;
    std::vector<int32_t> progress;
    int32_t closed_at = -1;

    bool IsAllowed() const { return is_text || !progress.empty() || closed_at >= 0; }
  };

  bool MayClose(std::span<const uint8_t> bytes) const;
  Next Read(std::span<const uint8_t> bytes, bool relaxed, TextCandidates* text) const;
  /** To be called when the quote changes. */
  void Forget() {
    is_known_ = false;
    if (ids_.capacity() + merged_.capacity() > kKeptIds) ReleaseIds();
  }
  void ReleaseIds();
  void Gather();
  size_t DraftBytes(std::span<int32_t> tokens, bool latest) const;

  std::shared_ptr<TextContext> context_;
  uint64_t version_;
  std::shared_ptr<const ClosingTokens> closing_;
  int32_t min_bytes_ = 0;

  std::vector<uint8_t> generated_;
  /** Where each piece ends in it. */
  std::vector<size_t> ends_;
  /** Whether all of it may be text of the quote. */
  bool is_text_ = true;
  /** The least depth from which on nothing but text was read: no part of the closing tag. */
  size_t text_since_ = 0;
  TextCandidates candidates_;
  /** Bytes of the closing tag that each other reading ends in. */
  std::vector<int32_t> progress_;
  int32_t closed_at_ = -1;

  bool is_known_ = false;
  /** Whether the closing tag is allowed below min_bytes, since nothing else is. */
  bool is_relaxed_ = false;
  /** A large set that the index holds. */
  std::shared_ptr<const KeptContinuations> base_;
  /** The ids of it that may come next, and those that it lacks, both ascending. */
  std::span<const int32_t> base_ids_;
  std::vector<int32_t> ids_;
  /** Both together, if both are needed. */
  std::vector<int32_t> merged_;
  TextContinuations found_;
  std::vector<uint32_t> bitmask_;
};

}  // namespace verbatim
