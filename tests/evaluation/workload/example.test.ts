/** Examples of the paper's workload: deterministic, the answer in them once, and as long as they shall be. */

import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import llamaTokenizer from "llama-tokenizer-js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { drawEntries, type DictionaryForm } from "../../../lib/evaluation/workload/dictionary.js";
import {
  generateExamples,
  promptText,
  WORKLOAD_TASKS,
  type ExampleOptions,
  type WorkloadExample,
} from "../../../lib/evaluation/workload/example.js";
import { fitEntries, tokensByBytes } from "../../../lib/evaluation/workload/fit-length.js";
import { QUESTION_PLACES } from "../../../lib/evaluation/workload/prompt-wording.js";
import { RandomDraws } from "../../../lib/evaluation/workload/random-draws.js";
import { seedOfRun } from "../../support/random.js";
import { thrownBy } from "../../support/thrown.js";

const seed = seedOfRun();

function generate(options: Partial<ExampleOptions> & Pick<ExampleOptions, "task">): WorkloadExample {
  return generateExamples({ entries: 50, seed, ...options })[0]!;
}

/** Reads a dictionary back, by its form alone. */
const READERS: Record<DictionaryForm, (document: string) => [key: string, value: string][]> = {
  csv: (document) => {
    const [head, ...lines] = document.trimEnd().split("\n");
    assert.is(head, "key,value");
    return lines.map((line) => line.split(",") as [string, string]);
  },
  json: (document) =>
    [...document.matchAll(/"(.+)": "(.+)"/g)].map(([, key, value]) => {
      assert.is((JSON.parse(document) as Record<string, string>)[key!], value);
      return [key!, value!];
    }),
  lines: (document) =>
    document
      .trimEnd()
      .split("\n\n")
      .map((entry) => /^Key (-?\d+):\n(\w+)$/.exec(entry)!.slice(1) as [string, string]),
  pairs: (document) =>
    document
      .trimEnd()
      .split("\n")
      .map((line) => line.split(": ") as [string, string]),
};

const occurrences = (text: string, part: string) => text.split(part).length - 1;

for (const task of WORKLOAD_TASKS) {
  test(`${task}: the answer stands once in the prompt, in the entry of the key, which is the dictionary's only one`, () => {
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const example = generate({ task, seed: seed * 1000 + i, entries: 1 + i * 3 });
      const { document, key, value, entry, form, place, before, after, problem } = example;
      seen.add(form).add(place);
      assert.is(occurrences(promptText(example), value), 1);
      const written = document.slice(entry.start, entry.end);
      assert.equal(
        READERS[form](form === "csv" ? `key,value\n${written}` : form === "json" ? `{${written}}` : written),
        [[key, value]],
      );
      const read = READERS[form](document);
      assert.is(read.length, 1 + i * 3);
      assert.is(new Set(read.map(([each]) => each)).size, read.length);
      assert.is(new Set(read.map(([, each]) => each)).size, read.length);
      assert.is(read.find(([each]) => each === key)![1], value);
      const question = problem === null ? key : problem.text;
      assert.is(before.includes(question), place !== "after");
      assert.is(after.includes(question), place !== "before");
      assert.is(problem === null, task !== "reasoning-retrieval");
      if (problem !== null) assert.is(String(problem.answer), key);
      // eslint-disable-next-line no-control-regex
      assert.match(promptText(example), /^[\x00-\x7f]*$/);
    }
    assert.equal(
      [...seen].sort(),
      task === "lookup" ? ["after", "pairs"] : ["after", "before", "both", "csv", "json", "lines"],
    );
  });

  test(`${task}: the same seed gives the same text, another seed another`, () => {
    const options = { task, entries: 20 };
    assert.equal(generate(options), generate(options));
    const texts = new Set(Array.from({ length: 50 }, (_, i) => promptText(generate({ ...options, seed: seed + i }))));
    assert.is(texts.size, 50);
  });

  test(`${task}: the entry that is asked for stands anywhere`, () => {
    const depths = Array.from({ length: 300 }, (_, i) => {
      const { entry, document } = generate({ task, seed: seed + i, entries: 40 });
      return entry.start / document.length;
    });
    for (const quarter of [0, 1, 2, 3]) {
      const inQuarter = depths.filter((depth) => Math.floor(depth * 4) === quarter).length;
      assert.ok(inQuarter > 35 && inQuarter < 120, `${inQuarter} of 300 in quarter ${quarter}`);
    }
  });
}

