#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bench.hpp"

/** Limits: sequences, spans and the pool. What is full says so, and goes on when something has been closed. */

namespace verbatim::cuda::tests {

/** The status words that verbs lead to, one after the other, and that clearing, cutting and resetting end them. */
inline void SequenceErrors() {
  FailureBench bench;
  Twin& twin = bench.twin();
  vbt_engine* engine = bench.engine();
  const cudaStream_t stream = twin.streams()[1];
  SequenceOracle& first = *twin.oracle().Find(0);
  const auto expect = [&](vbt_sequence_status status) {
    ExpectEqual<int>(first.status(), status, "the oracle's status");
    bench.Check();
    // Nothing but clearing, cutting and resetting acts on a sequence in error.
    bench.Accept(0, {1});
    const int32_t length = first.length();
    ExpectOk(engine, vbt_end_span(engine, 0, stream), "vbt_end_span");
    first.EndSpan();
    ExpectEqual(first.length(), length, "the length of a sequence in error");
    bench.Check();
    ExpectOk(engine, vbt_clear(engine, 0, stream), "vbt_clear");
    first.Clear();
    bench.Check();
  };
  bench.Accept(0, {17});
  expect(VBT_SEQUENCE_TOKEN_NOT_ALLOWED);
  bench.Accept(0, {kVocabulary});
  expect(VBT_SEQUENCE_TOKEN_OUT_OF_RANGE);
  bench.Accept(0, {-2});
  expect(VBT_SEQUENCE_TOKEN_OUT_OF_RANGE);
  twin.Append(0, {1}, 0, stream);
  expect(VBT_SEQUENCE_WRONG_SPAN);
  first.EndSpan();
  ExpectOk(engine, vbt_end_span(engine, 0, stream), "vbt_end_span");
  twin.Append(0, std::vector<int32_t>(37, 1), 0, stream);
  expect(VBT_SEQUENCE_CONTEXT_FULL);
  twin.Append(0, std::vector<int32_t>(36, 1), 0, stream);
  expect(VBT_SEQUENCE_OK);
  bench.Accept(0, {2});
  expect(VBT_SEQUENCE_CONTEXT_FULL);
  for (const int64_t length : {5, 47}) {
    first.Truncate(length);
    ExpectOk(engine, vbt_truncate(engine, 0, static_cast<size_t>(length), stream), "vbt_truncate");
    expect(VBT_SEQUENCE_BAD_LENGTH);
  }
  first.Truncate(10);
  ExpectOk(engine, vbt_truncate(engine, 0, 10, stream), "vbt_truncate");
  bench.Check();
  for (int32_t span = 1; span < twin.plan().options.max_spans; ++span) bench.Accept(0, {kEnd, kStart});
  bench.Accept(0, {kEnd, kStart});
  expect(VBT_SEQUENCE_SPANS_FULL);
  twin.BeginSpan(0, {std::nullopt, {kEnd}}, false, stream);
  expect(VBT_SEQUENCE_SPANS_FULL);
}

inline void MessagesOfStatuses() {
  ExpectEqual<uint32_t>(vbt_abi_version(), VBT_ABI_VERSION, "vbt_abi_version");
  std::set<std::string> messages;
  for (int status = VBT_OK; status <= VBT_ERR_CUDA; ++status) {
    messages.insert(vbt_status_message(static_cast<vbt_status>(status)));
  }
  for (int status = VBT_SEQUENCE_OK; status <= VBT_SEQUENCE_NO_VALID_TOKEN; ++status) {
    messages.insert(vbt_sequence_status_message(static_cast<vbt_sequence_status>(status)));
  }
  ExpectEqual<size_t>(messages.size(), VBT_ERR_CUDA + 1 + VBT_SEQUENCE_NO_VALID_TOKEN + 1, "different messages");
  for (const std::string& message : messages) Expect(message.size() > 10, "a message says something");
  Expect(vbt_status_message(std::bit_cast<vbt_status>(99)) != nullptr, "no message of a status that is none");
  Expect(vbt_sequence_status_message(std::bit_cast<vbt_sequence_status>(-1)) != nullptr, "no message of no status");
  // Nothing to do is nothing wrong.
  vbt_engine_destroy(nullptr);
  ExpectEqual(vbt_engine_defaults(nullptr, sizeof(vbt_engine_options)), VBT_ERR_INVALID_ARGUMENT, "no options");
}

/** What vbt_engine_defaults sets. */
inline void Defaults() {
  vbt_engine_options options;
  vbt_engine_defaults(&options, sizeof options);
  ExpectEqual(options.struct_size, sizeof(vbt_engine_options), "struct_size");
  const std::map<std::string, std::pair<int32_t, int32_t>> fields = {
      {"device", {options.device, 0}},
      {"vocab_size", {options.vocab_size, 0}},
      {"start_token", {options.start_token, -1}},
      {"end_token", {options.end_token, 0}},
      {"max_span_tokens", {options.max_span_tokens, 128}},
      {"min_span_tokens", {options.min_span_tokens, 0}},
      {"recall_generated", {options.recall_generated, 1}},
      {"max_sequences", {options.max_sequences, 64}},
      {"max_spans", {options.max_spans, 256}},
      {"pool_bytes", {static_cast<int32_t>(options.pool_bytes), 256 << 20}},
      {"barrier_count", {static_cast<int32_t>(options.barrier_count), 0}},
  };
  for (const auto& [name, values] : fields) ExpectEqual(values.first, values.second, "the default of " + name);
  Expect(options.barriers == nullptr, "barriers by default");
  Expect(options.mask_value == -std::numeric_limits<float>::infinity(), "the default of mask_value");
  vbt_engine* engine = nullptr;
  options.vocab_size = 1'000;
  options.end_token = 2;
  ExpectOk(nullptr, vbt_engine_create(&options, &engine), "vbt_engine_create");
  vbt_engine_destroy(engine);
}

/** All sequences are open; then one is closed, and its number is the next. */
inline void SequencesFull() {
  FailureBench bench;
  Twin& twin = bench.twin();
  const cudaStream_t stream = twin.streams()[2];
  twin.Open(0, 4, stream);
  int32_t unwritten = -5;
  ExpectStatus(bench.engine(), vbt_sequence_open(bench.engine(), nullptr, 4, stream, &unwritten), VBT_ERR_LIMIT,
               "vbt_sequence_open");
  ExpectStatus(bench.engine(), vbt_sequence_fork(bench.engine(), 0, stream, &unwritten), VBT_ERR_LIMIT,
               "vbt_sequence_fork");
  ExpectEqual(unwritten, -5, "the number of a sequence that was not opened");
  Expect(std::string(vbt_message(bench.engine())).find("max_sequences") != std::string::npos, "the message names it");
  bench.Check();
  twin.Close(1, stream);
  twin.Fork(0, stream);
  bench.Check();
}

/** The pool has no room for one more context or sequence; what is closed makes room. */
inline void PoolFull() {
  Plan plan = FailurePlan();
  plan.options.pool_bytes = 64 * 256;
  FailureBench bench(plan);
  Twin& twin = bench.twin();
  vbt_engine* engine = bench.engine();
  const cudaStream_t stream = twin.streams()[1];
  const std::vector<int32_t> tokens(5'000, 1);
  vbt_context* context = nullptr;
  int32_t unwritten = -5;
  const auto expect_full = [&](vbt_status status, const std::string& call) {
    ExpectStatus(engine, status, VBT_ERR_OUT_OF_MEMORY, call);
    Expect(std::string(vbt_message(engine)).find("pool") != std::string::npos, "the message of " + call);
    Expect(context == nullptr && unwritten == -5, call + " has written something");
    bench.Check();
  };
  expect_full(vbt_context_create(engine, tokens.data(), tokens.size(), nullptr, 0, stream, &context),
              "vbt_context_create");
  expect_full(vbt_sequence_open(engine, nullptr, 5'000, stream, &unwritten), "vbt_sequence_open");
  // The first of a sequence's arrays fits, and the second does not.
  expect_full(vbt_sequence_open(engine, nullptr, 2'200, stream, &unwritten), "vbt_sequence_open");
  twin.Close(0, stream);
  twin.Close(1, stream);
  twin.DestroyContext(0);
  twin.CheckMemory();
  ExpectEqual<size_t>(twin.MemoryUsage().pool_used_bytes, 0, "the bytes of an empty pool");
  // All of it in two pieces.
  twin.Open(std::nullopt, 32 * 64, stream);
  ExpectEqual<size_t>(twin.MemoryUsage().pool_used_bytes, 64 * 256, "the bytes of a full pool");
  expect_full(vbt_sequence_fork(engine, 0, stream, &unwritten), "vbt_sequence_fork");
  expect_full(vbt_sequence_open(engine, nullptr, 1, stream, &unwritten), "vbt_sequence_open");
}

/** Contexts and sequences take of the pool what the header says, to the byte. */
inline void MemoryIsAsStated() {
  Plan plan = FailurePlan();
  plan.options.vocab_size = 100;
  FailureBench bench(plan);
  Twin& twin = bench.twin();
  const cudaStream_t stream = twin.streams()[1];
  const auto used = [&] { return twin.MemoryUsage().pool_used_bytes; };
  twin.Close(1, stream);
  for (const int32_t count : {1, 63, 64, 65, 128, 1'000, 4'096}) {
    for (const int32_t distinct : {1, 2, 15, 64}) {
      std::vector<int32_t> tokens;
      for (int32_t i = 0; i < count; ++i) tokens.push_back(20 + i % distinct);
      const size_t before = used();
      twin.CreateContext(tokens, nullptr, stream);
      const std::string of = " of " + std::to_string(count) + " tokens, of " + std::to_string(distinct) + " ids";
      ExpectEqual(used() - before, PoolBytesOf(*twin.contexts().back().oracle), "the bytes of a context" + of);
      const size_t with_context = used();
      twin.Open(1, count, stream);
      const size_t sequence = used() - with_context;
      ExpectEqual(sequence, PoolBytesOf(twin.contexts().back().oracle.get(), count), "the bytes of a sequence" + of);
      twin.Fork(1, stream);
      ExpectEqual(used() - with_context, 2 * sequence, "the bytes of a fork" + of);
      twin.DestroyContext(1);
      ExpectEqual(used() - with_context, 2 * sequence, "a context that sequences hold is kept");
      twin.Close(1, stream);
      twin.Close(2, stream);
      ExpectEqual(used(), before, "the pool's used bytes after all was closed");
    }
  }
  const vbt_memory_info info = twin.MemoryUsage();
  Expect(info.device_bytes >= info.pool_bytes, "the pool is part of all device memory");
}

/** Ten thousand contexts and sequences come and go; then the pool is whole again. */
inline void ComingAndGoing() {
  Plan plan = FailurePlan();
  plan.options.max_sequences = 40;
  plan.options.pool_bytes = size_t{1} << 20;
  Histogram histogram;
  Twin twin(plan, histogram);
  vbt_engine* engine = twin.engine();
  Random random(11);
  const cudaStream_t stream = twin.streams()[1];
  std::vector<vbt_context*> contexts;
  std::set<int32_t> open;
  int64_t refused = 0;
  const auto accept = [&](vbt_status status, const std::string& call) {
    if (status == VBT_OK) return true;
    const bool is_full = status == VBT_ERR_OUT_OF_MEMORY || status == VBT_ERR_LIMIT;
    Expect(is_full, call + " returned " + NameOf(status));
    ++refused;
    return false;
  };
  for (int32_t turn = 0; turn < 10'000; ++turn) {
    const int32_t choice = random.Below(8);
    const std::vector<int32_t> numbers(open.begin(), open.end());
    int32_t number = -1;
    if (choice == 0 && contexts.size() < 6) {
      const std::vector<int32_t> tokens(static_cast<size_t>(random.Skewed(20'000)), 1);
      vbt_context* context = nullptr;
      if (accept(vbt_context_create(engine, tokens.data(), tokens.size(), nullptr, 0, stream, &context), "create")) {
        contexts.push_back(context);
      }
    } else if (choice == 1 && !contexts.empty()) {
      std::swap(contexts[static_cast<size_t>(random.Below(static_cast<int32_t>(contexts.size())))], contexts.back());
      ExpectOk(engine, vbt_context_destroy(engine, contexts.back()), "vbt_context_destroy");
      contexts.pop_back();
    } else if (choice < 4) {
      vbt_context* context = contexts.empty() || random.OneIn(3) ? nullptr : random.Of(contexts);
      const auto max_tokens = static_cast<size_t>(1 + random.Skewed(20'000));
      if (accept(vbt_sequence_open(engine, context, max_tokens, stream, &number), "open")) open.insert(number);
    } else if (choice == 4 && !open.empty()) {
      if (accept(vbt_sequence_fork(engine, random.Of(numbers), stream, &number), "fork")) open.insert(number);
    } else if (!open.empty()) {
      number = random.Of(numbers);
      ExpectOk(engine, vbt_sequence_close(engine, number, stream), "vbt_sequence_close");
      open.erase(number);
    }
  }
  Expect(refused > 100, "the pool was full now and then");
  for (const int32_t number : open) ExpectOk(engine, vbt_sequence_close(engine, number, stream), "vbt_sequence_close");
  for (vbt_context* context : contexts) ExpectOk(engine, vbt_context_destroy(engine, context), "vbt_context_destroy");
  ExpectEqual<size_t>(twin.MemoryUsage().pool_used_bytes, 0, "the bytes of an empty pool");
  int32_t number = -1;
  const size_t half = plan.options.pool_bytes / 2 / 4;
  ExpectOk(engine, vbt_sequence_open(engine, nullptr, half, stream, &number), "vbt_sequence_open of the whole pool");
  ExpectEqual(number, 0, "the lowest number");
  ExpectEqual(twin.MemoryUsage().pool_used_bytes, plan.options.pool_bytes, "the bytes of a full pool");
}

}  // namespace verbatim::cuda::tests
