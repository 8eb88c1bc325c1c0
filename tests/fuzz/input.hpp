#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#define REQUIRE(condition)                                                         \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

/** How often a target has come to what it is about: a quote that it looked for in the text. */
inline long quotes_checked = 0;

/** The input, byte by byte; zeros after its end. */
class Input {
 public:
  Input(const uint8_t* data, size_t size) : next_(data), end_(data + size) {}
  bool ended() const { return next_ == end_; }
  uint32_t Byte() { return ended() ? 0 : *next_++; }
  uint32_t Two() { return Byte() << 8 | Byte(); }
  /** In [0, limit); limit is at least 1. */
  uint32_t Below(uint32_t limit) { return (limit <= 256 ? Byte() : Two() << 8 | Byte()) % limit; }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

 private:
  const uint8_t* next_;
  const uint8_t* end_;
};
