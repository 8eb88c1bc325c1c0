import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory of this process that goes away with it. */
export const scratch = mkdtempSync(join(tmpdir(), "verbatim-test-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
