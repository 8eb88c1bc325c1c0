/** What each program below prints, as a line of JSON. */
export interface Report {
  /** The engine that `backend: "auto"` took, in token mode and in text mode. */
  readonly auto: [string, string];
  /** The engine of `backend: "native"`, or the code of the error that it throws. */
  readonly native: string;
  /** The first line of the message of that error. */
  readonly help?: string;
  /** What stands in the way of CUDA: the first line of a message. */
  readonly cuda: string;
}

const CUDA_HELP = "CUDA cannot be used.";

/** What a program reports where the addon is found, and where it is not. */
export const EXPECTED: Record<"native" | "javascript", Report> = {
  native: { auto: ["native", "native"], native: "native", cuda: CUDA_HELP },
  javascript: {
    auto: ["javascript", "javascript"],
    native: "BACKEND_UNAVAILABLE",
    help: "The native engine could not be loaded.",
    cuda: CUDA_HELP,
  },
};

/** What it reports in a browser, where bundlers put no loader. */
export const IN_BROWSER: Report = { ...EXPECTED.javascript, help: "Native addons cannot be loaded in a browser." };

const NAMES = "{ RecallError, RecallSession, RecallTextSession, TokenVocabulary }";

/** Quotes in both modes, and has a function `report`. */
const QUOTING = `
const vocabulary = new TokenVocabulary({ vocabSize: 256, tokenBytes: (id) => Uint8Array.of(id) });

function quoteTokens(backend) {
  const session = new RecallSession({ vocabSize: 10, startTokenId: 8, endTokenId: 9, backend });
  session.append([1, 2, 3]);
  session.acceptAll([8, 1, 2, 9]);
  if (String(session.quotes[0].tokens) !== "1,2") throw new Error("Expected the quote 1,2");
  return session.backend;
}

function quoteText(backend) {
  const session = new RecallTextSession({ vocabulary, backend });
  session.append("to quote");
  session.acceptAll([...new TextEncoder().encode("<recall>quote</recall>")]);
  if (session.quotes[0].text !== "quote") throw new Error("Expected the quote: quote");
  return session.backend;
}

function failure(act) {
  try {
    return { native: act() };
  } catch (error) {
    if (!(error instanceof RecallError)) throw error;
    return { native: error.code, help: error.message.split("\\n")[0] };
  }
}

function report() {
  const isEmpty = (entryPoint) => Object.keys(entryPoint).length === 0;
  if ([metrics, transformers, webLlm].some(isEmpty)) throw new Error("An entry point exports nothing");
  const auto = [quoteTokens("auto"), quoteText("auto")];
  const cuda = failure(() => String(new CudaRecallEngine({ vocabSize: 10, startTokenId: 8, endTokenId: 9 }))).help;
  return { auto, ...failure(() => quoteTokens("native")), cuda };
}
`;

/** An ES module with a function `report`, that loads every entry point which needs no host. */
export const MODULE = `
import ${NAMES} from "verbatim-runtime";
import { CudaRecallEngine } from "verbatim-runtime/cuda";
import * as metrics from "verbatim-runtime/metrics";
import * as transformers from "verbatim-runtime/transformers";
import * as webLlm from "verbatim-runtime/web-llm";
${QUOTING}`;

/** The same as CommonJS. */
export const COMMONJS = `
const ${NAMES} = require("verbatim-runtime");
const { CudaRecallEngine } = require("verbatim-runtime/cuda");
const metrics = require("verbatim-runtime/metrics");
const transformers = require("verbatim-runtime/transformers");
const webLlm = require("verbatim-runtime/web-llm");
${QUOTING}`;

/** To be added to a program that prints its report. */
export const PRINT = "console.log(JSON.stringify(report()));\n";

/** To be added to a program that shows its report to whoever looks at the page. */
export const SHOW = "globalThis.verbatimReport = report();\n";
