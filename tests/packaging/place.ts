import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser } from "puppeteer-core";
import { findChromium, startChromium } from "../support/chromium.js";
import { scratch } from "../support/scratch.js";
import { NotRun } from "./case.js";

/** Where cases run: a project in which the packed package is installed. */
export class Place {
  readonly folder: string;
  /** A folder from which no installed package is found. */
  readonly elsewhere = mkdtempSync(join(scratch, "elsewhere-"));
  #browser: Promise<Browser> | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes a folder of the project, with these files in it. */
  write(name: string, files: Record<string, string>): string {
    const folder = join(this.folder, "cases", name);
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  /** A program that npm installed in the project. */
  tool(name: string): string {
    return join(this.folder, "node_modules/.bin", name);
  }

  /** Calls `run` while the package is not installed here. */
  async withoutPackage<Result>(run: () => Promise<Result>): Promise<Result> {
    const installed = join(this.folder, "node_modules/verbatim-runtime");
    renameSync(installed, `${installed}.hidden`);
    try {
      return await run();
    } finally {
      renameSync(`${installed}.hidden`, installed);
    }
  }

  /** @throws NotRun where there is no Chromium */
  browser(): Promise<Browser> {
    const executable = findChromium();
    if (executable === null)
      throw new NotRun("no Chromium (CHROMIUM says where one is, /usr/bin/chromium unless given)");
    return (this.#browser ??= startChromium(executable));
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close();
  }
}