test("text by text what seeds have always given", () => {
  const [lookup] = generateExamples({ task: "lookup", entries: 3, seed: 1 });
  assert.is(promptText(lookup!), "9246: nEi79QaOSR\n1505: 2uuuZTuC8j\n2199: kcIQQoRSlm\nQ: 1505\nA:");
  const [reasoning] = generateExamples({
    task: "reasoning-retrieval",
    entries: 2,
    seed: 2,
    form: "csv",
    place: "after",
  });
  assert.is(reasoning!.problem!.text, "Find $x$: $$x = 35 - 12 \\cdot 94 + 30$$");
  assert.equal(reasoning!.problem!.steps, ["12 * 94 = 1128", "35 - 1128 = -1093", "-1093 + 30 = -1063", "x = -1063"]);
});

test("form and place are as they are asked for; a longer dictionary leaves the question as it is", () => {
  for (const form of ["csv", "json", "lines"] as const) {
    for (const place of QUESTION_PLACES) {
      const example = generate({ task: "reasoning-retrieval", form, place });
      assert.equal([example.form, example.place], [form, place]);
      const longer = generate({ task: "reasoning-retrieval", form, place, entries: 500 });
      assert.equal([longer.before, longer.after, longer.key], [example.before, example.after, example.key]);
    }
  }
});

test("several questions about one dictionary: different entries, as far as there are any", () => {
  for (const task of ["retrieval", "lookup"] as const) {
    const examples = generateExamples({ task, entries: 10, seed, questions: 25 });
    assert.is(examples.length, 25);
    assert.is(new Set(examples.map(({ document }) => document)).size, 1);
    for (const from of [0, 10]) {
      assert.is(new Set(examples.slice(from, from + 10).map(({ key }) => key)).size, 10);
    }
  }
  assert.match(
    thrownBy(() => generateExamples({ task: "reasoning-retrieval", entries: 10, seed, questions: 2 })),
    /^RangeError: A dictionary of reasoning-retrieval answers one question$/,
  );
});

const countO200k = (example: WorkloadExample) => countTokens(promptText(example));
const countLlama = (example: WorkloadExample) => llamaTokenizer.encode(promptText(example)).length;
const TOKENIZERS: [name: string, count: (example: WorkloadExample) => number, lengths: number[], most: number][] = [
  ["o200k", countO200k, [1024, 16_384], 0.03],
  ["Llama", countLlama, [1024], 0.03],
  ["half as many as bytes", tokensByBytes(), [1024, 131_072, 262_144], 0.03],
];

for (const [name, count, lengths, most] of TOKENIZERS) {
  test(`prompts are as long as they shall be, in tokens: ${name}`, () => {
    for (const task of WORKLOAD_TASKS) {
      for (const tokens of lengths) {
        const options = { task, seed };
        const entries = fitEntries({ ...options, tokens, countTokens: count });
        const found = count(generate({ ...options, entries }));
        assert.ok(found <= tokens && found > tokens * (1 - most), `${task}: ${found} of ${tokens}`);
      }
    }
  });
}

test("the estimate by bytes is near a tokenizer's count", () => {
  for (const task of WORKLOAD_TASKS) {
    const example = generate({ task, entries: 300 });
    const ratio = tokensByBytes()(example) / countO200k(example);
    assert.ok(ratio > 0.7 && ratio < 1.1, `${task}: ${ratio}`);
  }
});

test("counts and seeds that are none are refused", () => {
  const options = { task: "retrieval", entries: 5, seed } as const;
  for (const [bad, name] of [
    [{ entries: 0 }, "entries"],
    [{ questions: 0 }, "questions"],
    [{ seed: -1 }, "seed"],
    [{ seed: 0.5 }, "seed"],
  ] as const) {
    assert.match(
      thrownBy(() => generateExamples({ ...options, ...bad })),
      new RegExp(`^RangeError: Expected "${name}" to be an integer`),
    );
  }
});

test("fewer keys than entries are refused", () => {
  const draw = (high: number) => drawEntries(new RandomDraws(seed), { count: 9, keys: [0, high] });
  assert.match(
    thrownBy(() => draw(8)),
    /^RangeError: There are too few keys from 0 to 8 for 9 entries$/,
  );
  assert.is(new Set(draw(9).map(({ key }) => key)).size, 9);
});

test("a length in which nothing fits is refused", () => {
  const options = { task: "retrieval", seed, countTokens: countO200k } as const;
  assert.match(
    thrownBy(() => fitEntries({ ...options, tokens: 20 })),
    /^RangeError: A prompt takes at least \d+ tokens, not 20$/,
  );
  const least = countO200k(generate({ task: "retrieval", entries: 1 }));
  assert.is(fitEntries({ ...options, tokens: least }), 1);
});

test.run();
