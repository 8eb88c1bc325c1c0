/**
 * The C ABI of Verbatim's engine: a context (tokens in runs) and a matcher over it.
 *
 * Inside a recall span a model may emit only tokens that continue an exact substring of its searchable context
 * (RecaLLM, section 3.1). This library answers which tokens those are. It knows no delimiters: opening and closing
 * spans is thirty lines of the caller's (lib/token-mode/machine.ts is one example).
 *
 * Conventions. Ids are int32_t in [0, vocab_size); positions count tokens from 0. Every call that can fail returns a
 * status; on any status but VERBATIM_OK nothing has changed, except that after VERBATIM_OUT_OF_MEMORY from a verb of a
 * context its matchers must begin again. No call throws, exits or prints. Every call returns VERBATIM_INVALID_ARGUMENT
 * for a NULL where memory or a handle is expected, and VERBATIM_OUT_OF_MEMORY where memory cannot be had; other
 * statuses stand with each call.
 *
 * Structures that begin with `struct_size` may gain fields at their end in a later minor version; the caller sets
 * `struct_size` to the sizeof of its own header. The library takes a field that the caller's header lacks as 0, refuses
 * (VERBATIM_INVALID_ARGUMENT) fields that it does not know itself unless all their bytes are 0, and writes results no
 * further than `struct_size`, with 0 in fields that it does not know. It refuses sizes that no version has: less than
 * that of the first, or more than 4,096. Other structures keep their fields.
 *
 * Threads: a context and its matchers belong to one thread at a time. Forks may be used from different threads: they
 * share what is indexed, and what is indexed never changes. A context that was compacted and not changed since may be
 * forked, and matchers be created over it, by several threads at once.
 */
#ifndef VERBATIM_H
#define VERBATIM_H

#include <stddef.h>
#include <stdint.h>

/* On Windows, who links the engine statically defines VERBATIM_STATIC. */
#if !defined(_WIN32)
#define VERBATIM_API __attribute__((visibility("default")))
#elif defined(VERBATIM_STATIC)
#define VERBATIM_API
#elif defined(VERBATIM_BUILDING)
#define VERBATIM_API __declspec(dllexport)
#else
#define VERBATIM_API __declspec(dllimport)
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define VERBATIM_ABI_MAJOR 3
#define VERBATIM_ABI_MINOR 0
/** The version of this header, as verbatim_abi_version returns that of a library. */
#define VERBATIM_ABI_VERSION (((uint32_t)VERBATIM_ABI_MAJOR << 16) | VERBATIM_ABI_MINOR)
/** Whether a library of version `library` serves a program that was compiled against this header. */
#define VERBATIM_ABI_IS_SERVED_BY(library) \
  ((uint32_t)(library)-VERBATIM_ABI_VERSION < UINT32_C(0x10000) - VERBATIM_ABI_MINOR)

typedef enum verbatim_status {
  VERBATIM_OK = 0,
  VERBATIM_INVALID_ARGUMENT = 1,
  VERBATIM_OUT_OF_MEMORY = 2,
  /** The append would exceed the context's max_tokens. */
  VERBATIM_CONTEXT_FULL = 3,
  /** No candidate continues with that token. */
  VERBATIM_NOT_ALLOWED = 4,
  /** The context changed after the matcher's last begin. */
  VERBATIM_STALE = 5,
  /** No entry of the row that may be drawn is finite. */
  VERBATIM_NO_VALID_TOKEN = 6
} verbatim_status;

/** The version of the library that is loaded, for VERBATIM_ABI_IS_SERVED_BY. */
VERBATIM_API uint32_t verbatim_abi_version(void);

/** One sentence on a status; never NULL. */
VERBATIM_API const char* verbatim_status_message(verbatim_status status);

/* ---- Context ------------------------------------------------------------------------------------------------ */

typedef struct verbatim_context verbatim_context;

typedef struct verbatim_context_options {
  /** sizeof(verbatim_context_options). */
  size_t struct_size;
  /** Ids are in [0, vocab_size); at most 2^30. */
  int32_t vocab_size;
  /** In [0, 2^30); 0: 2^30 - 1. */
  int32_t max_tokens;
  /** Ids that are never part of a match (delimiters, end of text, template markers); may be NULL if barrier_count is 0.
   */
  const int32_t* barriers;
  size_t barrier_count;
} verbatim_context_options;

enum {
  /** The tokens join the sequence, but no match may contain them. */
  VERBATIM_UNSEARCHABLE = 1,
  /** The first token starts a run of its own: no match crosses from the token before it. */
  VERBATIM_NEW_RUN = 2
};

