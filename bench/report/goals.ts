import { countGoals, goalRows } from "../goals/goal-rows.js";
import type { Section } from "./section.js";
import type { AllResults } from "./select.js";

/** The goals, each with what was measured. */
export function goalsSection(results: AllResults): Section {
  const rows = goalRows(results);
  const isMeasured = rows.some(({ verdict }) => verdict !== "not measured");
  const gate = rows.filter(({ isTime }) => !isTime);
  const met = gate.filter(({ verdict }) => verdict === "met").length;
  return {
    heading: isMeasured ? `Of ${gate.length} ratios and counts ${met} meet their goals` : "The goals",
    note: `Spans of 32 tokens that begin anywhere, one core. ${isMeasured ? countGoals(rows) : ""}`,
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
