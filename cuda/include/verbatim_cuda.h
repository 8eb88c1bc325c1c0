/**
 * The C ABI of Verbatim's CUDA library: recall masks for servers that keep logits on the device.
 *
 * Inside a recall span a sequence may emit only tokens that continue an exact substring of its searchable context
 * (RecaLLM, section 3.1); docs/semantics.md has the rules, which this library follows to the bit. Tokens, span state,
 * candidates and bitmasks live on the device, and the device is their only owner: a decoding step is one launch on the
 * engine's own stream, beside the model's forward pass, and one masked fill on the caller's stream after it.
 *
 *   vbt_step(engine, &rows, sampled_tokens, VBT_DEVICE, stream);   // returns at once; runs on the engine's stream
 *   forward(model, sampled_tokens, logits, stream);                // the host's own
 *   vbt_apply(engine, &rows, &logits, stream);                     // waits for the step on the device, then fills
 *
 * Calls. Each returns a status and leaves everything as it was unless that is VBT_OK; vbt_message tells more. None
 * throws, exits or prints. Each sets the engine's device and restores the caller's. Unless its comment says otherwise,
 * a call returns before its work is done, neither waits for the device nor allocates memory, and reads the host memory
 * it is given before it returns. VBT_ERR_INVALID_ARGUMENT is for what is wrong with arguments (that device memory is
 * memory of the engine's device is checked, that it is large enough cannot be), VBT_ERR_CUDA for what
 * the CUDA runtime refused; after VBT_ERR_CUDA from a launch the state of the sequences is undefined.
 *
 * Structures that begin with `struct_size` may gain fields at their end in a later minor version; the caller sets
 * `struct_size` to the sizeof of its own header. The library takes a field that the caller's header lacks as 0, refuses
 * (VBT_ERR_INVALID_ARGUMENT) fields that it does not know itself unless all their bytes are 0, and writes results no
 * further than `struct_size`, with 0 in fields that it does not know. It refuses sizes that no version has: less than
 * that of the first, or more than 4,096. Other structures keep their fields.
 *
 * Threads. An engine, with its contexts and sequences, belongs to one thread at a time. Engines are independent.
 *
 * Streams. A call's work comes after all that was enqueued on its `stream` before the call, and calls on one engine
 * take effect in the order in which they were made, whatever streams they name. Verbs that change a sequence run on
 * the engine's own stream; those whose result the caller reads on the device (vbt_apply, vbt_sample, vbt_draft,
 * vbt_poll) run on `stream`. Memory that a verb reads on the device (tokens, counts, row maps) must stay unchanged
 * until a stream has reached a later call of one of those four, or of vbt_join, that named it.
 *
 * Graphs. vbt_accept and vbt_step from device memory, vbt_prepare, vbt_rollback, vbt_apply, vbt_sample, vbt_draft,
 * vbt_poll to pinned memory and vbt_join may be captured; the others return VBT_ERR_CAPTURING. The captured part must
 * end with a verb that runs on `stream`, or with vbt_join, so that the engine's stream rejoins it. Row maps, tokens
 * and counts are read at every replay from the addresses given. Launch a graph on a stream that vbt_join was called
 * with since the last call that was not captured, and make the next call with that stream.
 *
 * Errors on the device. A token that is not allowed, and whatever else is wrong with one sequence, sets that
 * sequence's status word (vbt_sequence_status) and leaves its state as it was. Until the word is cleared its rows are
 * masked to the end token, and verbs skip it. No sequence affects another.
 */
#ifndef VERBATIM_CUDA_H
#define VERBATIM_CUDA_H

#include <stddef.h>
#include <stdint.h>

#if !defined(_WIN32)
#define VBT_API __attribute__((visibility("default")))
#elif defined(VBT_BUILDING)
#define VBT_API __declspec(dllexport)
#else
#define VBT_API __declspec(dllimport)
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define VBT_ABI_MAJOR 2
#define VBT_ABI_MINOR 0
/** The version of this header, as vbt_abi_version returns that of a library. */
#define VBT_ABI_VERSION (((uint32_t)VBT_ABI_MAJOR << 16) | VBT_ABI_MINOR)
/** Whether a library of version `library` serves a program that was compiled against this header. */
#define VBT_ABI_IS_SERVED_BY(library) ((uint32_t)(library)-VBT_ABI_VERSION < UINT32_C(0x10000) - VBT_ABI_MINOR)

