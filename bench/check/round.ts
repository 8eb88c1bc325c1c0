/**
 * Rounds of what is measured in JavaScript, in a process of their own: prints the samples of each as JSON.
 * Usage: node round.js ROUNDS
 */
import { sample } from "./gauge.js";
import { sessionGauges } from "./session-gauges.js";
import { textGauges } from "./text-gauges.js";

const gauges = [...sessionGauges(), ...textGauges()];
console.log(JSON.stringify(Array.from({ length: Number(process.argv[2]) }, () => sample(gauges))));
