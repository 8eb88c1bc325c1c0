import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Report } from "./quoting-program.js";

const execute = promisify(execFile);

/** Runs a program that prints a `Report`, and nothing else on its standard output. */
export async function reportOf(
  command: string,
  args: readonly string[],
  folder: string,
  environment: Record<string, string> = {},
): Promise<Report> {
  const env = { ...process.env, NODE_OPTIONS: undefined, VERBATIM_ADDON: undefined, ...environment };
  const { stdout } = await execute(command, args, { cwd: folder, env, encoding: "utf8" });
  return JSON.parse(stdout) as Report;
}

/** The flag of Node's permission model. */
export const PERMISSION =
  Number(process.versions.node.split(".")[0]) < 23 ? "--experimental-permission" : "--permission";
