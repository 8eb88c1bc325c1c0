import { RecallError } from "../../base/errors.js";
import type { Engine } from "../engine.js";

/** Stands in for `native.ts` where a bundler builds for browsers: there are no addons there. */
export function loadNativeEngine(): Engine {
  throw new RecallError(
    "BACKEND_UNAVAILABLE",
    'Native addons cannot be loaded in a browser.\nUse the JavaScript engine: { backend: "javascript" }, or the default, "auto".',
  );
}
