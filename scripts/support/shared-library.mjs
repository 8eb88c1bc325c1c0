import { run } from "./run.mjs";

/** Of the glibc that the official builds of Node 20 need. */
export const OLDEST_GLIBC = "2.28";

/** What a loader must have for a shared library of Linux: other libraries, and versions of their symbols. */
export function requirementsOf(file) {
  const headers = run("objdump", ["--private-headers", file]);
  const namesIn = (pattern) => [...headers.matchAll(pattern)].map(([, name]) => name);
  return { libraries: namesIn(/^ +NEEDED +(\S+)$/gm), versions: namesIn(/^ +0x[0-9a-f]+ 0x\d+ \d+ (\S+)$/gm) };
}

/** What of these requirements there need not be on a Linux with that C library, `"glibc"` or `"musl"`. */
export function problemsOf({ libraries, versions }, libc) {
  const present = libc === "musl" ? /^libc\.so$/ : /^(lib(c|m)\.so\.6|lib(dl|pthread)\.so\.\d|ld-linux.*)$/;
  const isPresent = (version) => libc === "glibc" && isGlibcUpTo(OLDEST_GLIBC, version);
  return [...libraries.filter((name) => !present.test(name)), ...versions.filter((version) => !isPresent(version))];
}

function isGlibcUpTo(newest, version) {
  const [, numbers] = /^GLIBC_([\d.]+)$/.exec(version) ?? [];
  return numbers !== undefined && numbers.localeCompare(newest, "en", { numeric: true }) <= 0;
}
