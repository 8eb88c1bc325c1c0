#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace verbatim {

/**
 * The bytes on which texts agree, one after the other: a text that ends says nothing of what comes after its end, and
 * where two of them go on with different bytes no more is agreed on.
 */
class TextAgreement {
 public:
  /** At most so many bytes are of interest. */
  explicit TextAgreement(size_t most) : most_(most) {}

  /** One text: `byte_at` gives its byte at a place, or -1 where it has ended. */
  template <typename ByteAt>
  void Add(ByteAt&& byte_at) {
    size_t length = 0;
    for (; length < bytes_.size(); ++length) {
      const int32_t byte = byte_at(length);
      if (byte < 0) return;
      if (byte != bytes_[length]) return PartAt(length);
    }
    if (have_parted_) return;
    for (; length < most_; ++length) {
      const int32_t byte = byte_at(length);
      if (byte < 0) return;
      bytes_.push_back(static_cast<uint8_t>(byte));
    }
  }
  /** Several texts go on with different bytes after so many. */
  void PartAt(size_t length) {
    if (have_parted_ && bytes_.size() <= length) return;
    if (length >= most_) return;
    bytes_.resize(std::min(bytes_.size(), length));
    have_parted_ = true;
  }

  size_t most() const { return most_; }
  /** Whether texts that begin with `length` bytes that were added can change nothing. */
  bool IsSettledWithin(size_t length) const { return have_parted_ && bytes_.size() <= length; }
  std::vector<uint8_t> Take() && { return std::move(bytes_); }

 private:
  size_t most_;
  std::vector<uint8_t> bytes_;
  /** Whether some texts go on behind `bytes_`, differently. */
  bool have_parted_ = false;
};

}  // namespace verbatim
