import { test } from "uvu";
import * as assert from "uvu/assert";
import { chartMakers } from "../../bench/report/charts.js";
import { duration } from "../../bench/report/numbers.js";
import { page } from "../../bench/report/page.js";
import { picture, wrap } from "../../bench/report/picture.js";
import { commonTexts } from "../../bench/report/select.js";
import { reportResults } from "./report-results.js";

const results = reportResults();
const charts = chartMakers.map((maker) => maker.make(results)!);

test("titles say what was measured", () => {
  assert.equal(
    charts.map(({ title }) => title),
    [
      "In 131,072 tokens of natural text a step takes 40 ns: 3,277× less than a rescan, 164× less than the paper's filter",
      "With 2,000 tokens to search, a token of a quote takes 5 ms with Verbatim and 20 ms to 50 ms by other exact ways; opening a quote takes 9 ms, and 30 ms to 600 ms",
      "After four tokens of a quote, of 10,000 places there are left 2 in natural text, 2 in key–value JSON, 2 in log lines and 2 in source code",
      "At their dearest the paper's filter takes 5 µs a step (k = 1) and Verbatim 50 ns (k = 1), 100× less",
      "A whole quote takes the paper's filter time that grows as work^1.00, and Verbatim as work^0.00",
      "131,072 tokens of natural text can be quoted after 2.62 ms, of the worst text after 10.5 ms; a token keeps 12.5 bytes, at most 12.5",
      "Quotes between tags: a step in natural text takes 900 ns in a new context, 600 ns once what it begins with has been worked out",
    ],
  );
});

test("the page has every chart, with its title and its figures, and every table", () => {
  const text = page(results, []);
  for (const { name, title, table } of charts) {
    assert.ok(text.includes(`<figure id="${name}">`), name);
    assert.ok(text.includes(`<h2>${title.replaceAll("'", "&#39;")}</h2>`), title);
    for (const cell of table.rows.flat()) assert.ok(text.includes(`>${cell.replaceAll("'", "&#39;")}</td>`), cell);
  }
  for (const figure of ["33.5 ms", "8.9 ms", "17 µs", "400 ns"]) assert.ok(text.includes(`>${figure}</td>`), figure);
  assert.match(text, /Of \d+ ratios and counts \d+ meet their goals/);
  for (const fact of ["a processor", "abc1234", "v20.0.0", "2026-01-02 03:04 UTC"])
    assert.ok(text.includes(fact), fact);
  assert.not.match(text, /NaN|undefined|not measured here yet/);
});

test("no panel is empty", () => {
  const [context, , candidates, depth] = charts;
  for (const width of [350, 820]) {
    for (const chart of [context!, candidates!, depth!]) {
      const { markup } = chart.draw(width);
      for (const text of commonTexts) assert.ok(markup.includes(`>${text}</text>`), `${chart.name}: ${text}`);
      assert.not.match(markup, /NaN|d=""/);
    }
    const lines = [...context!.draw(width).markup.matchAll(/<path d="M[^"]*L[^"]*L[^"]*" stroke=/g)];
    assert.is(lines.length, 3 * commonTexts.length);
  }
});

test("the page asks for no other file", () => {
  const text = page(results, []);
  assert.equal([...new Set(text.match(/https?:[^\s"'<)]*/g))], ["http://www.w3.org/2000/svg"]);
  assert.not.match(text, /\b(src|srcset|href)\s*=|url\(|@import|<script|<link/);
});

test("what is missing is named with the command that measures it", () => {
  const text = page(new Map(), []);
  for (const bench of [
    ...chartMakers.map(({ bench }) => bench),
    "session",
    "node-llama-cpp",
    "transformers",
    "web-llm",
  ]) {
    assert.ok(text.includes(`<code>npm run bench -- ${bench}</code>`), bench);
  }
  for (const { subject } of chartMakers) assert.ok(text.includes(subject), subject);
  assert.ok(text.includes("gpu-check.sh"));
  assert.not.match(text, /<svg|<td/);
});

test("text of measurements is escaped, in tables and in drawings", () => {
  const strange = `<img src=x onerror="alert(1)"> & 'co'`;
  const renamed = new Map(results);
  for (const bench of ["peers", "web-llm"]) {
    const old = results.get(bench)!;
    renamed.set(bench, {
      ...old,
      measurements: old.measurements.map((one) => ({ ...one, way: strange, text: strange })),
    });
  }
  const text = page(renamed, []);
  assert.not.match(text, "<img");
  assert.ok(text.includes("<td>&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &#39;co&#39;</td>"));
  const drawn = picture(chartMakers[1]!.make(renamed)!, 800, "light", results.get("peers")!.machine);
  assert.not.match(drawn, "<img");
});

test("a picture has the colours of its theme, and no variable is left", () => {
  const { machine } = results.get("engine")!;
  for (const chart of charts) {
    const [light, dark] = (["light", "dark"] as const).map((theme) => picture(chart, 800, theme, machine));
    assert.not.match(light!, /var\(--(?!plot-background)/);
    assert.is.not(light, dark);
    assert.ok(light!.includes(`<title>`) && light!.includes("commit abc1234"));
  }
});

test("wrapping keeps all words, and lines within their length", () => {
  const text = "a step takes 40 ns in a context of 131,072 tokens";
  const lines = wrap(text, 16);
  assert.is(lines.join(" "), text);
  assert.ok(lines.every((line) => line.length <= 16));
});

test("durations have the unit in which they are read", () => {
  assert.equal([4.26, 37.4, 999.4, 999.6, 2_345, 63_932, 999_700, 1.5e9].map(duration), [
    ...["4.26 ns", "37 ns", "999 ns", "1 µs", "2.35 µs", "63.9 µs", "1 ms", "1.5 s"],
  ]);
});

test.run();
