/** Formats leave out what some validator of them refuses, and have what all of them take. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { stringsOfFormat } from "../../lib/schema/formats.js";
import { isAmong } from "../../lib/schema/regular/characters.js";

const CASES: [format: string, taken: readonly string[], refused: readonly string[]][] = [
  [
    "email",
    ["a@b.com", "a.b+c@x-y.example.org", "a@test.com"],
    ["a@b", "a@b.test", "a@b.TesT", "a@x.localhost", "a@xn--b.com", `${"a".repeat(65)}@b.com`, "a..b@c.com"],
  ],
  ["base64url", ["", "ab-_", "abcdefgh"], ["abc", "ab==", "ab+/"]],
  ["duration", ["P1Y2M3D", "PT5S", "P4W"], ["P", "P1YT", "P1234567Y"]],
  ["uuid4", ["123e4567-e89b-42d3-a456-426614174000"], ["123e4567-e89b-12d3-a456-426614174000"]],
  ["ipv4network", ["10.0.0.0/8", "1.2.3.0/24", "1.2.3.4/32"], ["10.1.0.0/8", "1.2.3.4/24", "1.2.3.4/33"]],
  ["ipv6network", ["1:2::/32", "::1", "1:2:3:4::/64"], ["1:2:3::/32", "::1/64", "::1/129"]],
  ["ipv4interface", ["1.2.3.4/24", "1.2.3.4"], ["1.2.3.4/33"]],
  ["fraction", ["-1/2", "3"], ["1/0", "/2"]],
  ["decimal", ["-12.50", "0"], ["01", ".5", "1."]],
];

for (const [format, taken, refused] of CASES) {
  test(format, () => {
    const strings = stringsOfFormat(format, true)!;
    for (const text of taken) assert.ok(isAmong(text, strings), text);
    for (const text of refused) assert.not(isAmong(text, strings), text);
  });
}

test("beside a pattern base64url is whole groups or not, as the pattern says", () => {
  assert.ok(isAmong("abc", stringsOfFormat("base64url", false)!));
});

test.run();
