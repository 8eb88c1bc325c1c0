#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "../../native/include/verbatim.h"

using Bytes = std::vector<uint8_t>;

/** Positions [start, end). */
struct TextRange {
  size_t start;
  size_t end;
};

/** What a context of text holds, byte by byte, and where quotes may start and end in it. */
struct TextCopy {
  struct Place {
    uint8_t byte;
    bool searchable;
    bool begins_run;
    /** A quote may end before the byte. */
    bool edge;
    /** A quote may start before the byte, where an edge is. */
    bool start;
  };
  std::vector<Place> places;

  void Append(const Bytes& text, const uint8_t* edges, uint32_t flags) {
    const bool searchable = (flags & VERBATIM_UNSEARCHABLE) == 0;
    const bool json = (flags & VERBATIM_JSON) != 0;
    size_t escape_end = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      const bool after_run = !places.empty() && places.back().searchable;
      const bool begins_run = !searchable || !after_run || (i == 0 && (flags & VERBATIM_NEW_RUN) != 0);
      const bool in_escape = json && i < escape_end;
      if (json && !in_escape && text[i] == '\\') escape_end = i + (i + 1 < text.size() && text[i + 1] == 'u' ? 6 : 2);
      const bool begins_character = text[i] < 0x80 || text[i] > 0xbf;
      const bool edge = begins_character && !in_escape && (edges == nullptr || edges[i] != 0);
      places.push_back({text[i], searchable, begins_run, edge, edges == nullptr || edges[i] != VERBATIM_EDGE_END});
    }
  }
};

/** What was generated in a span. */
struct TextReading {
  Bytes bytes;
  /** Where in it a closing tag may have begun that it ends in the middle of. */
  std::vector<size_t> tags;
  /** Bytes of the quote once it is closed. */
  std::optional<size_t> closed_at;
};

/** The formulas of text mode (docs/semantics.md) by brute force, for one span. It shares no code with the engine. */
class TextOracle {
 public:
  TextOracle(const TextCopy& copy, const std::vector<TextRange>& ranges, Bytes tag, size_t min_bytes, size_t max_bytes)
      : places_(copy.places), tag_(std::move(tag)), min_bytes_(min_bytes) {
    for (const TextRange& range : ranges) {
      for (size_t i = range.start; i < range.end; ++i) {
        if (places_[i].searchable && places_[i].edge && places_[i].start) AddStart(i, range.end, max_bytes);
      }
    }
  }

  /** Where `quote` stands from a start, in one run and one range, and no further than a quote from there may go. */
  std::vector<size_t> Occurrences(const Bytes& quote) const {
    std::vector<size_t> found;
    for (const Start& start : starts_) {
      if (quote.size() <= start.reach - start.at && StandsAt(quote, start)) found.push_back(start.at);
    }
    return found;
  }

  /** Where it stands between two edges, however long. */
  std::vector<size_t> Sources(const Bytes& quote) const {
    std::vector<size_t> found;
    for (const Start& start : starts_) {
      if (!quote.empty() && StandsAt(quote, start) && EndsAt(start, start.at + quote.size())) found.push_back(start.at);
    }
    return found;
  }

  bool Occurs(const Bytes& quote) const { return quote.empty() || !Occurrences(quote).empty(); }

  bool MayEnd(const Bytes& quote) const {
    if (quote.empty()) return true;
    return std::any_of(starts_.begin(), starts_.end(), [&](const Start& start) {
      return quote.size() <= start.reach - start.at && StandsAt(quote, start) && EndsAt(start, start.at + quote.size());
    });
  }

  /** What is generated with a piece more; none where that is not allowed. */
  std::optional<TextReading> After(const TextReading& before, const Bytes& piece, size_t min_bytes) const {
    if (before.closed_at || piece.empty()) return std::nullopt;
    TextReading whole = With(before, piece, piece.size(), min_bytes);
    if (whole.tags.empty() && !Occurs(whole.bytes)) return std::nullopt;
    for (size_t n = 1; n <= piece.size() && !tag_.empty(); ++n) {
      const TextReading part = With(before, piece, n, min_bytes);
      if (part.bytes.size() < tag_.size()) continue;
      const size_t at = part.bytes.size() - tag_.size();
      if (std::find(part.tags.begin(), part.tags.end(), at) == part.tags.end()) continue;
      whole.closed_at = at;
      break;
    }
    return whole;
  }

  /** The least length at which the tag may begin: none, where nothing else is a way on. */
  size_t LeastBytes(const TextReading& reading, const std::vector<Bytes>& tokens) const {
    if (reading.bytes.size() >= min_bytes_) return min_bytes_;
    const bool goes_on = std::any_of(tokens.begin(), tokens.end(),
                                     [&](const Bytes& token) { return After(reading, token, min_bytes_).has_value(); });
    return goes_on ? min_bytes_ : 0;
  }

  /** Bytes on which all candidates that go on agree; or those after the latest such candidate. */
  Bytes Agreed(const Bytes& quote, bool latest) const {
    std::vector<Start> going;
    for (const Start& start : starts_) {
      if (quote.size() < start.reach - start.at && StandsAt(quote, start)) going.push_back(start);
    }
    if (latest && !going.empty()) going.erase(going.begin(), going.end() - 1);
    Bytes agreed;
    for (size_t depth = quote.size();; ++depth) {
      std::erase_if(going, [&](const Start& start) { return start.at + depth >= start.reach; });
      if (going.empty()) return agreed;
      const uint8_t byte = places_[going[0].at + depth].byte;
      for (const Start& start : going) {
        if (places_[start.at + depth].byte != byte) return agreed;
      }
      agreed.push_back(byte);
    }
  }

 private:
  struct Start {
    size_t at;
    /** Where what a quote from here may contain ends: the run or the range. */
    size_t end;
    /** The last edge within the most bytes. */
    size_t reach;
  };

  void AddStart(size_t at, size_t range_end, size_t max_bytes) {
    size_t end = at + 1;
    while (end < range_end && places_[end].searchable && !places_[end].begins_run) ++end;
    Start start = {at, end, at + std::min(max_bytes, end - at)};
    while (!EndsAt(start, start.reach)) --start.reach;
    starts_.push_back(start);
  }

  bool EndsAt(const Start& start, size_t position) const { return position == start.end || places_[position].edge; }

  bool StandsAt(const Bytes& quote, const Start& start) const {
    if (quote.size() > start.end - start.at) return false;
    for (size_t i = 0; i < quote.size(); ++i) {
      if (places_[start.at + i].byte != quote[i]) return false;
    }
    return true;
  }

  /** What is generated with the first `count` bytes of a piece, and where the tag may have begun in it. */
  TextReading With(const TextReading& before, const Bytes& piece, size_t count, size_t min_bytes) const {
    TextReading reading = {before.bytes, {}, {}};
    reading.bytes.insert(reading.bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
    const Bytes& bytes = reading.bytes;
    for (size_t j = 0; j < bytes.size(); ++j) {
      const size_t rest = bytes.size() - j;
      if (rest > tag_.size() || !std::equal(bytes.end() - static_cast<std::ptrdiff_t>(rest), bytes.end(), tag_.begin()))
        continue;
      const bool is_old = j < before.bytes.size();
      const bool may = is_old
                           ? std::find(before.tags.begin(), before.tags.end(), j) != before.tags.end()
                           : j >= min_bytes && MayEnd({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(j)});
      if (may) reading.tags.push_back(j);
    }
    return reading;
  }

  const std::vector<TextCopy::Place>& places_;
  Bytes tag_;
  size_t min_bytes_;
  std::vector<Start> starts_;
};
