import type { Case } from "../case.js";
import { reportOf } from "../programs.js";
import { EXPECTED, MODULE, PRINT } from "../quoting-program.js";

function denoCase(name: string, engine: keyof typeof EXPECTED, flags: string[]): Case {
  return {
    name: `Deno, ${name}`,
    expected: EXPECTED[engine],
    run: (place) => {
      const folder = place.write("deno", { "program.mjs": MODULE + PRINT });
      const fixed = ["run", "--quiet", "--no-prompt", "--node-modules-dir=manual"];
      return reportOf(place.tool("deno"), [...fixed, ...flags, "program.mjs"], folder);
    },
  };
}

export const denoCases: Case[] = [
  denoCase("all permissions", "native", ["--allow-all"]),
  denoCase("--allow-env --allow-ffi --allow-read", "native", ["--allow-env", "--allow-ffi", "--allow-read"]),
  denoCase("--allow-ffi --allow-read", "javascript", ["--allow-ffi", "--allow-read"]),
  denoCase("--allow-env --allow-read", "javascript", ["--allow-env", "--allow-read"]),
  denoCase("--allow-read", "javascript", ["--allow-read"]),
  denoCase("no permission", "javascript", []),
];
