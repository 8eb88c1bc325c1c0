/**
 * Layer 3: the lookup. Three heads look for places that continue like the current line, one in the
 * document, one in the question and one in the span just recalled. Where a head finds nothing it
 * attends to the first token of the sequence, its sink, whose value is zero.
 *
 * Scores are in matches: a match is what one token adds that both places have at the same distance.
 * Votes are in the residual stream's `next` region; the readout turns them into logits.
 */

import { CODE_LENGTH, SELF_PRODUCT, byteCodes } from "./byte-code.js";
import { AttentionHead, addKey, addPositionKeys, removeKey } from "./attention-head.js";
import {
  MATCH_LENGTH,
  RECENCY_PAIRS,
  TOKEN_AMPLITUDE,
  TOKEN_REGION_SIZE,
  WINDOW,
  headKey,
  headValue,
  residual,
  type Feature,
} from "./layout.js";
import type { Block } from "./parameters.js";

/** How strongly the dictionary head tells the right line from the others. */
export type Sharpness = "sharp" | "diluted";

/** Score of one match. A wrong byte leaves at most a quarter of it. */
const MATCH = 1.2 * SELF_PRODUCT;

/**
 * Score of one match in a diluted dictionary head: the right line still leads, but hundreds of
 * other lines together draw most of the attention, as in a long context.
 */
const DILUTED_MATCH = 0.06 * SELF_PRODUCT;

/** The sink loses to a full match and wins over one with a single wrong byte, by half of that. */
const SINK_MARGIN = 0.5 * (12 / SELF_PRODUCT) * MATCH;

/** Outside its phase a head attends to the sink: more than any match can score. */
const IDLE = 300;

/** A diluted head has no full match to wait for: in a span its sink is out of reach. */
const NO_SINK = 72;

/** Positions inside a span outdo any others for the answer head. */
const IN_SPAN = 1.5 * MATCH;

/** Weight that makes the vote of a token feature as heavy as that of a byte's code. */
const BYTE_VOTE = SELF_PRODUCT / TOKEN_AMPLITUDE;

const QUOTE = byteCodes['"'.charCodeAt(0)];

export function addLayer3(block: Block, sharpness: Sharpness): void {
  addKeysAndValues(block);
  addDictionaryHead(new AttentionHead(block, 0), sharpness);
  addQuestionHead(new AttentionHead(block, 1));
  addAnswerHead(new AttentionHead(block, 2));
}

function addKeysAndValues(block: Block): void {
  addPositionKeys(block);
  headKey.before.forEach((key, i) => {
    const token = residual.token[i + 1];
    block.key.copy(token.code, key.code, CODE_LENGTH);
    addKey(block, token.lineStart, key.lineStart);
  });
  for (let age = 1; age < WINDOW; age++) {
    addKey(block, residual.questionStart[age], headKey.questionStart[age]);
    addKey(block, residual.valueStart[age], headKey.valueStart[age]);
  }
  addKey(block, residual.inSpan, headKey.inSpan);
  addKey(block, residual.token[0].endRecall, headKey.inSpan);
  block.value.copy(residual.token[0].code, headValue.code, TOKEN_REGION_SIZE);
  makeFirstTokenASink(block);
}

/**
 * The first token has nothing before it, so its window is full of itself, a line start. As a sink
 * it must match nothing, must not be worse for being far away, and must have no value.
 */
function makeFirstTokenASink(block: Block): void {
  addKey(block, residual.isFirst, headKey.sink);
  for (const key of headKey.before) removeKey(block, residual.isFirst, key.lineStart);
  for (let pair = 0; pair < RECENCY_PAIRS; pair++) {
    removeKey(block, residual.isFirst, headKey.recencyPairs + 2 * pair);
  }
  const { isFirst, token } = residual;
  block.value.connect(isFirst.at, headValue.lineStart, -token[0].lineStart.amplitude / isFirst.amplitude);
}

