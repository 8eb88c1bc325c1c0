/**
 * The library in a browser: bundled as an application's build would, run in a Chromium without a window, on logits of a
 * real width. web-llm's own engine cannot run here, since it needs WebGPU; a stand-in calls the processor in the order
 * that `WebLlmPipeline` describes, and every step is compared with the definition of the mode.
 */

import { build, type BuildResult } from "esbuild";
import { default as o200kRanks } from "gpt-tokenizer/bpeRanks/o200k_base";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Page as BrowserPage } from "puppeteer-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tokenizerJson as jsonOf } from "../../examples/reference-model/tokenizer-files.js";
import { findChromium, PATIENCE_MS, startChromium } from "../support/chromium.js";
import { seedOfRun } from "../support/random.js";
import { ENGLISH, tinyLlama } from "../support/tiny-llama.js";
import { byteLevelJson } from "../support/tokenizers.js";
import type { Page } from "./support/browser-page.js";
import type { RecallSource } from "../../lib/entry/web-llm.js";
import { checkQuotes } from "./support/web-llm-conversations.js";

const executable = findChromium();
if (executable === null && process.env.CI === undefined) {
  console.log("skipped: no Chromium (CHROMIUM says where one is, /usr/bin/chromium unless given)");
  process.exit();
}
if (executable === null) throw new Error("No Chromium: install Debian's package, or say where one is by CHROMIUM");

/** As many as Qwen 2.5 has: its tokenizer's ids, and the width of its logits. */
const IDS = 151_669;
const WIDTH = 151_936;
const PLAIN_IDS = 151_643;

const seed = seedOfRun();
const root = fileURLToPath(new URL("../../../", import.meta.url));
const cities = readFileSync(`${root}examples/data/cities.txt`, "utf8");
const documents = [
  { name: "harbour.md", text: ENGLISH },
  { name: "cities.txt", text: cities.slice(0, cities.indexOf("\n", 3000) + 1) },
];

const tokenizerJson = byteLevelJson(
  o200kRanks
    .slice(0, PLAIN_IDS)
    .map((token) => (typeof token === "string" ? Buffer.from(token) : Uint8Array.from(token))),
  { "<|endoftext|>": PLAIN_IDS, "<|start_recall|>": 151_665, "<|end_recall|>": 151_666, "<|last|>": IDS - 1 },
);

/** What an application's bundler makes of a file of `dist`. */
function bundle(file: string, alias: Record<string, string> = {}) {
  return build({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
    logLevel: "silent",
    alias,
  });
}

type Bundle = BuildResult<{ write: false; metafile: true }>;

/** The files of the library in a bundle, without their folder. */
function libraryFiles({ metafile }: Bundle): string[] {
  return Object.keys(metafile.inputs)
    .filter((path) => path.startsWith("dist/lib/"))
    .map((path) => path.slice("dist/lib/".length));
}

const page = await bundle("dist/tests/hosts/support/browser-page.js");
const example = await bundle("dist/examples/web-llm/quote.js", {
  "@mlc-ai/web-llm": "./dist/tests/hosts/support/web-llm-stand-in.js",
});

const FILES: Record<string, [type: string, content: string | Uint8Array]> = {
  "/": ["text/html", "<!doctype html><script type=module src=/page.js></script>"],
  "/example": [
    "text/html",
    '<!doctype html><script type=module>import "/example.js"; document.title = "done";</script>',
  ],
  "/page.js": ["text/javascript", page.outputFiles[0].contents],
  "/example.js": ["text/javascript", example.outputFiles[0].contents],
  "/tokenizer.json": ["application/json", JSON.stringify(tokenizerJson)],
  "/small-tokenizer.json": ["application/json", JSON.stringify(jsonOf(tinyLlama().tokenizer))],
  "/report.md": ["text/plain; charset=utf-8", ENGLISH],
};