/** On success *context is a new, empty context that the caller destroys. */
VERBATIM_API verbatim_status verbatim_context_create(const verbatim_context_options* options,
                                                     verbatim_context** context);

/** Matchers over the context stay usable; NULL is ignored. */
VERBATIM_API void verbatim_context_destroy(verbatim_context* context);

/**
 * Appends `count` tokens; `flags` are VERBATIM_UNSEARCHABLE and VERBATIM_NEW_RUN. VERBATIM_CONTEXT_FULL past
 * max_tokens, VERBATIM_INVALID_ARGUMENT for an id outside the vocabulary or other flags.
 */
VERBATIM_API verbatim_status verbatim_context_append(verbatim_context* context, const int32_t* tokens, size_t count,
                                                     uint32_t flags);

/**
 * The same with `edges`, `count` bytes: 0 where no quote may start before that token, unless it is the first of its
 * run. Tokens appended without edges have one before each of them.
 */
VERBATIM_API verbatim_status verbatim_context_append_edges(verbatim_context* context, const int32_t* tokens,
                                                           size_t count, const uint8_t* edges, uint32_t flags);

/** Forgets every token from position `length` on; VERBATIM_INVALID_ARGUMENT where there are fewer. */
VERBATIM_API verbatim_status verbatim_context_truncate(verbatim_context* context, size_t length);

/** *fork is an independent context with the same tokens; what is indexed is shared. */
VERBATIM_API verbatim_status verbatim_context_fork(const verbatim_context* context, verbatim_context** fork);

/** Rearranges the index for reading; worth its cost before many forks are made. */
VERBATIM_API verbatim_status verbatim_context_compact(verbatim_context* context);

VERBATIM_API size_t verbatim_context_length(const verbatim_context* context);

/** Bytes held by tokens and index; what is shared with forks is counted whole. */
VERBATIM_API size_t verbatim_context_bytes(const verbatim_context* context);

/** The bytes among them that were not inherited from a context of which this one is a fork. */
VERBATIM_API size_t verbatim_context_own_bytes(const verbatim_context* context);

/** Copies the tokens at positions [start, start + count), which must exist, to `tokens`. */
VERBATIM_API verbatim_status verbatim_context_read(const verbatim_context* context, size_t start, size_t count,
                                                   int32_t* tokens);

/* ---- Matcher ------------------------------------------------------------------------------------------------ */

typedef struct verbatim_matcher verbatim_matcher;

/** Positions [start, end). */
typedef struct verbatim_range {
  int32_t start;
  int32_t end;
} verbatim_range;

/** On success *matcher has begun: its candidates are all searchable positions. */
VERBATIM_API verbatim_status verbatim_matcher_create(const verbatim_context* context, verbatim_matcher** matcher);
VERBATIM_API void verbatim_matcher_destroy(verbatim_matcher* matcher);

/**
 * Starts a new quote at depth 0, inside `ranges` only (ascending, disjoint; NULL: everywhere). Candidates and their
 * continuations must lie in one range; ranges may reach past the context's end.
 */
VERBATIM_API verbatim_status verbatim_matcher_begin(verbatim_matcher* matcher, const verbatim_range* ranges,
                                                    size_t range_count);

/**
 * Keeps the candidates that continue with `token`; VERBATIM_NOT_ALLOWED where none does. This verb and those below
 * return VERBATIM_STALE where the context has changed since begin, and VERBATIM_INVALID_ARGUMENT for a token outside
 * the vocabulary.
 */
VERBATIM_API verbatim_status verbatim_matcher_advance(verbatim_matcher* matcher, int32_t token);

/** Goes back to the first `depth` tokens of the quote, at most as many as it has. */
VERBATIM_API verbatim_status verbatim_matcher_rewind(verbatim_matcher* matcher, size_t depth);

/** Bytes that the matcher holds, its context left out; never stale. */
VERBATIM_API size_t verbatim_matcher_bytes(const verbatim_matcher* matcher);

/** Tokens matched so far; never stale. */
VERBATIM_API size_t verbatim_matcher_depth(const verbatim_matcher* matcher);

/** *allowed is 1 where some candidate continues with `token`, otherwise 0. */
VERBATIM_API verbatim_status verbatim_matcher_allows(verbatim_matcher* matcher, int32_t token, int* allowed);

