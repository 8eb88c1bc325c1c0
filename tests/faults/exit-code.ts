/** How the probe says that it found a mismatch. */
export const mismatchExitCode = 3;
