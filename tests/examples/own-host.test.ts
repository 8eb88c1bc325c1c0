import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { generate } from "../../examples/own-host.js";
import { Random } from "../support/random.js";

const VOCAB = 20;
const [START, END, END_OF_TEXT] = [0, 1, 2];

test("the adapter of docs/hosts.md quotes what stands in the prompt or the answer, whatever the logits", async () => {
  let quoted = 0;
  for (let seed = 1; seed <= 800; seed++) {
    const random = new Random(seed);
    const prompt = Array.from({ length: 60 }, () => 3 + random.below(VOCAB - 3));
    const host = {
      ...{ vocabSize: VOCAB, startTokenId: START, endTokenId: END, endOfTextId: END_OF_TEXT },
      read: () => Promise.resolve(Float32Array.from({ length: VOCAB }, () => random.below(6))),
    };
    const { answer, quotes } = await generate(host, prompt, 80, seed);
    const all = [...prompt, ...answer];
    for (const { tokens, start, end } of quotes) {
      assert.equal([...tokens], all.slice(start, end), `seed ${seed}`);
      const before = all.slice(0, start).join();
      assert.ok(`,${before},`.includes(`,${[...tokens].join()},`) || tokens.length === 0, `seed ${seed}: ${tokens}`);
      if (tokens.length > 0) quoted++;
    }
  }
  assert.ok(quoted > 500, `${quoted}`);
});

test("docs/hosts.md shows the adapter as it is", () => {
  const root = new URL("../../../", import.meta.url);
  const adapter = readFileSync(new URL("examples/own-host.ts", root), "utf8");
  assert.ok(readFileSync(new URL("docs/hosts.md", root), "utf8").includes(`\`\`\`ts\n${adapter}\`\`\`\n`));
});

test.run();
