/** Layer 1: the two tokens before, and whether we are inside or after a recall span. */

import { AttentionHead, addKey, addPositionKeys } from "./attention-head.js";
import { FLAG_AMPLITUDE, TOKEN_AMPLITUDE, TOKEN_REGION_SIZE, headKey, headValue, residual } from "./layout.js";
import type { Block } from "./parameters.js";

/**
 * Score of the token an offset head looks for. The best other position of a full context is 50
 * below, which leaves all 16,384 of them together a weight of e^-40.
 */
export const OFFSET_SCORE = 120;

/** Lifts every delimiter above every other token, whatever their distances. */
const DELIMITER_SCORE = 300;

export function addLayer1(block: Block): void {
  addPositionKeys(block);
  addKey(block, residual.token[0].startRecall, headKey.delimiter);
  addKey(block, residual.token[0].endRecall, headKey.delimiter);
  block.value.copy(residual.token[0].code, headValue.code, TOKEN_REGION_SIZE);

  addPreviousTokenHead(new AttentionHead(block, 0), 1);
  addPreviousTokenHead(new AttentionHead(block, 1), 2);
  addPhaseHead(new AttentionHead(block, 2));
}

/** Attends to the token `offset` back and copies it into the window. */
function addPreviousTokenHead(head: AttentionHead, offset: number): void {
  head.scoreOffset(offset, OFFSET_SCORE);
  head.write(headValue.code, residual.token[offset].code, TOKEN_REGION_SIZE);
}

/**
 * Attends to the most recent delimiter and notes which of the two it is. Without any delimiter it
 * attends to ordinary tokens, which have neither feature.
 */
function addPhaseHead(head: AttentionHead): void {
  head.score(residual.constant, headKey.delimiter, DELIMITER_SCORE);
  head.preferRecent(0.55);
  const toFlag = FLAG_AMPLITUDE / TOKEN_AMPLITUDE;
  head.write(headValue.startRecall, residual.inSpan.at, 1, toFlag);
  head.write(headValue.endRecall, residual.afterSpan.at, 1, toFlag);
}