/** Ids are in [0, vocab_size), which is at most this. */
#define VBT_MAX_VOCAB_SIZE (1 << 28)
/** Ranges and closing ids that one programmatic span can have. */
#define VBT_MAX_RANGES 8
#define VBT_MAX_ENDS 4

typedef enum vbt_status {
  VBT_OK = 0,
  VBT_ERR_INVALID_ARGUMENT = 1,
  /** The engine's pool, the device or the host has no memory for this. */
  VBT_ERR_OUT_OF_MEMORY = 2,
  /** max_sequences are open. */
  VBT_ERR_LIMIT = 3,
  /** The call cannot be captured, and its stream is being captured. */
  VBT_ERR_CAPTURING = 4,
  /** No driver, a driver too old for this library, or no such device. */
  VBT_ERR_NO_DEVICE = 5,
  /** The CUDA runtime reported an error. */
  VBT_ERR_CUDA = 6
} vbt_status;

/** What is wrong with one sequence; it stays so until vbt_clear, vbt_truncate or vbt_reset. */
typedef enum vbt_sequence_status {
  VBT_SEQUENCE_OK = 0,
  /** An accepted token does not continue the open span. */
  VBT_SEQUENCE_TOKEN_NOT_ALLOWED = 1,
  /** An accepted token is outside [0, vocab_size), and is not -1. */
  VBT_SEQUENCE_TOKEN_OUT_OF_RANGE = 2,
  /** The sequence would grow past its max_tokens. */
  VBT_SEQUENCE_CONTEXT_FULL = 3,
  /** The sequence has max_spans spans, and one more was opened. */
  VBT_SEQUENCE_SPANS_FULL = 4,
  /** A span is open where the verb needs none, or none where it needs one. */
  VBT_SEQUENCE_WRONG_SPAN = 5,
  /** A length or a count to go back to that the sequence never had, or that lies in its shared context. */
  VBT_SEQUENCE_BAD_LENGTH = 6,
  /** vbt_sample found no finite logit among those allowed. */
  VBT_SEQUENCE_NO_VALID_TOKEN = 7
} vbt_sequence_status;

typedef enum vbt_dtype { VBT_FLOAT32 = 0, VBT_FLOAT16 = 1, VBT_BFLOAT16 = 2 } vbt_dtype;

/** Where tokens lie that a call is given. */
typedef enum vbt_memory { VBT_HOST = 0, VBT_DEVICE = 1 } vbt_memory;

/** cudaStream_t; NULL is the legacy default stream. */
typedef struct CUstream_st* vbt_stream;

typedef struct vbt_engine vbt_engine;
typedef struct vbt_context vbt_context;

/** The version of the library that is loaded, for VBT_ABI_IS_SERVED_BY. */
VBT_API uint32_t vbt_abi_version(void);

/** One sentence on a status, or on a sequence's; never NULL. */
VBT_API const char* vbt_status_message(vbt_status status);
VBT_API const char* vbt_sequence_status_message(vbt_sequence_status status);

/**
 * What went wrong in the last call on the engine that failed, naming the argument and what was expected; engine NULL:
 * in the last vbt_engine_create of this thread. Never NULL; valid until the next call.
 */
VBT_API const char* vbt_message(const vbt_engine* engine);

/* ---- Engine ------------------------------------------------------------------------------------------------- */

typedef struct vbt_engine_options {
  /** sizeof(vbt_engine_options). */
  size_t struct_size;
  /** Index of the CUDA device. */
  int32_t device;
  /** The tokenizer's id count. Rows of logits may be wider. */
  int32_t vocab_size;
  /** Accepting it opens a span; -1: spans are opened by vbt_begin_span only. */
  int32_t start_token;
  /** Closes a span; a sequence in error is masked to it. */
  int32_t end_token;
  /** Ids that are never part of a quote, start_token and end_token aside; may be NULL if barrier_count is 0. */
  const int32_t* barriers;
  size_t barrier_count;
  /** At this many tokens only the end token is allowed; in [1, 2^20). */
  int32_t max_span_tokens;
  /** Below this many tokens the end token is withheld, unless it is the only way on. */
  int32_t min_span_tokens;
  /** 0: accepted tokens are never searched. */
  int32_t recall_generated;
  /** What masked logits are set to, rounded to the row's type. */
  float mask_value;
  /** Sequences that can be open at once; in [1, 65,536]. */
  int32_t max_sequences;
  /** Spans that one sequence can have; in [1, 2^20). */
  int32_t max_spans;
  /** Device memory for contexts and for the sequences' own tokens and candidates. */
  size_t pool_bytes;
} vbt_engine_options;