test("nothing of Node is in the bundle, with web-llm itself in it too", async () => {
  const whole = await bundle("dist/examples/web-llm/quote.js");
  assert.ok(Object.keys(whole.metafile.inputs).some((path) => path.includes("@mlc-ai/web-llm/lib/index.js")));
  for (const each of [page, example, whole]) {
    const files = libraryFiles(each);
    assert.ok(files.includes("entry/web-llm.js") && files.includes("engine/javascript/text/engine.js"));
    assert.ok(files.includes("engine/native/engine.browser.js"));
    assert.not(files.includes("engine/native/engine.js") || files.includes("engine/native/loader.js"));
  }
  assert.ok(libraryFiles(page).includes("entry/index.js"));
  const text = new TextDecoder().decode(page.outputFiles[0].contents);
  assert.not.match(text, /\bnode:|\brequire\(|\bprocess\.|\bBuffer\./);
});

const server = createServer(({ url = "" }, response) => {
  const [type, content] = FILES[url] ?? ["text/plain", ""];
  response.writeHead(url in FILES ? 200 : 404, { "content-type": type }).end(content);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const browser = await startChromium(executable);
console.log(await browser.version());

/** Opens a page of the server. What goes wrong in it, its log and its errors, is gathered. */
async function open(path: string): Promise<{ tab: BrowserPage; log: Promise<unknown[]>[]; errors: string[] }> {
  const tab = await browser.newPage();
  tab.setDefaultTimeout(PATIENCE_MS);
  const log: Promise<unknown[]>[] = [];
  const errors: string[] = [];
  tab.on("console", (message) => log.push(Promise.all(message.args().map((argument) => argument.jsonValue()))));
  tab.on("pageerror", (error) => errors.push(String(error)));
  await tab.setRequestInterception(true);
  tab.on("request", (request) => {
    const { origin: asked, pathname } = new URL(request.url());
    const isElsewhere = asked !== origin;
    const body = isElsewhere && pathname.endsWith("/tokenizer.json") ? FILES["/small-tokenizer.json"][1] : undefined;
    const headers = { "access-control-allow-origin": "*" };
    void (isElsewhere
      ? request.respond({ status: body === undefined ? 404 : 200, headers, body })
      : request.continue());
  });
  await tab.goto(origin + path);
  return { tab, log, errors };
}

const conversations = await open("/");
await conversations.tab.waitForFunction("globalThis.page !== undefined");

for (const mode of ["converseInText", "converseInTokens"] as const) {
  test(`${mode}: rows of ${WIDTH} logits, every step by the definition`, async () => {
    const { tab, errors } = conversations;
    const options = { documents, width: WIDTH, seed, steps: 160, rowEvery: 80 };
    const call = `page.${mode}(${JSON.stringify(options)})`;
    const { backend, masked, comparedRows, quotes } = (await tab.evaluate(call)) as ReturnType<Page[typeof mode]>;
    assert.equal(errors, []);
    assert.is(backend, "javascript");
    assert.is(await tab.evaluate("typeof process"), "undefined");
    const { found, sources } = checkQuotes(quotes, documents);
    console.log(`${mode}: ${masked} rows masked, ${comparedRows} compared, ${found} quotes, ${sources} sources`);
    assert.ok(masked > 30 && comparedRows === 2 && found > 3);
  });
}

test("the example quotes its report", async () => {
  const { tab, log, errors } = await open("/example");
  await tab.waitForFunction('document.title === "done"');
  assert.equal(errors, []);
  const [[answer], ...quotes] = await Promise.all(log);
  const report = Buffer.from(ENGLISH);
  for (const [text, source] of quotes as [string, RecallSource | undefined][]) {
    assert.ok((answer as string).includes(Buffer.from(`<recall>${text}</recall>`).toString("latin1")));
    if (text !== "") assert.is(report.subarray(...source!.bytes!).toString(), text);
  }
  console.log(`example: ${quotes.length} quotes`);
  assert.ok(quotes.some(([text]) => text !== ""));
  await tab.close();
});

test.after(async () => {
  await browser.close();
  server.close();
});

test.run();
