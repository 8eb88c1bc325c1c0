import { parentPort, workerData } from "node:worker_threads";
import { loadNativeEngine } from "../../../lib/engine/native/engine.js";
import { quote } from "./quoting.js";

const { seed, steps } = workerData as { seed: number; steps: number };
const engine = loadNativeEngine();
parentPort?.postMessage("started");
quote(engine, seed, steps);
parentPort?.postMessage({ liveContexts: engine.addon.liveContexts() });
