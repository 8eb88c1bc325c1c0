import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Report } from "./quoting-program.js";

const execute = promisify(execFile);

/**
 * What a program writes on its standard output.
 * @throws Error where it does not end well, with all it wrote
 */
export async function outputOf(
  command: string,
  args: readonly string[],
  folder: string,
  environment: Record<string, string> = {},
): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: undefined, VERBATIM_ADDON: undefined, ...environment };
  try {
    return (await execute(command, args, { cwd: folder, env, encoding: "utf8", maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    const { message, stdout } = error as Error & { stdout?: string };
    throw new Error(`${message}\n${stdout ?? ""}`, { cause: error });
  }
}

/** Runs a program that prints a `Report`, and nothing else on its standard output. */
export async function reportOf(...program: Parameters<typeof outputOf>): Promise<Report> {
  return JSON.parse(await outputOf(...program)) as Report;
}

/** The flag of Node's permission model. */
export const PERMISSION =
  Number(process.versions.node.split(".")[0]) < 23 ? "--experimental-permission" : "--permission";

/** The variable by which a program that runs in this checkout is told of its addon. */
export const NAMED_ADDON = { VERBATIM_ADDON: "build/Release/verbatim.node" };
