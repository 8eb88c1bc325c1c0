/** Answers and what they score: each case by hand. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { scoreAnswer, type AnswerScore, type GivenAnswer } from "../../../lib/evaluation/scoring/score-answer.js";
import { summarize } from "../../../lib/evaluation/scoring/summary.js";
import { generateExamples, type WorkloadExample } from "../../../lib/evaluation/workload/example.js";

const [retrieval] = generateExamples({ task: "retrieval", entries: 20, seed: 1, form: "csv", place: "after" });
const [lookup] = generateExamples({ task: "lookup", entries: 20, seed: 1 });
const right = retrieval!.document.slice(retrieval!.entry.start, retrieval!.entry.end);
const other = retrieval!.document.split("\n").find((line) => line.startsWith("-") && line !== right)!;
const { value } = retrieval!;

/** An answer written with its quotes between braces; one without the closing brace is cut off. */
function score(example: WorkloadExample, written: string, tokens = 100): AnswerScore {
  const quotes = [...written.matchAll(/\{([^}]*)(\}?)/g)].map(([, text, end]) => ({ text: text!, closed: end !== "" }));
  const given: GivenAnswer = {
    text: written.replace(/[{}]/g, ""),
    quotes,
    tail: written.slice(written.lastIndexOf("}") + 1),
    tokens,
  };
  return scoreAnswer(example, given);
}

test("the value after the last mark is the answer", () => {
  for (const [written, answered, isRight] of [
    [`Answer: ${value}`, true, true],
    [`I see {${right}}.\nAnswer: ${value}.`, true, true],
    [`Answer: {${value}}`, true, true],
    [`Answer: abc\nNo:\nAnswer: ${value}\n`, true, true],
    [`Answer: ${value}\nNo:\nAnswer: abc`, true, false],
    [`Answer: ${value.slice(1)}`, true, false],
    [`Answer: ${value.toLowerCase()}`, true, value === value.toLowerCase()],
    [`It is ${value}`, false, false],
    [`${value}\nAnswer: `, false, false],
    ["", false, false],
  ] as const) {
    const found = score(retrieval!, written);
    assert.equal([found.answered, found.right], [answered, isRight], written);
  }
});

test("a lookup is answered by exactly the value, after the quote", () => {
  const line = lookup!.document.slice(lookup!.entry.start, lookup!.entry.end);
  for (const [written, isRight] of [
    [` {${line}} ${lookup!.value}`, true],
    [` ${lookup!.value}`, true],
    [` {${line}} ${lookup!.value}x`, false],
    [` {${line}}`, false],
    [` {${line}} ${line}`, false],
  ] as const) {
    assert.is(score(lookup!, written).right, isRight, written);
  }
});

test("quotes: exact, of another entry, invented, empty, cut off", () => {
  const counts = (written: string) => {
    const { quotes, exact, wrongEntry } = score(retrieval!, written);
    return [quotes, exact, wrongEntry];
  };
  assert.equal(counts("no quote"), [0, 0, 0]);
  assert.equal(counts(`{${right}}`), [1, 1, 0]);
  assert.equal(counts(`{${value}} {${other}}`), [2, 2, 1]);
  assert.equal(counts(`{${right}x}`), [1, 0, 0]);
  assert.equal(counts("{}"), [0, 0, 0]);
  assert.equal(counts(`{${right.slice(0, 8)}`), [1, 1, 0]);
  // It stands in the right entry, and in others too.
  assert.equal(counts("{,}"), [1, 1, 0]);
  assert.equal(counts("{key,value}"), [1, 1, 1]);
});

test("the reward is the paper's: overlap with the entry, density, malformed quotes", () => {
  const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}`);
  near(score(retrieval!, `{${right}}`).reward, 1);
  near(score(retrieval!, `{${other}}`).reward, 0);
  near(score(retrieval!, `{${value}}`).reward, 20 / (value.length + right.length) / 0.9);
  near(score(retrieval!, `{${right}} {${right}} {${right}}`, 128).reward, 0.5);
  near(score(retrieval!, `{${right}} {${right}`).reward, 0);
  near(score(retrieval!, "nothing").reward, 0);
});

test("a summary counts answers and quotes", () => {
  const measured = (written: string, tokensPerSecond: number) => ({
    ...score(retrieval!, written),
    promptTokens: 100 + written.length,
    tokensPerSecond,
  });
  const written = [`{${right}}\nAnswer: ${value}`, `{${other}} {x${right}}\nAnswer: ${value}`, "?"];
  const summary = summarize([measured(written[0]!, 30), measured(written[1]!, 50), measured(written[2]!, 0)], 1);
  const rate = (name: "answered" | "right" | "recallUsed" | "exactQuotes" | "wrongEntry" | "tokensPerSecond") => [
    summary[name]!.value,
    summary[name]!.count,
  ];
  assert.equal(rate("answered"), [2 / 3, 3]);
  assert.equal(rate("right"), [2 / 3, 3]);
  assert.equal(rate("recallUsed"), [2 / 3, 3]);
  assert.equal(rate("exactQuotes"), [2 / 3, 3]);
  assert.equal(rate("wrongEntry"), [1 / 2, 2]);
  assert.equal(rate("tokensPerSecond"), [40, 2]);
  assert.is(summary.reward!.count, 3);
  assert.is(Math.round(summary.promptTokens), Math.round(100 + written.join("").length / 3));
  const none = summarize([], 1);
  assert.equal([none.right, none.exactQuotes, none.reward, none.promptTokens], [null, null, null, 0]);
});

test.run();
