/**
 * Layer 2: the heads complete the window of twelve tokens; the feed-forward units cut it at the
 * start of the line and find where questions and values begin.
 */

import { CODE_LENGTH } from "./byte-code.js";
import { AttentionHead, addPositionKeys } from "./attention-head.js";
import { FeedForward, LINE_START, type Condition } from "./feed-forward.js";
import { OFFSET_SCORE } from "./layer1.js";
import { GROUP, HEAD_COUNT, MATCH_LENGTH, TOKEN_REGION_SIZE, WINDOW, residual, type Feature } from "./layout.js";
import type { Block } from "./parameters.js";

export function addLayer2(block: Block): void {
  addPositionKeys(block);
  block.value.copy(residual.token[0].code, 0, GROUP * TOKEN_REGION_SIZE);
  for (let head = 0; head < HEAD_COUNT; head++) {
    addGroupHead(new AttentionHead(block, head), GROUP * (head + 1));
  }

  const units = new FeedForward(block);
  for (let age = 0; age < MATCH_LENGTH; age++) keepIfOnLine(units, age);
  addQuestionStarts(units);
  addValueStarts(units);
  addPromptForm(units);
}

/** Attends to the position `offset` back and copies the three tokens it knows by now. */
function addGroupHead(head: AttentionHead, offset: number): void {
  head.scoreOffset(offset, OFFSET_SCORE);
  head.write(0, residual.token[offset].code, GROUP * TOKEN_REGION_SIZE);
}

/**
 * Copies a token of the window to `line` unless a newer token starts the line or the span, so that
 * matches do not reach beyond it. The mark itself is kept: "at the start of the line" is part of a
 * match. An answer begins after the end of the recall and one space, so both are cut off too.
 */
function keepIfOnLine(units: FeedForward, age: number): void {
  const newer = residual.token.slice(0, age);
  const obstacles: Feature[] = [
    ...newer.flatMap((token) => [token.lineStart, token.startRecall]),
    ...residual.token.slice(0, age + 2).map((token) => token.endRecall),
  ];
  const token = residual.token[age];
  const line = residual.line[age];
  for (let i = 0; i < CODE_LENGTH; i++) units.passUnless(obstacles, token.code + i, line.code + i);
  units.passUnless(obstacles, token.lineStart.at, line.lineStart.at);
  units.passUnless(obstacles, token.startRecall.at, line.startRecall.at);

  // `outsideLine` is on in the embedding; here it goes off where the token was kept.
  units.passUnless(obstacles, residual.constant.at, residual.outsideLine[age].at, -1);
}

/** Marks the space of `\nQ: ` while all of it is in the window, or all but the newline. */
function addQuestionStarts(units: FeedForward): void {
  for (let age = 1; age + 2 < WINDOW; age++) {
    const conditions = endingAt(age, "Q: ");
    if (age + 3 < WINDOW) conditions.push({ age: age + 3, is: LINE_START });
    units.when(conditions, residual.questionStart[age]);
  }
}

/**
 * Marks what a value begins after: the comma of CSV, `: ` in plain text, `: "` in JSON. The
 * amplitudes decide between them, for a value may contain a comma, and in JSON both a space and a
 * quote precede it. The space of `A: ` is no such mark for the span that follows it.
 */
function addValueStarts(units: FeedForward): void {
  for (let age = 1; age < WINDOW; age++) {
    const start = residual.valueStart[age];
    const obstacles = residual.token.slice(0, age).map((token) => token.startRecall);
    units.when(endingAt(age, ","), start, { times: 1, obstacles });
    if (age + 1 < WINDOW) units.when(endingAt(age, ": "), start, { times: 1.5, obstacles });
    if (age + 2 < WINDOW) units.when(endingAt(age, ': "'), start, { times: 2.5, obstacles });
  }
}

/** The answer's line is `A:`, a space, and then a recall. */
function addPromptForm(units: FeedForward): void {
  units.when([...endingAt(0, "A:"), { age: 2, is: LINE_START }], residual.answerOpened);
  units.when([...endingAt(0, "A: "), { age: 3, is: LINE_START }], residual.recallDue);
}

/** The conditions that `text` is in the window and its last character has the given age. */
function endingAt(age: number, text: string): Condition[] {
  return [...text].map((is, i) => ({ age: age + text.length - 1 - i, is }));
}