/**
 * Finds the lines of the document that begin like the span so far and votes for what follows. The
 * start of the span stands for the start of a line or, in JSON, for the quote that opens a key.
 */
function addDictionaryHead(head: AttentionHead, sharpness: Sharpness): void {
  const match = sharpness === "sharp" ? MATCH : DILUTED_MATCH;
  scoreSameLine(head, match);
  residual.line.forEach((token, i) => {
    const key = headKey.before[i];
    head.score(token.lineStart, key.lineStart, match);
    head.score(token.startRecall, key.lineStart, match);
    head.scoreByte(token.startRecall, QUOTE, key.code, match);
  });
  if (sharpness === "sharp") {
    scoreSink(head, residual.inSpan);
  } else {
    scoreIdle(head, residual.inSpan);
    head.score(residual.constant, headKey.sink, -NO_SINK);
  }
  head.write(headValue.code, residual.next.code, CODE_LENGTH);
  head.write(headValue.lineStart, residual.next.lineEnds, 1, BYTE_VOTE);
}

/**
 * Finds the place in the question that the span has reached and votes, with twice the weight, for
 * what follows: the key is copied from the question. At the question's end it says so. Of several
 * questions in a dialogue the last one counts.
 */
function addQuestionHead(head: AttentionHead): void {
  scoreSameLine(head, MATCH);
  residual.line.forEach((token, i) => {
    const reached = i + 1;
    const isMarked = reached < WINDOW - 2;
    if (isMarked) head.score(token.startRecall, headKey.questionStart[reached], MATCH);
    // Further back than questions are marked, the sink must not expect the mark.
    else head.score(token.startRecall, headKey.sink, -MATCH);
  });
  scoreSink(head, residual.inSpan);
  head.preferRecent(0.14);
  head.write(headValue.code, residual.next.code, CODE_LENGTH, 2);
  head.write(headValue.lineStart, residual.next.keyEnds);
}

/**
 * After the span: finds the value in it that continues like the answer so far and votes for what
 * follows. A closing quote, the end of the line or the end of the span ends the answer; the quote
 * votes twice, as its own code is among the candidates. Of several spans the last one counts.
 */
function addAnswerHead(head: AttentionHead): void {
  scoreSameLine(head, MATCH);
  for (let age = 1; age < WINDOW - 2; age++) {
    const { endRecall } = residual.token[age];
    head.score(endRecall, headKey.valueStart[age], MATCH);
    head.score(endRecall, headKey.sink, MATCH);
  }
  head.score(residual.constant, headKey.inSpan, IN_SPAN);
  head.score(residual.constant, headKey.sink, IN_SPAN);
  scoreSink(head, residual.afterSpan);
  head.preferRecent(0.07);
  head.write(headValue.code, residual.next.code, CODE_LENGTH);
  head.writeByteProduct(headValue.code, QUOTE, residual.next.valueEnds, 2);
  head.write(headValue.lineStart, residual.next.valueEnds, 1, BYTE_VOTE);
  head.write(headValue.endRecall, residual.next.valueEnds, 1, BYTE_VOTE);
}

/** One match for every token of the current line that the key's position has at the same distance. */
function scoreSameLine(head: AttentionHead, match: number): void {
  residual.line.forEach((token, i) => {
    head.scoreSameByte(token.code, headKey.before[i].code, match);
  });
}

/** The sink scores what a full match of the current line would, less a margin. */
function scoreSink(head: AttentionHead, phase: Feature): void {
  head.score(residual.constant, headKey.sink, MATCH_LENGTH * MATCH - SINK_MARGIN);
  for (const outside of residual.outsideLine) head.score(outside, headKey.sink, -MATCH);
  scoreIdle(head, phase);
}

/** Outside the phase the sink scores more than anything else. */
function scoreIdle(head: AttentionHead, phase: Feature): void {
  head.score(residual.constant, headKey.sink, IDLE);
  head.score(phase, headKey.sink, -IDLE);
}