/**
 * Sets every field: struct_size as given; device 0, start_token -1, max_span_tokens 128, min_span_tokens 0,
 * recall_generated 1, mask_value -infinity, max_sequences 64, max_spans 256, pool_bytes 256 MiB, no barriers;
 * vocab_size and end_token 0, which the caller has to set.
 * @param struct_size sizeof *options: nothing is written past it
 */
VBT_API vbt_status vbt_engine_defaults(vbt_engine_options* options, size_t struct_size);

/** Allocates all device memory the engine will ever use, and waits for the device. */
VBT_API vbt_status vbt_engine_create(const vbt_engine_options* options, vbt_engine** engine);

/** Waits for the engine's work and frees it, its contexts and sequences; NULL is ignored. */
VBT_API void vbt_engine_destroy(vbt_engine* engine);

typedef struct vbt_memory_info {
  /** sizeof(vbt_memory_info). */
  size_t struct_size;
  /** All device memory that the engine allocated, the pool included. */
  size_t device_bytes;
  size_t pool_bytes;
  /** What of the pool open contexts and sequences hold. */
  size_t pool_used_bytes;
} vbt_memory_info;

VBT_API vbt_status vbt_memory_usage(vbt_engine* engine, vbt_memory_info* info);

/* ---- Contexts ----------------------------------------------------------------------------------------------- */

enum {
  /** The tokens join the sequence, but no quote may contain them. */
  VBT_UNSEARCHABLE = 1,
  /** The tokens are a document of their own: no match crosses its edges. */
  VBT_SEGMENT = 2
};

/** The next `count` tokens of a context, and their flags. */
typedef struct vbt_piece {
  size_t count;
  uint32_t flags;
} vbt_piece;

/**
 * Indexes tokens in host memory and uploads them: a prompt, or documents, that any number of sequences then share.
 * Takes of the pool 4 bytes per token, 4 per token that is searchable, 4 per distinct token of these and 4 per distinct
 * token and one more, each of the four rounded up to 256 bytes. May wait for earlier uploads.
 * @param pieces their counts add up to `count`; NULL: one piece without flags
 */
VBT_API vbt_status vbt_context_create(vbt_engine* engine, const int32_t* tokens, size_t count, const vbt_piece* pieces,
                                      size_t piece_count, vbt_stream stream, vbt_context** context);

/** Sequences on the context keep it until they are closed; NULL is ignored. */
VBT_API vbt_status vbt_context_destroy(vbt_engine* engine, vbt_context* context);

VBT_API vbt_status vbt_context_length(vbt_engine* engine, const vbt_context* context, size_t* length);

/* ---- Sequences ---------------------------------------------------------------------------------------------- */

/**
 * Opens a sequence on a context (NULL: an empty one). Takes from the pool 4 bytes for each of its max_tokens, and 4 for
 * each candidate that a span can have: as many as max_tokens and the occurrences of the context's most frequent token.
 * @param max_tokens how many tokens the sequence can have beyond its context's, at least 1
 * @param sequence its number in [0, max_sequences), the lowest that is free
 */
VBT_API vbt_status vbt_sequence_open(vbt_engine* engine, vbt_context* context, size_t max_tokens, vbt_stream stream,
                                     int32_t* sequence);

/** Opens a copy of a sequence: the two share the context and nothing that either changes later. */
VBT_API vbt_status vbt_sequence_fork(vbt_engine* engine, int32_t sequence, vbt_stream stream, int32_t* fork);

VBT_API vbt_status vbt_sequence_close(vbt_engine* engine, int32_t sequence, vbt_stream stream);

/**
 * Appends tokens in host memory, outside a span; `flags` as for a piece. May wait for earlier uploads. Sequence
 * statuses: CONTEXT_FULL, WRONG_SPAN. A long prompt belongs into a context, which is indexed; this is scanned.
 */
VBT_API vbt_status vbt_append(vbt_engine* engine, int32_t sequence, const int32_t* tokens, size_t count, uint32_t flags,
                              vbt_stream stream);

/** Positions [start, end) of the sequence, its context's included. */
typedef struct vbt_range {
  int32_t start;
  int32_t end;
} vbt_range;

/**
 * Opens a span without a start token. Sequence statuses: WRONG_SPAN, SPANS_FULL.
 * @param ranges only these are searched, ascending and disjoint, at most VBT_MAX_RANGES; NULL: everything
 * @param ends ids that close the span in place of the end token, at most VBT_MAX_ENDS; NULL: the end token
 */
