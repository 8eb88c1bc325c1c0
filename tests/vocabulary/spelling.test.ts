import { test } from "uvu";
import * as assert from "uvu/assert";
import { byteLevelBytes, fallbackByte, sentencePieceBytes, wordPieceText } from "../../lib/vocabulary/spelling.js";

function text(bytes: Uint8Array | null): string {
  assert.ok(bytes instanceof Uint8Array);
  return Buffer.from(bytes).toString();
}

test("byte-level BPE has a character for each of the 256 bytes", () => {
  const bytes = new Set<number>();
  for (let code = 0; code < 0x200; code++) {
    const decoded = byteLevelBytes(String.fromCodePoint(code));
    if (decoded === null) continue;
    assert.is(decoded.length, 1);
    assert.not.ok(bytes.has(decoded[0]), `two characters for byte ${decoded[0]}`);
    bytes.add(decoded[0]);
  }
  assert.is(bytes.size, 256);
});

test("byte-level BPE writes what is printable as itself, and the rest from U+0100 on", () => {
  assert.is(text(byteLevelBytes("Ġhello")), " hello");
  assert.is(text(byteLevelBytes("ĊĉÃ©")), "\n\té");
  assert.equal([...byteLevelBytes("æĿ")!], [0xe6, 0x9d]);
  assert.equal([...byteLevelBytes("\u0143\u0120\u0121")!], [0xad, 0x20, 0x7f]);
  assert.equal([...byteLevelBytes("")!], []);
});

test("what is not in the byte-level alphabet has no bytes", () => {
  for (const other of [" ", "a b", "\n", "\u0144", "東", "\u00ad", "🙂"]) assert.is(byteLevelBytes(other), null);
});

test("SentencePiece falls back to bytes, and its space is ▁", () => {
  assert.is(text(sentencePieceBytes("▁the▁▁end")), " the  end");
  assert.equal([...sentencePieceBytes("<0x0A>")], [10]);
  assert.equal([...sentencePieceBytes("<0xFF>")], [255]);
  assert.equal([...sentencePieceBytes("<0xe2>")], [0xe2]);
  for (const plain of ["<0x0A", "<0xG0>", "<0x0A>x", "東京"]) assert.is(text(sentencePieceBytes(plain)), plain);
  assert.is(fallbackByte("a"), null);
});

test("WordPiece writes a space before a word, and none inside one", () => {
  assert.is(wordPieceText("##ing"), "ing");
  assert.is(wordPieceText("sing"), " sing");
  assert.is(wordPieceText("##"), "");
  assert.is(wordPieceText("@@ing", { prefix: "@@" }), "ing");
  assert.is(wordPieceText("##ing", { prefix: "" }), " ##ing");
});

test("WordPiece writes no space before what its clean-up closes up", () => {
  for (const piece of [".", ",", "?", "!", "n't", "'m", "'s", "'ve", "'re"]) {
    assert.is(wordPieceText(piece), piece);
    assert.is(wordPieceText(piece, { cleanUp: false }), ` ${piece}`);
  }
  for (const piece of ["-", "(", "'", ";"]) assert.is(wordPieceText(piece), ` ${piece}`);
});

test.run();