/** *may_end is 1 where some candidate ends at the end of its run or before an edge, or depth is 0, otherwise 0. */
VERBATIM_API verbatim_status verbatim_matcher_may_end(verbatim_matcher* matcher, int* may_end);

/** The continuations A(c, r), ascending; *ids is the matcher's and valid until the next call on it. */
VERBATIM_API verbatim_status verbatim_matcher_allowed(verbatim_matcher* matcher, const int32_t** ids, size_t* count);

/**
 * The same set, copied: *count is how many there are, and they are written to `ids` if there is room for all of them,
 * `capacity` or less. A large set is not kept then, so that a matcher that waits holds little memory.
 */
VERBATIM_API verbatim_status verbatim_matcher_copy_allowed(verbatim_matcher* matcher, int32_t* ids, size_t capacity,
                                                           size_t* count);

/**
 * The same set as a bitmask of ceil(vocab_size / 32) words: bit i % 32 of word i / 32 is 1 where token i is allowed.
 * The words are the matcher's and valid until the next call on it.
 */
VERBATIM_API verbatim_status verbatim_matcher_bitmask(verbatim_matcher* matcher, const uint32_t** words,
                                                      size_t* word_count);

/**
 * Writes at most `max` tokens on which all candidates that have a continuation agree; with `latest` != 0 the tokens
 * after the latest such candidate. *count is how many.
 */
VERBATIM_API verbatim_status verbatim_matcher_draft(verbatim_matcher* matcher, size_t max, int latest, int32_t* tokens,
                                                    size_t* count);

/**
 * Writes the start positions of candidates, ascending, at most `limit`, and only those that lie inside one of
 * `ranges` (NULL: all). *count is how many were written. None at depth 0.
 */
VERBATIM_API verbatim_status verbatim_matcher_sources(verbatim_matcher* matcher, const verbatim_range* ranges,
                                                      size_t range_count, size_t limit, int32_t* starts, size_t* count);

/* ---- Text --------------------------------------------------------------------------------------------------- */

/*
 * For models without delimiter tokens: a context of bytes and a matcher over it, by the same handles. Candidates are
 * byte offsets, any tokenisation of a quote is legal, and a textual tag closes it. verbatim_context_truncate, _fork,
 * _compact, _length (in bytes), _bytes, _own_bytes, _destroy and verbatim_matcher_create, _destroy, _advance, _rewind
 * (by pieces), _depth (in pieces), _allows, _allowed, _copy_allowed, _bitmask, _draft, _may_end and _bytes serve both;
 * the other verbs of a context or matcher of tokens return VERBATIM_INVALID_ARGUMENT for one of text, and the other way
 * round.
 */

/** The bytes of every token of a vocabulary, arranged for search; immutable, and shared by contexts and threads. */
typedef struct verbatim_vocabulary verbatim_vocabulary;

/**
 * @param offsets vocab_size + 1 ascending offsets into `bytes`, the first of them 0: token i is bytes [offsets[i],
 *   offsets[i + 1]). A token without bytes is never part of a quote. Both arrays are copied.
 */
VERBATIM_API verbatim_status verbatim_vocabulary_create(int32_t vocab_size, const int32_t* offsets,
                                                        const uint8_t* bytes, verbatim_vocabulary** vocabulary);

/** Contexts over the vocabulary keep what they share; NULL is ignored. */
VERBATIM_API void verbatim_vocabulary_destroy(verbatim_vocabulary* vocabulary);

/** Bytes that the vocabulary holds, for its contexts too. */
VERBATIM_API size_t verbatim_vocabulary_bytes(const verbatim_vocabulary* vocabulary);

/** On success *context is a new, empty context of text. `max_bytes` is in [0, 2^30); 0: 2^30 - 1. */
VERBATIM_API verbatim_status verbatim_text_context_create(const verbatim_vocabulary* vocabulary, int32_t max_bytes,
                                                          verbatim_context** context);

enum {
  /**
   * The bytes are JSON-escaped text: an escape sequence is one character. Truncated inside one, the run ends there: who
   * wants no quote to end so truncates before it.
   */
  VERBATIM_JSON = 4
};

/** Among a caller's edges: a quote may end before the byte, and none may start. */
enum { VERBATIM_EDGE_END = 2 };

/**
 * Appends `count` bytes; `flags` are VERBATIM_UNSEARCHABLE, VERBATIM_NEW_RUN and VERBATIM_JSON. `edges`: `count` bytes,
 * not 0 where a quote may start before the byte, and end before it, VERBATIM_EDGE_END where it may only end; NULL: at
 * every character's edge, to which they are narrowed in any case. VERBATIM_CONTEXT_FULL past max_bytes.
 */
