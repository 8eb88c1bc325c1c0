/** The whole model: embeddings, norms, three layers and the readout. */

import { CODE_LENGTH, SELF_PRODUCT, byteCodes } from "./byte-code.js";
import { addLayer1 } from "./layer1.js";
import { addLayer2 } from "./layer2.js";
import { addLayer3, type Sharpness } from "./layer3.js";
import { GROUP, MATCH_LENGTH, RESIDUAL_SIZE, WINDOW, residual, type Feature } from "./layout.js";
import { Parameters, type Tensor } from "./parameters.js";
import { ropeFactors } from "./position.js";
import {
  BEGIN_OF_TEXT,
  END_OF_TEXT,
  END_RECALL,
  LINE_STARTS,
  NEWLINE,
  START_RECALL,
  VOCABULARY_SIZE,
  byteToken,
  characterToken,
} from "./vocabulary.js";

/** Logits are this many times the votes, so that sampling at temperature 1 follows them too. */
const LOGIT_SCALE = 2.5;

/** A logit that the form of the prompt demands: more than all votes together. */
const CERTAIN = 128;

/** Characters that may separate a key from its value. */
const SEPARATORS = ':,"=\t|;';

/** More than two different bytes can have in common. */
const SEPARATOR_BONUS = 1.625;

/**
 * The logits that close a span. The sharp dictionary head is silent when no line continues, so its
 * bias closes; line ends get half a vote, since a key longer than the window also ends a line in
 * the question, which must not outvote the separator after the same key in the document. The
 * diluted head always reports a blend of many lines, so closing is held back until line ends weigh
 * most.
 */
const CLOSING = {
  sharp: { bias: 8, lineEnds: 0.5 },
  diluted: { bias: -4, lineEnds: 1 },
} as const;

export function buildCircuit(sharpness: Sharpness): Parameters {
  const parameters = new Parameters();
  addEmbeddings(parameters.embedding);
  neutralizeNorms(parameters);
  addLayer1(parameters.blocks[0]);
  addLayer2(parameters.blocks[1]);
  addLayer3(parameters.blocks[2], sharpness);
  addReadout(parameters.output, sharpness);
  parameters.ropeFactors.values.set(ropeFactors());
  return parameters;
}

function addEmbeddings(embedding: Tensor): void {
  const { code, lineStart, startRecall, endRecall } = residual.token[0];
  const turnOn = (token: number, { at, amplitude }: Feature) => embedding.connect(at, token, amplitude);

  for (let token = 0; token < VOCABULARY_SIZE; token++) {
    turnOn(token, residual.constant);
    for (const outside of residual.outsideLine) turnOn(token, outside);
  }
  for (const token of LINE_STARTS) turnOn(token, lineStart);
  turnOn(BEGIN_OF_TEXT, residual.isFirst);
  turnOn(START_RECALL, startRecall);
  turnOn(END_RECALL, endRecall);
  byteCodes.forEach((values, byte) => {
    const token = byteToken(byte);
    if (token !== NEWLINE) values.forEach((value, i) => embedding.connect(code + i, token, value));
  });
}

/**
 * RMSNorm divides by the root mean square of the residual stream. Every token of the window adds
 * the same square norm and flags add next to none, so that root is known beforehand and the norm's
 * weights undo the division.
 */
function neutralizeNorms({ blocks, outputNorm }: Parameters): void {
  const windows = [1, GROUP, WINDOW, WINDOW];
  blocks.forEach((block, layer) => {
    block.attentionNorm.values.fill(rootMeanSquare(windows[layer]));
    block.feedForwardNorm.values.fill(rootMeanSquare(windows[layer + 1]));
  });
  outputNorm.values.fill(LOGIT_SCALE * rootMeanSquare(WINDOW));
}

/** With `known` tokens in the window, the constant, and one of `line` and `outsideLine` per age. */
function rootMeanSquare(known: number): number {
  return Math.sqrt(((known + 1 + MATCH_LENGTH) * SELF_PRODUCT) / RESIDUAL_SIZE);
}

/** Turns the findings of layer 3 into logits. */
function addReadout(output: Tensor, sharpness: Sharpness): void {
  const { next } = residual;
  const whenOn = (feature: Feature, token: number, logit: number) =>
    output.connect(feature.at, token, logit / feature.amplitude);

  byteCodes.forEach((values, byte) => {
    const token = byteToken(byte);
    if (token === NEWLINE) return;
    for (let i = 0; i < CODE_LENGTH; i++) output.connect(next.code + i, token, values[i]);
  });

  // At the end of a key that others begin with, prefer what ends it to what continues them.
  for (const separator of SEPARATORS) {
    output.connect(next.keyEnds, characterToken(separator), SEPARATOR_BONUS);
  }

  // A recalled line ends by closing the span, not with its newline.
  whenOn(residual.inSpan, NEWLINE, -CERTAIN);
  const { bias, lineEnds } = CLOSING[sharpness];
  whenOn(residual.inSpan, END_RECALL, bias);
  output.connect(next.lineEnds, END_RECALL, lineEnds);
  output.connect(next.valueEnds, END_OF_TEXT, 1);
  whenOn(residual.afterSpan, END_OF_TEXT, 4);

  whenOn(residual.answerOpened, characterToken(" "), CERTAIN);
  whenOn(residual.recallDue, START_RECALL, CERTAIN);
  whenOn(residual.token[0].endRecall, characterToken(" "), CERTAIN);
}
