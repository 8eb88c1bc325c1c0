/**
 * What TypeScript says to an application that is bundled: web-llm's own declarations can only be read with a bundler's
 * module resolution, so the compilation of this repository does not check against them.
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const application = join(root, "examples/web-llm/application.ts");

const IMPORTS = `
  import type { LogitProcessor, MLCEngineConfig } from "@mlc-ai/web-llm";
  import { RecallLogitProcessor, type HostQuote, type RecallSource, type TokenQuote } from "verbatim-runtime/web-llm";
  declare const tokenizerJson: unknown;
  const documents = [{ name: "a", text: "b" }];
`;

/** Every error in a file of an application, and the errors in the example. */
function errorsIn(source: string): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (name) => (name === application ? IMPORTS + source : readFile(name));
  host.fileExists = (name) => name === application || fileExists(name);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === application
      ? ts.createSourceFile(name, IMPORTS + source, ts.ScriptTarget.ES2022)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([application, join(root, "examples/web-llm/quote.ts")], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("a processor is what web-llm registers, and the example compiles", () => {
  const errors = errorsIn(`
    const recall = new RecallLogitProcessor({ tokenizerJson, documents });
    const processor: LogitProcessor = recall;
    const config: MLCEngineConfig = { logitProcessorRegistry: new Map([["model", recall]]) };
    const quotes: readonly HostQuote[] = recall.quotes;
    const text: string = quotes[0].text;
    const sources: RecallSource[] = quotes[0].sources();
    const ofTokens: readonly TokenQuote[] = new RecallLogitProcessor({ tokenizerJson, documents, mode: "token" }).quotes;
    const ofText = new RecallLogitProcessor({ tokenizerJson, documents, mode: "text", maxSpanBytes: 9 }).quotes;
    const bytes: Uint8Array = ofText[0].bytes;
    if (recall.session.mode === "text") recall.session.beginSpan({ end: "</q>" });
    else recall.session.beginSpan({ end: [1] });
    export { processor, config, text, sources, ofTokens, bytes };
  `);
  assert.equal(errors, []);
});

test("what is none is refused", () => {
  const errors = errorsIn(`
    const lacking: LogitProcessor = { processLogits: (logits: Float32Array) => logits, resetState() {} };
    const config: MLCEngineConfig = { logitProcessorRegistry: new Map([["model", 1]]) };
    new RecallLogitProcessor({ tokenizerJson });
    new RecallLogitProcessor({ tokenizerJson, documents, recallPrompt: true });
    new RecallLogitProcessor({ tokenizerJson, documents, mode: "text", maxSpanTokens: 9 });
    new RecallLogitProcessor({ tokenizerJson, documents }).quotes[0].bytes.length;
    export { lacking, config };
  `);
  assert.is(errors.length, 6);
  assert.match(errors[0], "Property 'processSampledToken' is missing");
  assert.match(errors[2], "Property 'documents' is missing");
  assert.match(errors[3], "'recallPrompt' does not exist");
  assert.match(errors[4], "'maxSpanTokens' does not exist");
  assert.match(errors[5], "possibly 'undefined'");
});

test.run();
