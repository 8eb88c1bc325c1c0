import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Machines that run tests may have much else to do. */
export const PATIENCE_MS = 300_000;

/** The Chromium of this machine: `$CHROMIUM`, or Debian's. `null` where there is none. */
export function findChromium(): string | null {
  const path = process.env.CHROMIUM || "/usr/bin/chromium";
  return existsSync(path) ? path : null;
}

/** Starts it without a window and with a profile that goes away with the process. */
export async function startChromium(executablePath: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "verbatim-chromium-"));
  process.on("exit", () => rmSync(profile, { recursive: true, force: true }));
  const patience = { timeout: PATIENCE_MS, protocolTimeout: PATIENCE_MS };
  return puppeteer.launch({ executablePath, headless: true, userDataDir: profile, args: FLAGS, ...patience });
}
