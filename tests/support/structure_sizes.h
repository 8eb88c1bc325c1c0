/**
 * Calls a C ABI with structures of every size: as callers of an older, this and a newer header have them. Memory after
 * a structure must be neither taken for its fields nor written.
 *
 * UNKNOWN_TO_LIBRARY: how many bytes at the end of this header's structures the library does not know, or, negative,
 * how many it knows after them.
 */
#ifndef STRUCTURE_SIZES_H
#define STRUCTURE_SIZES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 4096, MEMORY = 2 * LARGEST, AROUND = 0xA5, STALE = 0x5A };

/** A structure that a call takes, or one that it fills in. */
typedef struct structure {
  const char* name;
  /** What the call takes, or what it is to write, `struct_size` left out. */
  const void* content;
  /** By this header. */
  size_t size;
  /** In the first version: a number that never changes. */
  size_t first_size;
  int is_result;
  /** Calls the ABI with a structure; 0 where it succeeded. */
  int (*call)(void* given, size_t size);
  /** What a refusal returns. */
  int refused;
} structure;

static union {
  unsigned char bytes[MEMORY];
  uint64_t aligned;
} memory;

static const structure* current;
static size_t current_size;

static void require(int holds, const char* what) {
  if (holds) return;
  printf("%s of %zu bytes: %s\n", current->name, current_size, what);
  exit(1);
}

/** The size up to which the library knows the structure. */
static size_t known_size(const structure* tested) { return tested->size - (UNKNOWN_TO_LIBRARY); }

/** Puts a structure of `size` bytes into memory and calls with it. The byte at `not_zero`, if that is inside, is 1. */
static int call_with(const structure* tested, size_t size, size_t not_zero) {
  current = tested;
  current_size = size;
  const size_t at_least = size > sizeof size ? size : sizeof size;
  const size_t inside = at_least < MEMORY ? at_least : MEMORY;
  const size_t copied = tested->size < inside ? tested->size : inside;
  memset(memory.bytes, AROUND, MEMORY);
  memset(memory.bytes, tested->is_result ? STALE : 0, inside);
  if (!tested->is_result) memcpy(memory.bytes, tested->content, copied);
  if (not_zero < inside) memory.bytes[not_zero] = 1;
  memcpy(memory.bytes, &size, sizeof size);
  const int status = tested->call(memory.bytes, size);
  for (size_t i = inside; i < MEMORY; ++i) require(memory.bytes[i] == AROUND, "memory after it was written");
  size_t size_after = 0;
  memcpy(&size_after, memory.bytes, sizeof size_after);
  require(size_after == size, "its struct_size was written");
  return status;
}

/** A result holds what it should, as far as it goes, and 0 in what the library does not know. */
static void check_result(const structure* tested, size_t size) {
  const size_t known = known_size(tested) < size ? known_size(tested) : size;
  const size_t filled = tested->size < known ? tested->size : known;
  const size_t after = sizeof(size_t);
  require(memcmp(memory.bytes + after, (const char*)tested->content + after, filled - after) == 0, "another result");
  for (size_t i = filled; i < size; ++i) require(memory.bytes[i] == 0, "not 0 where no field is known");
}

static void test_served(const structure* tested, size_t size) {
  require(call_with(tested, size, MEMORY) == 0, "was refused");
  if (tested->is_result) check_result(tested, size);
}

static void test_refused(const structure* tested, size_t size, size_t not_zero) {
  require(call_with(tested, size, not_zero) == tested->refused, "was not refused as an argument");
  if (!tested->is_result) return;
  for (size_t i = sizeof(size_t); i < size && i < MEMORY; ++i) require(memory.bytes[i] == STALE, "was written");
}

static void test_structure(const structure* tested) {
  const size_t known = known_size(tested);
  /* Of an older header, of this one, of a newer one. */
  const size_t served[] = {tested->first_size, tested->size, known, known + 8, known + 64, LARGEST};
  for (size_t i = 0; i < sizeof served / sizeof *served; ++i) test_served(tested, served[i]);
  const size_t refused[] = {0, 1, sizeof(size_t), tested->first_size - 1, LARGEST + 1, (size_t)-1};
  for (size_t i = 0; i < sizeof refused / sizeof *refused; ++i) test_refused(tested, refused[i], MEMORY);
  /* Fields that the library does not know must not ask for anything. */
  for (size_t i = known; !tested->is_result && i < known + 64; ++i) test_refused(tested, known + 64, i);
  printf("%s\n", tested->name);
}

#endif
