#pragma once

#include <cstddef>
#include <vector>

namespace verbatim {

/** Gives back memory that a large content has left behind: few items are kept room for, since they come again. */
template <typename Item>
void Trim(std::vector<Item>& items) {
  constexpr size_t kKept = 512;
  if (items.capacity() > kKept && items.size() < items.capacity() / 4) items.shrink_to_fit();
}

/** Bytes that the items of a vector have room in. */
template <typename Item>
size_t BytesOf(const std::vector<Item>& items) {
  return items.capacity() * sizeof(Item);
}

}  // namespace verbatim
