import { parentPort, workerData } from "node:worker_threads";
import type { CudaAddon } from "../../../lib/cuda/cuda-addon.js";
import { loadNativeEngine } from "../../../lib/engine/native/engine.js";
import { quoteForever, quoteOnce } from "./quoting.js";

const { rounds } = workerData as { rounds: number };
parentPort?.postMessage("started");
if (rounds === Infinity) quoteForever();
for (let round = 0; round < rounds; round++) quoteOnce(round);
const addon = loadNativeEngine().addon as unknown as CudaAddon;
parentPort?.postMessage({ liveEngines: addon.liveCudaEngines() });