VBT_API vbt_status vbt_begin_span(vbt_engine* engine, int32_t sequence, const vbt_range* ranges, size_t range_count,
                                  const int32_t* ends, size_t end_count, vbt_stream stream);

/** Closes the open span without a token. Sequence status: WRONG_SPAN. */
VBT_API vbt_status vbt_end_span(vbt_engine* engine, int32_t sequence, vbt_stream stream);

/** Goes back to the state at a length (context included) and clears the status. Sequence status: BAD_LENGTH. */
VBT_API vbt_status vbt_truncate(vbt_engine* engine, int32_t sequence, size_t length, vbt_stream stream);

/** Goes back to the state after vbt_sequence_open and clears the status. */
VBT_API vbt_status vbt_reset(vbt_engine* engine, int32_t sequence, vbt_stream stream);

/** Clears the status; the state stays. */
VBT_API vbt_status vbt_clear(vbt_engine* engine, int32_t sequence, vbt_stream stream);

typedef struct vbt_sampling {
  /** sizeof(vbt_sampling). */
  size_t struct_size;
  /** 0 takes the largest logit, the lowest id among equals. */
  float temperature;
  /** Keep the top_k largest logits, at most vocab_size; 0 keeps all. */
  int32_t top_k;
  /** Keep the most probable tokens until their probabilities sum to top_p; 1 keeps all. */
  float top_p;
  /** Keep tokens at least min_p times as probable as the most probable one; 0 keeps all. */
  float min_p;
  /** Draw n of a sequence depends on the seed and n alone; setting it starts at n = 0. */
  uint64_t seed;
} vbt_sampling;

/** How vbt_sample draws for a sequence; temperature 1, no cuts and seed 0 until this is called. */
VBT_API vbt_status vbt_set_sampling(vbt_engine* engine, int32_t sequence, const vbt_sampling* sampling,
                                    vbt_stream stream);

/* ---- Steps of a batch --------------------------------------------------------------------------------------- */

/** The rows of a batch. */
typedef struct vbt_rows {
  /** sizeof(vbt_rows). */
  size_t struct_size;
  /** In [0, 65,536]. */
  int32_t count;
  /**
   * Device memory: the sequence of each row, -1 where it has none; NULL: row i is sequence i. Rows that name a sequence
   * that is not open, or, in verbs that change sequences, one that an earlier row named, are skipped and counted
   * (vbt_bad_rows).
   */
  const int32_t* sequences;
} vbt_rows;

/**
 * Accepts a token per row; -1 skips the row. Sequence statuses: TOKEN_OUT_OF_RANGE, CONTEXT_FULL, TOKEN_NOT_ALLOWED,
 * SPANS_FULL. The masks are stale until vbt_prepare, or a verb that needs them.
 * @param tokens [rows.count]
 * @param memory a vbt_memory: where `tokens` lie
 */
VBT_API vbt_status vbt_accept(vbt_engine* engine, const vbt_rows* rows, const int32_t* tokens, int32_t memory,
                              vbt_stream stream);

/** Starts computing the masks that are stale. */
VBT_API vbt_status vbt_prepare(vbt_engine* engine, vbt_stream stream);

/** vbt_accept and the masks of its rows in one launch. */
VBT_API vbt_status vbt_step(vbt_engine* engine, const vbt_rows* rows, const int32_t* tokens, int32_t memory,
                            vbt_stream stream);

/**
 * Takes back the last tokens of each row, as vbt_truncate does; a sequence in error is skipped. Sequence status:
 * BAD_LENGTH.
 * @param counts device memory, [rows.count]; 0 takes back nothing
 */
VBT_API vbt_status vbt_rollback(vbt_engine* engine, const vbt_rows* rows, const int32_t* counts, vbt_stream stream);

/** Rows of logits in device memory. */
typedef struct vbt_logits {
  /** sizeof(vbt_logits). */
  size_t struct_size;
  /** Aligned to its entries, no more. */
  void* data;
  /** A vbt_dtype. */
  int32_t dtype;
  /** Entries of a row, at least vocab_size. */
  int32_t width;
  /** Entries from one row's start to the next's, at least width. */
  int64_t stride;
} vbt_logits;

/**
 * Assigns mask_value to every logit that is not allowed, columns from vocab_size on included, in rows that are in a
 * span or in error; allowed logits keep their bits, and what is not allowed is written without being read. Runs on
 * `stream`.
 */
