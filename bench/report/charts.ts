import { candidatesByDepth } from "./candidates-by-depth.js";
import type { ChartMaker } from "./chart.js";
import { peers } from "./peers.js";
import { readyAndMemory } from "./ready-and-memory.js";
import { spanByWork } from "./span-by-work.js";
import { stepByContext } from "./step-by-context.js";
import { stepByDepth } from "./step-by-depth.js";
import { textMode } from "./text-mode.js";

/** In the order of the page. */
export const chartMakers: readonly ChartMaker[] = [
  stepByContext,
  peers,
  candidatesByDepth,
  stepByDepth,
  spanByWork,
  readyAndMemory,
  textMode,
];

/** The charts that README shows. */
export const readmeCharts: readonly string[] = ["step-by-context", "peers"];
