/**
 * Counts the bytes that calls of the C ABI allocate, over contexts so large that a copy of one cannot be overlooked. It
 * is linked with the engine's objects; prints "ok" and how many calls were measured.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "../../native/engine/verbatim.h"

namespace {

size_t allocated = 0;
int measured = 0;
bool failed = false;

void* Allocate(size_t size) {
  allocated += size;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

#define REQUIRE(condition)                                                         \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::exit(1);                                                                \
    }                                                                              \
  } while (false)

/** Runs `action` and requires that it allocates at most `most` bytes. */
template <typename Action>
void ExpectAtMost(size_t most, const char* what, Action&& action) {
  allocated = 0;
  action();
  ++measured;
  if (allocated <= most) return;
  std::fprintf(stderr, "%s: %zu bytes, expected at most %zu\n", what, allocated, most);
  failed = true;
}

constexpr size_t kTokens = 400'000;

verbatim_context* TokenContext() {
  verbatim_context_options options = {};
  options.struct_size = sizeof options;
  options.vocab_size = 1000;
  verbatim_context* context = nullptr;
  REQUIRE(verbatim_context_create(&options, &context) == VERBATIM_OK);
  std::vector<int32_t> tokens;
  uint32_t state = 1;
  for (size_t i = 0; i < kTokens; ++i)
    tokens.push_back(static_cast<int32_t>((state = state * 1'664'525 + 7) >> 22) % 1000);
  REQUIRE(verbatim_context_append(context, tokens.data(), tokens.size(), 0) == VERBATIM_OK);
  return context;
}

void CheckTokens() {
  verbatim_context* const context = TokenContext();
  const auto compact = [context] { REQUIRE(verbatim_context_compact(context) == VERBATIM_OK); };
  ExpectAtMost(kTokens, "tokens: compacting what is indexed", compact);
  for (int round = 0; round < 20; ++round) {
    const int32_t token = round;
    REQUIRE(verbatim_context_append(context, &token, 1, 0) == VERBATIM_OK);
    ExpectAtMost(kTokens, "tokens: compacting after an append", compact);
  }
  verbatim_context_destroy(context);
}

constexpr size_t kBytes = 2'000'000;

/** Letters and spaces; the words of a small vocabulary. */
std::string Prose() {
  std::string text;
  uint32_t state = 1;
  while (text.size() < kBytes) {
    state = state * 1'664'525 + 1'013'904'223;
    text += "word" + std::to_string((state >> 20) % 500) + " ";
  }
  text.resize(kBytes);
  return text;
}

verbatim_context* TextContext(const std::string& text) {
  const std::vector<int32_t> offsets = {0, 1, 2, 3, 7, 9};
  const std::string bytes = "ab word.</";
  verbatim_vocabulary* vocabulary = nullptr;
  REQUIRE(verbatim_vocabulary_create(5, offsets.data(), reinterpret_cast<const uint8_t*>(bytes.data()), &vocabulary) ==
          VERBATIM_OK);
  verbatim_context* context = nullptr;
  REQUIRE(verbatim_text_context_create(vocabulary, 0, &context) == VERBATIM_OK);
  verbatim_vocabulary_destroy(vocabulary);
  REQUIRE(verbatim_context_append_text(context, reinterpret_cast<const uint8_t*>(text.data()), text.size(), nullptr,
                                       0) == VERBATIM_OK);
  return context;
}

void AppendToken(verbatim_context* context) {
  REQUIRE(verbatim_context_append_text(context, reinterpret_cast<const uint8_t*>("word"), 4, nullptr, 0) ==
          VERBATIM_OK);
}

void CheckAppends(const std::string& text) {
  verbatim_context* const context = TextContext(text);
  ExpectAtMost(10 * kBytes, "text: generating before anything is indexed", [context] {
    for (int i = 0; i < 20'000; ++i) AppendToken(context);
  });
  verbatim_context_destroy(context);
}

void CheckCompacting(const std::string& text) {
  verbatim_context* const context = TextContext(text);
  const auto compact = [context] { REQUIRE(verbatim_context_compact(context) == VERBATIM_OK); };
  compact();
  for (int round = 0; round < 20; ++round) {
    AppendToken(context);
    ExpectAtMost(kBytes / 2, "text: compacting after an append", compact);
  }
  verbatim_context_destroy(context);
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

int main() {
  CheckTokens();
  const std::string text = Prose();
  CheckAppends(text);
  CheckCompacting(text);
  if (!failed) std::printf("ok %d\n", measured);
  return failed ? 1 : 0;
}
