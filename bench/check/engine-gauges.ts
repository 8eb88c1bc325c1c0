import { figure } from "../harness/figures.js";
import { compileProgram, runProgram } from "../harness/program.js";
import { tokenText } from "../token-texts.js";
import type { Sample } from "./gauge.js";

const VOCABULARY = 151_936;
const TOKEN_BYTES = 4;
/** What people quote from, and the text on which a context takes longest to get ready. */
const contexts = [
  { name: "natural text", tokens: 131_072 },
  { name: "key–value JSON", tokens: 131_072 },
  { name: "random binary", tokens: 32_768 },
];

/** A round of the engine in C++ against the paper's algorithms, each text in a process of its own. */
export function sampleEngine(): Sample[] {
  const program = compileProgram("engine");
  return contexts.flatMap(({ name, tokens }) => {
    const measurements = runProgram([program], tokenText(name, VOCABULARY), [tokens], VOCABULARY);
    const of = (subject: string, way = "Verbatim") => figure(measurements, { subject, way });
    const filter = of("step as a bitmask", "the paper's filter");
    const rescan = of("step as a bitmask", "a rescan");
    return [
      { name: `${name}: step as a bitmask against the paper's filter`, ratio: of("step as a bitmask") / filter },
      { name: `${name}: step as ids against a rescan`, ratio: of("step as ids") / rescan },
      { name: `${name}: context ready against a rescan`, ratio: (of("context ready") * tokens) / rescan },
      {
        name: `${name}: append one token against a step of the paper's filter`,
        ratio: of("append one token") / filter,
      },
      { name: `${name}: memory against the tokens'`, ratio: of("memory") / TOKEN_BYTES, isCounted: true },
    ];
  });
}
