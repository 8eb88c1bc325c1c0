/*
 * The C ABI by example: a server's decoding loop, with a "model" that makes its logits up. Whatever it makes up, what
 * stands between the recall tokens is in the text.
 *
 *   cc -I cuda/include examples/cuda/quote.c -lverbatim_cuda -lcudart -o quote && ./quote
 */
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

#include "verbatim_cuda.h"

enum { TEXT_WORDS = 16, START = 11, END, VOCABULARY, STEPS = 12 };

/* A tokenizer with a word per id, and a text of two sentences. */
static const char* const words[VOCABULARY] = {"the", "cat", "sat",   "on", "a", "mat", "while",
                                              "dog", "lay", "under", "it", "“", "”"};
static const int32_t text[TEXT_WORDS] = {0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 0, 1, 8, 3};

static void check(vbt_status status, const vbt_engine* engine) {
  if (status == VBT_OK) return;
  fprintf(stderr, "%s %s\n", vbt_status_message(status), vbt_message(engine));
  exit(1);
}

/* The host's model: from the token in device memory it computes logits in device memory, on its stream. */
static void forward(float* logits, cudaStream_t stream) {
  float row[VOCABULARY];
  for (int i = 0; i < VOCABULARY; ++i) row[i] = (float)rand() / (float)RAND_MAX;
  row[END] -= 0.5F;
  cudaMemcpyAsync(logits, row, sizeof row, cudaMemcpyHostToDevice, stream);
}

int main(void) {
  /* Once: an engine per device, and the documents, indexed once for any number of sequences. */
  vbt_engine_options options;
  vbt_engine_defaults(&options, sizeof options);
  options.vocab_size = VOCABULARY;
  options.start_token = START;
  options.end_token = END;
  options.pool_bytes = 1 << 20;
  vbt_engine* engine = NULL;
  check(vbt_engine_create(&options, &engine), NULL);

  cudaStream_t stream;
  cudaStreamCreate(&stream);
  vbt_context* context = NULL;
  check(vbt_context_create(engine, text, TEXT_WORDS, NULL, 0, stream, &context), engine);

  /* Per request: a sequence, with room for what it generates. */
  int32_t sequence = 0;
  check(vbt_sequence_open(engine, context, 64, stream, &sequence), engine);

  float* logits = NULL;
  int32_t* token = NULL;
  cudaMalloc((void**)&logits, VOCABULARY * sizeof(float));
  cudaMalloc((void**)&token, sizeof(int32_t));
  const vbt_rows rows = {sizeof rows, 1, NULL};
  const vbt_logits row = {sizeof row, logits, VBT_FLOAT32, VOCABULARY, VOCABULARY};

  /* The model opens a span, as a model with recall tokens does. */
  const int32_t start = START;
  check(vbt_step(engine, &rows, &start, VBT_HOST, stream), engine);
  for (int i = 0; i < STEPS; ++i) {
    forward(logits, stream);                                       /* beside the step before */
    check(vbt_sample(engine, &rows, &row, token, stream), engine); /* waits for that step, on the device */
    check(vbt_step(engine, &rows, token, VBT_DEVICE, stream), engine);
  }

  /* At leisure: what was generated, what was quoted, and from where. */
  int32_t tokens[STEPS + 1];
  check(vbt_read(engine, sequence, TEXT_WORDS, STEPS + 1, tokens), engine);
  for (int i = 0; i <= STEPS; ++i) printf("%s ", words[tokens[i]]);
  vbt_span span;
  size_t count = 0;
  int32_t sources[TEXT_WORDS];
  check(vbt_read_spans(engine, sequence, 0, 1, &span, &count), engine);
  check(vbt_sources(engine, sequence, 0, TEXT_WORDS, sources, &count), engine);
  printf("\nThe quote of %d words stands in the text at", span.end - span.start);
  for (size_t i = 0; i < count; ++i) printf(" %d", sources[i]);
  printf("\n");

  vbt_engine_destroy(engine);
  cudaFree(token);
  cudaFree(logits);
  cudaStreamDestroy(stream);
  return 0;
}