VBT_API vbt_status vbt_apply(vbt_engine* engine, const vbt_rows* rows, const vbt_logits* logits, vbt_stream stream);

/**
 * Draws a token per row: from the allowed logits alone inside a span, from [0, vocab_size) outside. Rows without a
 * sequence are left alone; where nothing can be drawn the token is -1 (sequence status: NO_VALID_TOKEN), and in a row
 * in error it is the end token. The logits need not have been masked. Runs on `stream`.
 * @param tokens device memory, [rows.count]
 */
VBT_API vbt_status vbt_sample(vbt_engine* engine, const vbt_rows* rows, const vbt_logits* logits, int32_t* tokens,
                              vbt_stream stream);

/**
 * Writes for each row at most `max` tokens on which all candidates that have a continuation agree; with `latest` != 0
 * the tokens after the latest such candidate. None outside a span, or in error. Runs on `stream`.
 * @param max in [0, max_span_tokens]
 * @param tokens device memory, [rows.count, max], row-major
 * @param counts device memory, [rows.count]: how many were written
 */
VBT_API vbt_status vbt_draft(vbt_engine* engine, const vbt_rows* rows, int32_t max, int32_t latest, int32_t* tokens,
                             int32_t* counts, vbt_stream stream);

/** Makes `stream` wait for all earlier calls on the engine. */
VBT_API vbt_status vbt_join(vbt_engine* engine, vbt_stream stream);

/* ---- Looking in --------------------------------------------------------------------------------------------- */

/**
 * Copies the status words of all sequences (0 where none is open) to host memory, on `stream`. Pinned memory holds them
 * once `stream` has reached this point; to other memory they are copied before the call returns, which waits.
 * @param statuses [max_sequences]
 */
VBT_API vbt_status vbt_poll(vbt_engine* engine, int32_t* statuses, vbt_stream stream);

/** How many rows have been skipped since the engine was made (see vbt_rows). Waits for the engine's work. */
VBT_API vbt_status vbt_bad_rows(vbt_engine* engine, uint64_t* count);

/**
 * The bitmasks on the device, for a kernel of the caller's own: [max_sequences, *words_per_row], bit i % 32 of word
 * i / 32 is 1 where token i is allowed, all ones outside a span. Current after vbt_prepare and vbt_join.
 */
VBT_API vbt_status vbt_bitmasks(vbt_engine* engine, const uint32_t** words, size_t* words_per_row);

typedef struct vbt_snapshot_info {
  /** sizeof(vbt_snapshot_info). */
  size_t struct_size;
  vbt_sequence_status status;
  /** Tokens, those of the context and of the open span included. */
  int32_t length;
  int32_t in_span;
  /** Tokens of the open span; 0 outside one. */
  int32_t depth;
  /** |S_k|: candidates of the open span; -1 at depth 0, where every searchable position is one, and outside a span. */
  int32_t candidates;
  /** Spans, closed and open. */
  int32_t spans;
} vbt_snapshot_info;

/** Reads a sequence's state back. This and the calls below wait for the engine's work. */
VBT_API vbt_status vbt_snapshot(vbt_engine* engine, int32_t sequence, vbt_snapshot_info* info);

/** Copies the tokens at positions [start, start + count), which must exist, to host memory. */
VBT_API vbt_status vbt_read(vbt_engine* engine, int32_t sequence, size_t start, size_t count, int32_t* tokens);

/** Copies a sequence's bitmask, brought up to date, to host memory: [words_per_row]. */
VBT_API vbt_status vbt_read_bitmask(vbt_engine* engine, int32_t sequence, uint32_t* words);

typedef struct vbt_span {
  /** Positions of its tokens, delimiters excluded; an open span's end is the length. */
  int32_t start;
  int32_t end;
  int32_t is_open;
} vbt_span;

/** Copies at most `limit` spans from number `first` on, in order; *count is how many were copied. */
VBT_API vbt_status vbt_read_spans(vbt_engine* engine, int32_t sequence, size_t first, size_t limit, vbt_span* spans,
                                  size_t* count);

/**
 * Writes the positions at which the tokens of span number `span` stand in what it searched, ascending, at most `limit`;
 * none for an empty span. *count is how many were written.
 */
VBT_API vbt_status vbt_sources(vbt_engine* engine, int32_t sequence, size_t span, size_t limit, int32_t* starts,
                               size_t* count);

#ifdef __cplusplus
}
#endif
#endif
