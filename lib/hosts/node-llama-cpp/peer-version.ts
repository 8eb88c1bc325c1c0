import { getModuleVersion } from "node-llama-cpp";
import { RecallError } from "../../base/errors.js";

/** Before this version a bias that was empty and became non-empty was ignored for one token. */
const OLDEST = [3, 21, 1];

let checked: Promise<void> | undefined;

/**
 * Checks the installed node-llama-cpp, once per process.
 * @throws RecallError `BACKEND_UNAVAILABLE`
 */
export function checkPeerVersion(): Promise<void> {
  return (checked ??= getModuleVersion().then(expectSupported));
}

/** @throws RecallError `BACKEND_UNAVAILABLE` for a version that ignores a bias now and then */
export function expectSupported(version: string): void {
  const parts = version.split(/[.-]/).slice(0, 3).map(Number);
  const first = parts.findIndex((part, i) => part !== OLDEST[i]);
  if (first === -1 || parts[first] > OLDEST[first]) return;
  throw new RecallError(
    "BACKEND_UNAVAILABLE",
    `node-llama-cpp ${version} is installed, and ${OLDEST.join(".")} or later is needed: before it, the first token ` +
      "of a span was sampled without its mask. Run: npm install node-llama-cpp@latest",
  );
}