VERBATIM_API verbatim_status verbatim_context_append_text(verbatim_context* context, const uint8_t* bytes, size_t count,
                                                          const uint8_t* edges, uint32_t flags);

/** Copies bytes [start, start + count), which must exist. */
VERBATIM_API verbatim_status verbatim_context_read_text(const verbatim_context* context, size_t start, size_t count,
                                                        uint8_t* bytes);

typedef struct verbatim_text_span {
  /** sizeof(verbatim_text_span). */
  size_t struct_size;
  /** Ascending and disjoint: candidates lie inside one of them; NULL: everywhere. */
  const verbatim_range* ranges;
  size_t range_count;
  /** The closing tag; of length 0: no tag closes the quote. */
  const uint8_t* tag;
  size_t tag_length;
  /** The tag is withheld while the quote has fewer bytes, unless it is the only way on. */
  int32_t min_bytes;
  /** A quote goes no further than the last edge within so many bytes. At least 1. */
  int32_t max_bytes;
} verbatim_text_span;

/** Starts a new quote. Indexes text that was appended since the last one, so that matchers of the context go stale. */
VERBATIM_API verbatim_status verbatim_matcher_begin_text(verbatim_matcher* matcher, const verbatim_text_span* span);

/** Accepts bytes that are not a token's; VERBATIM_NOT_ALLOWED where they are not allowed, or the quote is closed. */
VERBATIM_API verbatim_status verbatim_matcher_advance_bytes(verbatim_matcher* matcher, const uint8_t* bytes,
                                                            size_t count);

typedef struct verbatim_text_state {
  /** sizeof(verbatim_text_state), set by the caller. */
  size_t struct_size;
  /** Bytes of all pieces, the quote's and the tag's. */
  int32_t byte_length;
  /** Bytes of the quote once the tag is complete, -1 before; what the last piece has after the tag is not quoted. */
  int32_t closed_at;
} verbatim_text_state;

VERBATIM_API verbatim_status verbatim_matcher_text_state(const verbatim_matcher* matcher, verbatim_text_state* state);

/**
 * Writes the starts of the places, at most `limit` and ascending, where `bytes` stand between two edges, inside
 * `ranges` (NULL: everywhere). *count is how many were written. Nothing is indexed for this.
 */
VERBATIM_API verbatim_status verbatim_context_find_text(const verbatim_context* context, const uint8_t* bytes,
                                                        size_t byte_count, const verbatim_range* ranges,
                                                        size_t range_count, size_t limit, int32_t* starts,
                                                        size_t* count);

/* ---- Rows of logits ----------------------------------------------------------------------------------------- */

/** Assigns `value` to row[i] for every i in [0, width) whose bit in `bitmask` (ceil(width / 32) words) is 0. */
VERBATIM_API verbatim_status verbatim_masked_fill(float* row, size_t width, const uint32_t* bitmask, float value);

/**
 * The same, the allowed indices given as ids, strictly ascending or else VERBATIM_INVALID_ARGUMENT; ids at or past
 * `width` are ignored. Rows need float's own alignment only.
 */
VERBATIM_API verbatim_status verbatim_masked_fill_ids(float* row, size_t width, const int32_t* ids, size_t count,
                                                      float value);

typedef struct verbatim_sampling {
  /** sizeof(verbatim_sampling). */
  size_t struct_size;
  /** 0 takes the largest logit, the lowest id among equals. */
  double temperature;
  /** Keep the top_k largest logits; 0 keeps all. */
  int32_t top_k;
  /** Keep the most probable tokens until their probabilities sum to top_p; 1 keeps all. */
  double top_p;
  /** Keep tokens at least min_p times as probable as the most probable one; 0 keeps all. */
  double min_p;
} verbatim_sampling;

/**
 * Draws a token. Temperature first, then top_k, top_p, min_p, each over what the one before it kept; the draw walks
 * the kept tokens by ascending id. Entries that are not finite are never drawn.
 * VERBATIM_NO_VALID_TOKEN where none is finite.
 * @param ids strictly ascending ids below `width` to choose from; NULL: [0, width). Only these entries are read.
 * @param uniform in [0, 1): decides the draw.
 */
VERBATIM_API verbatim_status verbatim_sample(const float* row, size_t width, const int32_t* ids, size_t count,
                                             const verbatim_sampling* sampling, double uniform, int32_t* token);

#ifdef __cplusplus
}
#endif
#endif
