import { goalRows } from "../goals/goal-rows.js";
import type { Section } from "./section.js";
import type { AllResults } from "./select.js";

/** The goals, each with what was measured. */
export function goalsSection(results: AllResults): Section {
  const rows = goalRows(results);
  const count = (wanted: string) => rows.filter(({ verdict }) => verdict === wanted).length;
  const found = `${count("met")} are met, ${count("short")} missed and ${count("not measured")}`;
  const isMeasured = count("not measured") < rows.length;
  return {
    heading: isMeasured ? `Of ${rows.length} goals ${found} not measured` : "The goals",
    note: "Spans of 32 tokens that begin anywhere, one core. Ratios are the gate; nanoseconds are those of this machine.",
    command: "npm run bench",
    tables: isMeasured
      ? [
          {
            header: ["goal", "verdict", "context", "bound", "measured"],
            rows: rows.map(({ name, context, bound, measured, verdict }) => [
              name.replaceAll("`", ""),
              verdict,
              context,
              bound,
              measured,
            ]),
          },
        ]
      : [],
  };
}
