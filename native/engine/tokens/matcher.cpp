#include "matcher.hpp"

#include <algorithm>
#include <utility>

namespace verbatim {

Matcher::Matcher(std::shared_ptr<Context> context) : context_(std::move(context)), version_(context_->version()) {}

void Matcher::Begin(std::span<const Range> ranges, bool restricted) {
  candidates_.Begin(ranges, restricted);
  version_ = context_->version();
  continuations_.Forget();
}

bool Matcher::Advance(int32_t token) {
  if (!candidates_.Advance(*context_, token)) return false;
  continuations_.Forget();
  return true;
}

void Matcher::Rewind(size_t depth) {
  continuations_.Forget();
  if (depth > 0 && candidates_.RewindTo(static_cast<int32_t>(depth))) return;
  Candidates rewound;
  rewound.Begin(candidates_.ranges(), candidates_.restricted());
  for (const int32_t token : candidates_.quote().first(depth)) rewound.Advance(*context_, token);
  candidates_ = std::move(rewound);
}

bool Matcher::Allows(int32_t token) { return continuations_.Contains(*context_, candidates_, token); }

size_t Matcher::Draft(std::span<int32_t> tokens) const {
  Matcher ahead(context_);
  ahead.candidates_ = candidates_;
  size_t count = 0;
  while (count < tokens.size()) {
    const std::span<const int32_t> allowed = ahead.Allowed();
    if (allowed.size() != 1) break;
    tokens[count] = allowed.front();
    ahead.Advance(tokens[count++]);
  }
  return count;
}

size_t Matcher::DraftLatest(std::span<int32_t> tokens) const {
  const int32_t start = candidates_.LatestContinuation(*context_);
  if (start < 0) return 0;
  const int32_t quote_start = start - candidates_.depth();
  size_t count = 0;
  for (int32_t position = start; count < tokens.size() && position < context_->length(); ++position) {
    const Word word = context_->WordAt(position);
    // The first token of a quote may be the first of its run.
    if (!IsContinuation(word) && position != quote_start) break;
    if (candidates_.restricted() && !FindRange(candidates_.ranges(), quote_start, position + 1)) break;
    tokens[count++] = TokenOf(word);
  }
  return count;
}

size_t Matcher::Sources(std::span<const Range> ranges, bool restricted, std::span<int32_t> starts) const {
  const int32_t depth = candidates_.depth();
  if (depth == 0 || starts.empty()) return 0;
  std::vector<int32_t> found;
  candidates_.AppendStarts(found);
  if (restricted) {
    std::erase_if(found, [&](int32_t start) { return !FindRange(ranges, start, start + depth); });
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  const size_t count = std::min(found.size(), starts.size());
  std::copy_n(found.begin(), count, starts.begin());
  return count;
}

}  // namespace verbatim
