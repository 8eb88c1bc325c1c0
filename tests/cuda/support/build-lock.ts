import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** This file is dist/tests/cuda/support/build-lock.js. */
const LOCK = join(fileURLToPath(new URL("../../../../", import.meta.url)), "build", "cuda-emulated.lock");

/** Builds while no other process does: test files run at the same time, and share what they build. */
export async function whileLocked<Result>(build: () => Promise<Result>): Promise<Result> {
  while (!tryLocking()) await setTimeout(50);
  try {
    return await build();
  } finally {
    rmSync(LOCK);
  }
}

/** Makes the lock, a file that holds the number of its process. Where that process is gone the lock is taken away. */
function tryLocking(): boolean {
  mkdirSync(dirname(LOCK), { recursive: true });
  try {
    const file = openSync(LOCK, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (isAbandoned()) rmSync(LOCK, { force: true });
    return false;
  }
}

function isAbandoned(): boolean {
  try {
    const owner = Number(readFileSync(LOCK, "utf8"));
    // 0: it is being written.
    if (owner > 0) process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
