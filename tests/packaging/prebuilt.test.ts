/** What prebuilt addons for Linux may need of the machine that loads them. */

import { test } from "uvu";
import * as assert from "uvu/assert";

interface Requirements {
  libraries: string[];
  versions: string[];
}

const { problemsOf, requirementsOf } = (await import(
  new URL("../../../scripts/support/shared-library.mjs", import.meta.url).href
)) as {
  requirementsOf(file: string): Requirements;
  problemsOf(requirements: Requirements, libc: "glibc" | "musl"): string[];
};

test("for glibc: libraries of glibc 2.28, no other", () => {
  const libraries = ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "ld-linux-x86-64.so.2"];
  const versions = ["GLIBC_2.2.5", "GLIBC_2.3", "GLIBC_2.28"];
  assert.equal(problemsOf({ libraries, versions }, "glibc"), []);
  const problems = ["libstdc++.so.6", "libgcc_s.so.1", "GLIBC_2.29", "GLIBC_2.100", "GLIBCXX_3.4", "GLIBC_PRIVATE"];
  const wrong = { libraries: problems.slice(0, 2), versions: problems.slice(2) };
  assert.equal(problemsOf(wrong, "glibc"), problems);
});

test("for musl: its one library, which has no versions", () => {
  assert.equal(problemsOf({ libraries: ["libc.so"], versions: [] }, "musl"), []);
  const wrong = { libraries: ["libc.so.6", "libstdc++.so.6"], versions: ["GLIBC_2.2.5"] };
  assert.equal(problemsOf(wrong, "musl"), ["libc.so.6", "libstdc++.so.6", "GLIBC_2.2.5"]);
});

if (process.platform === "linux") {
  test("what an addon needs is read from it", () => {
    const { libraries, versions } = requirementsOf("build/Release/verbatim.node");
    // This one is for the machine that compiled it: it has the compiler's own library.
    for (const library of ["libc", "libstdc++"]) assert.ok(libraries.some((name) => name.startsWith(`${library}.`)));
    assert.ok(problemsOf({ libraries, versions }, "musl").includes(libraries[0]));
    assert.ok(versions.every((version) => /^[A-Z]+_[\d.]+$/.test(version)));
  });
}

test.run();
