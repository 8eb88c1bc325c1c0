import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { filesUnder } from "../support/files.mjs";
import { repository } from "../support/repository.mjs";
import { runNode } from "../support/run.mjs";
import { fingerprintOfTimes, isStamped, writeStamp } from "../support/stamp.mjs";

const STAMP = "build/.stamp";

/**
 * Builds build/Release/verbatim.node where a source changed.
 * @throws Error where there is no C++20 compiler, or the build fails.
 */
export function buildAddon() {
  const sources = filesUnder("native", /\.(cpp|hpp|h|gypi)$/);
  const fingerprint = fingerprintOfTimes([...sources, "binding.gyp"]);
  const isBuilt = existsSync(join(repository, "build/Release/verbatim.node"));
  if (isBuilt && isStamped(STAMP, fingerprint)) return;
  console.log("Building the addon");
  // From scratch, since make goes by time: a header that was copied here with its old time would go unnoticed.
  runNode(["node_modules/node-gyp/bin/node-gyp.js", "rebuild", "--jobs", "max", ...localHeaders()]);
  writeStamp(STAMP, fingerprint);
}

/** The headers that came with this Node, where they did: without them node-gyp downloads its own. */
function localHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, "include/node/node_api.h")) ? [`--nodedir=${prefix}`] : [];
}
