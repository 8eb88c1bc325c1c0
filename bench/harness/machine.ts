import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type as systemType } from "node:os";

/** Where and when figures were measured, and of which commit. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Of one core, where the system tells. */
  readonly secondLevelCacheBytes?: number;
  readonly system: string;
  readonly node: string;
  /** With a plus sign where the checkout had changes. */
  readonly commit: string;
  /** In ISO 8601, to the minute. */
  readonly date: string;
}

export function describeMachine(): Machine {
  const cacheBytes = secondLevelCacheBytes();
  return {
    processor: cpus()[0]?.model ?? "unknown processor",
    cores: cpus().length,
    memoryBytes: totalmem(),
    ...(cacheBytes === undefined ? {} : { secondLevelCacheBytes: cacheBytes }),
    system: `${systemType()} ${release()}`,
    node: process.version,
    commit: commit(),
    date: `${new Date().toISOString().slice(0, 16)}Z`,
  };
}

function secondLevelCacheBytes(): number | undefined {
  try {
    const size = readFileSync("/sys/devices/system/cpu/cpu0/cache/index2/size", "utf8");
    return parseInt(size, 10) * 1024;
  } catch {
    return undefined;
  }
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty=+"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
