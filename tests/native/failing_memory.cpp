/**
 * Lets the first, second, ... allocation of each verb of the C ABI fail, and from there on all of them, until the verb
 * succeeds. After each failure everything is as it was, the verb then does what it does, and nothing is lost. It is
 * linked with the engine's objects; prints "ok", how many verbs there were and how many failures.
 */
#include <cstdint>
#include <cstdio>
#include <functional>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "../../native/include/verbatim.h"
#include "failing_world.hpp"

namespace {

struct Verb {
  const char* name;
  bool changes_context;
  std::function<void(World&)> prepare;
  std::function<verbatim_status(World&)> run;
};

int verbs = 0;
int failures = 0;

World MakeReady(bool is_text, const Verb& verb) {
  World world = MakeWorld(is_text);
  verb.prepare(world);
  return world;
}

/** What a world tells where nothing fails, before a verb or after it. */
std::string DescribeWhole(bool is_text, const Verb& verb, bool is_run) {
  World world = MakeReady(is_text, verb);
  if (is_run) REQUIRE(verb.run(world) == VERBATIM_OK);
  std::string text = Describe(world, verb.changes_context);
  Destroy(world);
  return text;
}

/** Runs a verb of which that allocation fails; whether there is one. */
bool LetOneFail(bool is_text, const Verb& verb, int64_t allocation, const std::string& before,
                const std::string& after) {
  const int64_t live_before = live;
  {
    World world = MakeReady(is_text, verb);
    has_failed = false;
    left = allocation;
    const verbatim_status status = verb.run(world);
    left = -1;
    if (status != VERBATIM_OK) {
      REQUIRE(status == VERBATIM_OUT_OF_MEMORY && has_failed);
      ++failures;
      // Whoever tries again at once has what it wanted; who does not, has what there was.
      const bool tries_again = (allocation % 2 == 1) != all_after;
      if (tries_again) REQUIRE(verb.run(world) == VERBATIM_OK);
      REQUIRE(Describe(world, verb.changes_context) == (tries_again ? after : before));
    } else {
      REQUIRE(Describe(world, verb.changes_context) == after);
    }
    Destroy(world);
  }
  REQUIRE(live == live_before);
  return has_failed;
}

void LetFail(bool is_text, const Verb& verb) {
  current = verb.name;
  const std::string before = DescribeWhole(is_text, verb, false);
  const std::string after = DescribeWhole(is_text, verb, true);
  ++verbs;
  for (const bool all : {false, true}) {
    all_after = all;
    for (int64_t allocation = 0; LetOneFail(is_text, verb, allocation, before, after); ++allocation) continue;
  }
}

/** Verbs that the two kinds of contexts have in common. */
std::vector<Verb> CommonVerbs() {
  const auto nothing = [](World&) {};
  const auto deep = [](World& world) { QuoteFrom(world, kQuoted, 40); };
  const auto deep_in_ranges = [](World& world) {
    Restrict(world, {{10, 2500}, {2600, 4500}});
    QuoteFrom(world, kQuoted, 40);
  };
  const auto one = [](World& world) { Quote(world, {0}); };
  const auto one_in_ranges = [](World& world) {
    Restrict(world, {{10, 2500}, {2600, 4500}});
    Quote(world, {0});
  };
  const auto truncate = [](size_t length) {
    return [length](World& world) { return verbatim_context_truncate(world.context, length); };
  };
  const auto advance = [](World& world) { return verbatim_matcher_advance(world.matcher, 1); };
  const auto rewind = [](size_t depth) {
    return [depth](World& world) { return verbatim_matcher_rewind(world.matcher, depth); };
  };
  const auto allows = [](World& world) { return verbatim_matcher_allows(world.matcher, 1, &world.answer); };
  const auto may_end = [](World& world) { return verbatim_matcher_may_end(world.matcher, &world.answer); };
  const auto allowed = [](World& world) {
    const int32_t* ids = nullptr;
    size_t count = 0;
    return verbatim_matcher_allowed(world.matcher, &ids, &count);
  };
  const auto copy = [](World& world) {
    return verbatim_matcher_copy_allowed(world.matcher, world.written.data(), world.written.size(), &world.count);
  };
  const auto bitmask = [](World& world) {
    const uint32_t* words = nullptr;
    size_t count = 0;
    return verbatim_matcher_bitmask(world.matcher, &words, &count);
  };
  const auto draft = [](int latest) {
    return [latest](World& world) {
      return verbatim_matcher_draft(world.matcher, 16, latest, world.written.data(), &world.count);
    };
  };
  std::vector<Verb> verbs = {
      {"truncate what is not indexed", true, deep, truncate(4530)},
      {"truncate what is indexed", true, deep, truncate(4400)},
      {"truncate what is shared", true, deep, truncate(2700)},
      {"truncate all", true, nothing, truncate(0)},
      {"fork", false, deep, [](World& world) { return verbatim_context_fork(world.context, &world.made_context); }},
      {"compact", true, deep, [](World& world) { return verbatim_context_compact(world.context); }},
      {"create a matcher", false, nothing,
       [](World& world) { return verbatim_matcher_create(world.context, &world.made_matcher); }},
      {"advance", false, nothing, advance},
      {"advance from one", false, one, advance},
      {"advance in ranges", false, one_in_ranges, advance},
  };
  for (const auto& prepare : {std::function<void(World&)>(deep), std::function<void(World&)>(deep_in_ranges)}) {
    for (const size_t depth : {39, 20, 3, 1, 0}) verbs.push_back({"rewind", false, prepare, rewind(depth)});
  }
  for (const auto& prepare : {std::function<void(World&)>(nothing), std::function<void(World&)>(one),
                              std::function<void(World&)>(deep), std::function<void(World&)>(one_in_ranges)}) {
    verbs.push_back({"allows", false, prepare, allows});
    verbs.push_back({"may_end", false, prepare, may_end});
    verbs.push_back({"allowed", false, prepare, allowed});
    verbs.push_back({"copy_allowed", false, prepare, copy});
    verbs.push_back({"bitmask", false, prepare, bitmask});
    verbs.push_back({"draft", false, prepare, draft(0)});
    verbs.push_back({"draft the latest", false, prepare, draft(1)});
  }
  return verbs;
}

/** Data of verbs, made ahead: only what the engine allocates is to fail. */
const std::vector<int32_t> kTokens = {0, 1, 2, 3, 0, 0, 1, 5, 0, 1};
const std::vector<uint8_t> kEdges = {1, 0, 1, 2, 0, 1, 0, 0, 1, 1};
const std::string kLetters = "ab abab a</ab";
const std::vector<uint8_t> kLetterEdges = {1, 0, 2, 1, 0, 1, 0, 2, 1, 1, 0, 1, 0};
const verbatim_range kRanges[] = {{10, 2500}, {2600, 4500}};

void AddVerb(std::vector<Verb>& verbs, const char* name, bool changes_context, std::function<void(World&)> prepare,
             std::function<verbatim_status(World&)> run) {
  verbs.push_back({name, changes_context, std::move(prepare), std::move(run)});
}

void AddBeginning(std::vector<Verb>& verbs) {
  const auto deep = [](World& world) { QuoteFrom(world, kQuoted, 40); };
  const auto with_ranges = [](World& world) {
    QuoteFrom(world, kQuoted, 40);
    world.ranges.assign(kRanges, kRanges + 2);
  };
  const auto begin = [](World& world) { return Begin(world, world.matcher); };
  for (const auto& prepare : {std::function<void(World&)>(deep), std::function<void(World&)>(with_ranges)}) {
    // The path is that of the quote before; after a success it is over.
    AddVerb(verbs, "begin", false, prepare, begin);
    const auto grown = [prepare](World& world) {
      prepare(world);
      Append(world, 40, 6);
    };
    AddVerb(verbs, "begin after an append", true, grown, begin);
  }
}

std::vector<Verb> TokenVerbs() {
  std::vector<Verb> verbs = CommonVerbs();
  AddBeginning(verbs);
  const auto deep = [](World& world) { QuoteFrom(world, kQuoted, 40); };
  for (const uint32_t flags : {0U, uint32_t{VERBATIM_NEW_RUN}, uint32_t{VERBATIM_UNSEARCHABLE}}) {
    AddVerb(verbs, "append", true, deep, [flags](World& world) {
      return verbatim_context_append(world.context, kTokens.data(), kTokens.size(), flags);
    });
    AddVerb(verbs, "append edges", true, deep, [flags](World& world) {
      return verbatim_context_append_edges(world.context, kTokens.data(), kTokens.size(), kEdges.data(), flags);
    });
  }
  const std::vector<int32_t> many(1500, 1);
  AddVerb(verbs, "append many", true, deep,
          [many](World& world) { return verbatim_context_append(world.context, many.data(), many.size(), 0); });
  const auto sources = [](const verbatim_range* ranges, size_t count) {
    return [=](World& world) {
      return verbatim_matcher_sources(world.matcher, ranges, count, 64, world.written.data(), &world.count);
    };
  };
  const auto one = [](World& world) { Quote(world, {0}); };
  AddVerb(verbs, "sources", false, one, sources(nullptr, 0));
  AddVerb(verbs, "sources in ranges", false, one, sources(kRanges, 2));
  return verbs;
}

std::vector<Verb> TextVerbs() {
  std::vector<Verb> verbs = CommonVerbs();
  AddBeginning(verbs);
  const auto deep = [](World& world) { QuoteFrom(world, kQuoted, 40); };
  for (const uint32_t flags : {0U, uint32_t{VERBATIM_NEW_RUN}, uint32_t{VERBATIM_UNSEARCHABLE}}) {
    for (const uint8_t* edges : {static_cast<const uint8_t*>(nullptr), kLetterEdges.data()}) {
      AddVerb(verbs, "append text", true, deep, [flags, edges](World& world) {
        return verbatim_context_append_text(world.context, reinterpret_cast<const uint8_t*>(kLetters.data()),
                                            kLetters.size(), edges, flags);
      });
    }
  }
  const std::string many(5000, 'a');
  AddVerb(verbs, "append much text", true, deep, [many](World& world) {
    return verbatim_context_append_text(world.context, reinterpret_cast<const uint8_t*>(many.data()), many.size(),
                                        nullptr, 0);
  });
  const auto find = [](const verbatim_range* ranges, size_t count) {
    return [=](World& world) {
      return verbatim_context_find_text(world.context, reinterpret_cast<const uint8_t*>("ab"), 2, ranges, count, 64,
                                        world.written.data(), &world.count);
    };
  };
  AddVerb(verbs, "find text", false, deep, find(nullptr, 0));
  AddVerb(verbs, "find text in ranges", false, deep, find(kRanges, 2));
  for (const char* bytes : {"ab", "a</", "\xc3"}) {
    AddVerb(
        verbs, "advance by bytes", false, [](World&) {},
        [bytes](World& world) {
          return verbatim_matcher_advance_bytes(world.matcher, reinterpret_cast<const uint8_t*>(bytes),
                                                std::char_traits<char>::length(bytes));
        });
  }
  return verbs;
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete[](void* memory) noexcept { Free(memory); }
void operator delete(void* memory, size_t) noexcept { Free(memory); }
void operator delete[](void* memory, size_t) noexcept { Free(memory); }

int main() {
  for (const Verb& verb : TokenVerbs()) LetFail(false, verb);
  for (const Verb& verb : TextVerbs()) LetFail(true, verb);
  std::printf("ok %d %d\n", verbs, failures);
  return 0;
}
