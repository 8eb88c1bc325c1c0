/** Each structure of verbatim_cuda.h that begins with its size, in every size: prints their names. */
#include "../../support/structure_sizes.h"

#include <verbatim_cuda.h>

enum { VOCABULARY = 32 };

/* The CUDA runtime's header, where it is emulated, is for C++. */
int cudaMalloc(void** memory, size_t bytes);
int cudaFree(void* memory);

static vbt_engine* engine;
static int32_t sequence;
static vbt_rows no_rows;

static int engine_defaults(void* given, size_t size) {
  return (int)vbt_engine_defaults((vbt_engine_options*)given, size);
}

static int engine_create(void* given, size_t size) {
  (void)size;
  vbt_engine* created = NULL;
  const vbt_status status = vbt_engine_create((const vbt_engine_options*)given, &created);
  require((status == VBT_OK) == (created != NULL), "made another thing than an engine");
  vbt_engine_destroy(created);
  return (int)status;
}

static int memory_usage(void* given, size_t size) {
  (void)size;
  return (int)vbt_memory_usage(engine, (vbt_memory_info*)given);
}

static int set_sampling(void* given, size_t size) {
  (void)size;
  return (int)vbt_set_sampling(engine, sequence, (const vbt_sampling*)given, NULL);
}

static int accept_rows(void* given, size_t size) {
  (void)size;
  return (int)vbt_accept(engine, (const vbt_rows*)given, NULL, VBT_HOST, NULL);
}

static int apply_logits(void* given, size_t size) {
  (void)size;
  return (int)vbt_apply(engine, &no_rows, (const vbt_logits*)given, NULL);
}

static int snapshot(void* given, size_t size) {
  (void)size;
  return (int)vbt_snapshot(engine, sequence, (vbt_snapshot_info*)given);
}

static void check(int status) {
  if (status == 0) return;
  printf("%s %s\n", vbt_status_message((vbt_status)status), vbt_message(engine));
  exit(1);
}

static vbt_engine_options default_options(void) {
  vbt_engine_options options;
  check((int)vbt_engine_defaults(&options, sizeof options));
  return options;
}

/** An engine with a sequence of three tokens, all in an open span's context. */
static void open_sequence(const vbt_engine_options* options) {
  const int32_t tokens[] = {1, 2, 3};
  check((int)vbt_engine_create(options, &engine));
  check((int)vbt_sequence_open(engine, NULL, 16, NULL, &sequence));
  check((int)vbt_append(engine, sequence, tokens, 3, 0, NULL));
  check((int)vbt_begin_span(engine, sequence, NULL, 0, NULL, 0, NULL));
}

static void test_taken(const vbt_engine_options* options, void* device_memory) {
  vbt_sampling sampling = {0};
  sampling.temperature = 1;
  sampling.top_p = 1;
  vbt_logits logits = {0};
  logits.data = device_memory;
  logits.width = VOCABULARY;
  logits.stride = VOCABULARY;
  const structure taken[] = {
      {"vbt_engine_options", options, sizeof *options, 72, 0, engine_create, VBT_ERR_INVALID_ARGUMENT},
      {"vbt_sampling", &sampling, sizeof sampling, 32, 0, set_sampling, VBT_ERR_INVALID_ARGUMENT},
      {"vbt_rows", &no_rows, sizeof no_rows, 24, 0, accept_rows, VBT_ERR_INVALID_ARGUMENT},
      {"vbt_logits", &logits, sizeof logits, 32, 0, apply_logits, VBT_ERR_INVALID_ARGUMENT},
  };
  for (size_t i = 0; i < sizeof taken / sizeof *taken; ++i) test_structure(&taken[i]);
}

static void test_results(void) {
  const vbt_engine_options defaults = default_options();
  vbt_memory_info usage = {0};
  usage.struct_size = sizeof usage;
  check((int)vbt_memory_usage(engine, &usage));
  vbt_snapshot_info state = {0};
  state.length = 3;
  state.in_span = 1;
  state.candidates = -1;
  state.spans = 1;
  const structure results[] = {
      {"vbt_engine_options", &defaults, sizeof defaults, 72, 1, engine_defaults, VBT_ERR_INVALID_ARGUMENT},
      {"vbt_memory_info", &usage, sizeof usage, 32, 1, memory_usage, VBT_ERR_INVALID_ARGUMENT},
      {"vbt_snapshot_info", &state, sizeof state, 32, 1, snapshot, VBT_ERR_INVALID_ARGUMENT},
  };
  for (size_t i = 0; i < sizeof results / sizeof *results; ++i) test_structure(&results[i]);
}

int main(void) {
  printf("served %d\n", VBT_ABI_IS_SERVED_BY(vbt_abi_version()));
  vbt_engine_options options = default_options();
  options.vocab_size = VOCABULARY;
  options.end_token = VOCABULARY - 1;
  options.pool_bytes = 1 << 16;
  no_rows.struct_size = sizeof no_rows;
  void* device_memory = NULL;
  check(cudaMalloc(&device_memory, VOCABULARY * sizeof(float)));
  open_sequence(&options);
  test_taken(&options, device_memory);
  test_results();
  vbt_engine_destroy(engine);
  check(cudaFree(device_memory));
  return 0;
}
