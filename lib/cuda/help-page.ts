import { platformName } from "../engine/native/platform.js";

/** Somewhere CUDA was looked for, and why it is not there. */
export interface Attempt {
  readonly tried: string;
  readonly failed: string;
}

const USE_THE_CPU = "Use RecallSession or RecallBatch: the CPU engine masks logits that reach JavaScript.";

/** What can be done where no library could be loaded. */
export const LIBRARY_ADVICE = [
  "Build the library from a checkout of the repository: npm run build:cuda (needs the CUDA toolkit, CMake and a C++20 compiler).",
  "Set VERBATIM_CUDA to the path of a Verbatim CUDA library built elsewhere for this platform.",
];

/** What can be done where the library has no device to run on. */
export const DEVICE_ADVICE = [
  "See what nvidia-smi reports: it needs a driver and a device too. In a container, pass the GPU through.",
  "Install an NVIDIA driver as new as the library's CUDA version, or build the library with an older CUDA toolkit.",
  "Choose another device by the option `device`, and look at CUDA_VISIBLE_DEVICES, which hides devices.",
];

/** Why CUDA is not in use, and what to do about it. */
export function cudaHelpPage(attempts: readonly Attempt[], advice: readonly string[]): string {
  return [
    "CUDA cannot be used.",
    ...attempts.flatMap(({ tried, failed }) => [`  Tried:    ${tried}`, `  Failed:   ${indent(failed)}`]),
    `  Platform: ${platformName()}`,
    "What you can do:",
    ...[...advice, USE_THE_CPU].map((hint) => `  - ${hint}`),
  ].join("\n");
}

function indent(text: string): string {
  return text.trim().replaceAll("\n", "\n            ");
}
