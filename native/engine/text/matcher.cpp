#include "matcher.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "../sorting/merge_ids.hpp"
#include "../sorting/token_set.hpp"
#include "../sorting/vector_memory.hpp"
#include "walk.hpp"

namespace verbatim {
namespace {

/** A draft is of at most so many bytes. */
constexpr size_t kDraftBytes = 1 << 16;

bool StartsWith(std::span<const uint8_t> bytes, std::span<const uint8_t> prefix) {
  return prefix.size() <= bytes.size() && std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

}  // namespace

TextMatcher::TextMatcher(std::shared_ptr<TextContext> context) : context_(std::move(context)) {
  Begin({{}, false, {}, 0, INT32_MAX});
}

void TextMatcher::Begin(const TextSpan& span) {
  context_->Index();
  auto closing = closing_;
  if (closing == nullptr || !std::ranges::equal(closing->tag(), span.tag)) {
    closing = std::make_shared<ClosingTokens>(context_->trie(), span.tag);
  }
  candidates_.Begin(*context_, span.ranges, span.restricted, span.max_bytes);
  closing_ = std::move(closing);
  min_bytes_ = span.min_bytes;
  generated_.clear();
  ends_.clear();
  is_text_ = true;
  text_since_ = 0;
  progress_.clear();
  closed_at_ = -1;
  Forget();
  version_ = context_->version();
}

/** The readings after `bytes`; `text`, a copy of the candidates, goes on with them where they may be text. */
TextMatcher::Next TextMatcher::Read(std::span<const uint8_t> bytes, bool relaxed, TextCandidates* text) const {
  Next next;
  const std::span<const uint8_t> tag = closing_->tag();
  const size_t length = bytes.size();
  // Where inside the piece a tag is complete, and how many bytes the quote has then.
  size_t complete_at = length + 1;
  int32_t complete_quote = -1;
  bool is_allowed = false;
  const auto complete = [&](size_t at) {
    is_allowed = is_allowed || at == length;
    if (at >= complete_at) return;
    complete_at = at;
    complete_quote = static_cast<int32_t>(generated_.size() + at - tag.size());
  };
  for (const int32_t progress : progress_) {
    const std::span<const uint8_t> rest = tag.subspan(static_cast<size_t>(progress));
    if (StartsWith(bytes, rest)) {
      complete(rest.size());
    } else if (StartsWith(rest, bytes)) {
      next.progress.push_back(progress + static_cast<int32_t>(length));
    }
  }
  if (is_text_ && !tag.empty()) {
    for (size_t quoted = 0; quoted < length; ++quoted) {
      const std::span<const uint8_t> rest = bytes.subspan(quoted);
      if (!StartsWith(tag, rest.first(std::min(rest.size(), tag.size())))) continue;
      if (!relaxed && static_cast<int32_t>(generated_.size() + quoted) < min_bytes_) continue;
      TextCandidates ahead;
      if (quoted > 0) {
        ahead = candidates_;
        if (!ahead.Advance(*context_, bytes.first(quoted))) break;
      }
      if (!(quoted > 0 ? ahead : candidates_).MayEnd(*context_)) continue;
      if (rest.size() >= tag.size()) {
        complete(quoted + tag.size());
      } else {
        next.progress.push_back(static_cast<int32_t>(rest.size()));
      }
    }
  }
  next.is_text = is_text_ && text->Advance(*context_, bytes);
  is_allowed = is_allowed || next.is_text || !next.progress.empty();
  // Whichever reading allows the piece, the first tag that is complete in it closes the quote.
  if (is_allowed) next.closed_at = complete_quote;
  return next;
}

/** Whether a tag may begin or go on in these bytes. */
bool TextMatcher::MayClose(std::span<const uint8_t> bytes) const {
  const std::span<const uint8_t> tag = closing_->tag();
  return !progress_.empty() || (!tag.empty() && std::memchr(bytes.data(), tag[0], bytes.size()) != nullptr);
}

bool TextMatcher::Advance(int32_t token) {
  const std::span<const uint8_t> bytes = context_->trie().BytesOf(token);
  return !bytes.empty() && AdvanceBytes(bytes);
}

bool TextMatcher::AdvanceBytes(std::span<const uint8_t> bytes) {
  if (closed_at_ >= 0) return false;
  if (bytes.empty()) {
    ends_.push_back(generated_.size());
    return true;
  }
  // Room comes first, so that running out of memory leaves everything as it was.
  const size_t needed = generated_.size() + bytes.size();
  if (needed > generated_.capacity()) generated_.reserve(std::max<size_t>(256, 2 * needed));
  if (ends_.size() == ends_.capacity()) ends_.reserve(std::max<size_t>(64, 2 * ends_.size()));
  if (!MayClose(bytes)) {
    if (!is_text_ || !candidates_.Advance(*context_, bytes)) return false;
  } else {
    TextCandidates text = candidates_;
    Next next = Read(bytes, false, &text);
    if (!next.IsAllowed() && byte_length() < min_bytes_) {
      if (!is_known_) Gather();
      if (is_relaxed_) {
        text = candidates_;
        next = Read(bytes, true, &text);
      }
    }
    if (!next.IsAllowed()) return false;
    is_text_ = next.is_text;
    if (is_text_) candidates_ = std::move(text);
    progress_ = std::move(next.progress);
    closed_at_ = next.closed_at;
    if (!is_text_ || !progress_.empty() || closed_at_ >= 0) text_since_ = depth() + 2;
  }
  generated_.insert(generated_.end(), bytes.begin(), bytes.end());
  ends_.push_back(generated_.size());
  Forget();
  return true;
}

void TextMatcher::Rewind(size_t depth) {
  if (depth > 0 && depth >= text_since_ && candidates_.RewindTo(static_cast<int32_t>(ends_[depth - 1]))) {
    generated_.resize(ends_[depth - 1]);
    ends_.resize(depth);
    Forget();
    return;
  }
  TextMatcher rewound(context_);
  rewound.closing_ = closing_;
  const std::vector<Range> ranges(candidates_.ranges().begin(), candidates_.ranges().end());
  rewound.Begin({ranges, candidates_.restricted(), closing_->tag(), min_bytes_, candidates_.max_bytes()});
  size_t begin = 0;
  for (size_t i = 0; i < depth; ++i) {
    rewound.AdvanceBytes(std::span(generated_).subspan(begin, ends_[i] - begin));
    begin = ends_[i];
  }
  *this = std::move(rewound);
}

bool TextMatcher::Allows(int32_t token) {
  if (!is_known_) Gather();
  return std::binary_search(ids_.begin(), ids_.end(), token) ||
         std::binary_search(base_ids_.begin(), base_ids_.end(), token);
}

std::span<const int32_t> TextMatcher::Allowed() {
  if (!is_known_) Gather();
  if (base_ids_.empty()) return ids_;
  if (ids_.empty()) return base_ids_;
  if (merged_.empty()) {
    merged_.resize(base_ids_.size() + ids_.size());
    MergeIds(base_ids_, ids_, merged_.data());
  }
  return merged_;
}

size_t TextMatcher::CopyAllowed(std::span<int32_t> ids) {
  if (!is_known_) Gather();
  const size_t count = base_ids_.size() + ids_.size();
  if (count > ids.size()) return count;
  MergeIds(base_ids_, ids_, ids.data());
  if (ids_.capacity() + merged_.capacity() > kKeptIds) {
    ReleaseIds();
    is_known_ = false;
  }
  return count;
}

void TextMatcher::ReleaseIds() {
  ids_ = {};
  merged_ = {};
}

size_t TextMatcher::bytes() const {
  return sizeof(*this) + candidates_.bytes() + BytesOf(generated_) + BytesOf(ends_) + BytesOf(progress_) +
         BytesOf(found_.tokens) + BytesOf(found_.closers) + BytesOf(ids_) + BytesOf(merged_) + BytesOf(bitmask_);
}

void TextMatcher::Gather() {
  TextContinuations& found = found_;
  found.tokens.clear();
  found.closers.clear();
  base_ = nullptr;
  base_ids_ = {};
  merged_.clear();
  is_relaxed_ = false;
  if (closed_at_ < 0) {
    TextWalk walk(context_->trie(), *closing_, found);
    if (is_text_) base_ = candidates_.Collect(*context_, walk);
    if (generated_.empty()) walk.Close();
    for (const int32_t progress : progress_) walk.Continue(static_cast<size_t>(progress));
  }
  std::span<const int32_t> base;
  if (base_ != nullptr && byte_length() >= min_bytes_) {
    base = base_->ids;
  } else if (base_ != nullptr) {
    base = base_->tokens;
    found.closers.insert(found.closers.end(), base_->closers.begin(), base_->closers.end());
  }
  const auto add_closers = [&](int32_t min_bytes) {
    for (const TextContinuations::Closer& closer : found.closers) {
      if (byte_length() + closer.quoted >= min_bytes) found.tokens.push_back(closer.token);
    }
  };
  add_closers(min_bytes_);
  if (found.tokens.empty() && base.empty()) {
    is_relaxed_ = min_bytes_ > 0;
    add_closers(0);
  }
  ids_.swap(found.tokens);
  SortDistinct(ids_, vocab_size());
  std::erase_if(ids_, [&base](int32_t id) { return std::binary_search(base.begin(), base.end(), id); });
  base_ids_ = base;
  found.tokens.clear();
  found.closers.clear();
  Trim(found.tokens);
  Trim(found.closers);
  is_known_ = true;
}

std::span<const uint32_t> TextMatcher::Bitmask() {
  bitmask_.assign((static_cast<size_t>(vocab_size()) + 31) / 32, 0);
  if (!is_known_) Gather();
  for (const std::span<const int32_t> ids : {std::span<const int32_t>(ids_), base_ids_}) {
    for (const int32_t id : ids) bitmask_[static_cast<size_t>(id) >> 5] |= uint32_t{1} << (id & 31);
  }
  return bitmask_;
}

size_t TextMatcher::DraftBytes(std::span<int32_t> tokens, bool latest) const {
  if (!is_text_ || closed_at_ >= 0) return 0;
  const TokenTrie& trie = context_->trie();
  const size_t most = std::min(kDraftBytes, tokens.size() * static_cast<size_t>(trie.longest()));
  const std::vector<uint8_t> drafted =
      latest ? candidates_.Latest(*context_, most) : candidates_.Agreed(*context_, most);
  // What has no part of the tag in it is allowed, since it is text; the rest is tried.
  std::optional<TextMatcher> ahead;
  size_t count = 0;
  for (size_t at = 0; count < tokens.size();) {
    const auto [token, length] = trie.LongestAt(std::span(drafted).subspan(at));
    if (token == TokenTrie::kNone) break;
    const std::span<const uint8_t> bytes = std::span(drafted).subspan(at, static_cast<size_t>(length));
    if (!ahead.has_value() && MayClose(bytes)) {
      ahead = *this;
      if (at > 0) ahead->AdvanceBytes(std::span(drafted).first(at));
    }
    if (ahead.has_value() && (!ahead->AdvanceBytes(bytes) || ahead->closed_at() >= 0)) break;
    tokens[count++] = token;
    at += bytes.size();
  }
  return count;
}

}  // namespace verbatim
