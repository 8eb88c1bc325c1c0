import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "./repository.mjs";

/** A digest of the names, sizes and times of `files` (paths relative to the repository). */
export function fingerprintOfTimes(files) {
  const digest = createHash("sha256");
  for (const file of files) {
    const { mtimeMs, size } = statSync(join(repository, file));
    digest.update(`${file}\0${mtimeMs}\0${size}\0`);
  }
  return digest.digest("hex");
}

/** A digest of what a file holds. */
export function fingerprintOfContent(file) {
  return createHash("sha256")
    .update(readFileSync(join(repository, file)))
    .digest("hex");
}

/** A step is up to date while its stamp file holds the fingerprint of its inputs. */
export function isStamped(stamp, fingerprint) {
  const path = join(repository, stamp);
  return existsSync(path) && readFileSync(path, "utf8") === fingerprint;
}

export function writeStamp(stamp, fingerprint) {
  const path = join(repository, stamp);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, fingerprint);
}
