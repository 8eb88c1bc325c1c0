/** Each structure of verbatim.h that begins with its size, in every size: prints their names. */
#include "../support/structure_sizes.h"

#include <verbatim.h>

static verbatim_matcher* matcher;

static int create_context(void* given, size_t size) {
  (void)size;
  verbatim_context* context = NULL;
  const verbatim_status status = verbatim_context_create((const verbatim_context_options*)given, &context);
  require((status == VERBATIM_OK) == (context != NULL), "made another thing than a context");
  verbatim_context_destroy(context);
  return (int)status;
}

static int begin_text(void* given, size_t size) {
  (void)size;
  return (int)verbatim_matcher_begin_text(matcher, (const verbatim_text_span*)given);
}

static int text_state(void* given, size_t size) {
  (void)size;
  return (int)verbatim_matcher_text_state(matcher, (verbatim_text_state*)given);
}

static int sample(void* given, size_t size) {
  (void)size;
  const float row[3] = {0.0F, 2.0F, 1.0F};
  int32_t token = -1;
  const verbatim_status status = verbatim_sample(row, 3, NULL, 0, (const verbatim_sampling*)given, 0.5, &token);
  require(token == (status == VERBATIM_OK ? 1 : -1), "drew another token");
  return (int)status;
}

static void check(verbatim_status status) {
  if (status == VERBATIM_OK) return;
  printf("%s\n", verbatim_status_message(status));
  exit(1);
}

/** A matcher of text, two bytes into a quote. */
static void open_matcher(void) {
  const int32_t offsets[] = {0, 1, 2, 3};
  verbatim_vocabulary* vocabulary = NULL;
  verbatim_context* context = NULL;
  check(verbatim_vocabulary_create(3, offsets, (const uint8_t*)"abc", &vocabulary));
  check(verbatim_text_context_create(vocabulary, 0, &context));
  check(verbatim_context_append_text(context, (const uint8_t*)"abcabc", 6, NULL, 0));
  check(verbatim_matcher_create(context, &matcher));
}

int main(void) {
  printf("served %d\n", VERBATIM_ABI_IS_SERVED_BY(verbatim_abi_version()));
  open_matcher();
  verbatim_context_options options = {0};
  options.vocab_size = 10;
  verbatim_text_span span = {0};
  span.max_bytes = 100;
  verbatim_sampling sampling = {0};
  sampling.temperature = 0;
  sampling.top_p = 1;
  const structure taken[] = {
      {"verbatim_context_options", &options, sizeof options, 32, 0, create_context, VERBATIM_INVALID_ARGUMENT},
      {"verbatim_sampling", &sampling, sizeof sampling, 40, 0, sample, VERBATIM_INVALID_ARGUMENT},
      {"verbatim_text_span", &span, sizeof span, 48, 0, begin_text, VERBATIM_INVALID_ARGUMENT},
  };
  for (size_t i = 0; i < sizeof taken / sizeof *taken; ++i) test_structure(&taken[i]);

  span.struct_size = sizeof span;
  check(verbatim_matcher_begin_text(matcher, &span));
  check(verbatim_matcher_advance_bytes(matcher, (const uint8_t*)"bc", 2));
  verbatim_text_state state = {0};
  state.byte_length = 2;
  state.closed_at = -1;
  const structure result = {"verbatim_text_state", &state, sizeof state, 16, 1, text_state, VERBATIM_INVALID_ARGUMENT};
  test_structure(&result);
  return 0;
}
