import { expectBoolean, expectOneOf } from "../base/arguments.js";
import type { Engine } from "../engine/engine.js";
import { BACKENDS, loadEngine, type Backend } from "../engine/load.js";
import { loadTextEngine } from "../engine/load-text.js";
import type { TextEngine } from "../engine/text-engine.js";
import { SNAPS, type Snap } from "../session/snap-edges.js";
import { checkInheritedBackend, differs } from "../session/inherited-options.js";
import { TokenVocabulary } from "../vocabulary/token-vocabulary.js";
import type { DocumentForm } from "./document.js";
import { TextSequence } from "./sequence.js";

/** What a context of text mode and the sessions on it agree about. */
export interface TextSetupOptions {
  /** The bytes of the model's tokens. */
  vocabulary: TokenVocabulary;
  /** Whether quotes stand in JSON strings: documents are searched as `JSON.stringify` escapes them. */
  json?: boolean;
  /** Quotes start and end at the edges of words, lines or sentences only; at those of characters unless given. */
  snap?: Snap;
  /** Which engine searches: `"auto"` (the default) takes the native one where it loads. */
  backend?: Backend;
}

/** The options, checked, and the engines they chose: one searches, one works on rows of logits. */
export interface TextSetup extends DocumentForm {
  readonly vocabulary: TokenVocabulary;
  readonly engine: TextEngine;
  readonly rows: Engine;
}

export function checkTextSetup(options: Partial<TextSetupOptions>): TextSetup {
  const { vocabulary, json = false, snap, backend = "auto" } = options;
  const checked = expectVocabulary(vocabulary);
  const form = { json: expectBoolean("json", json), snap: expectSnap(snap) };
  const engine = loadTextEngine(expectOneOf("backend", backend, BACKENDS));
  return { ...form, vocabulary: checked, engine, rows: loadEngine(engine.name) };
}

/** Checks that what `options` say, if anything, is what the context's setup says. */
export function checkInheritedSetup(options: Partial<TextSetupOptions>, setup: TextSetup): void {
  const { vocabulary, json, snap, backend } = options;
  if (vocabulary !== undefined && expectVocabulary(vocabulary) !== setup.vocabulary) {
    throw new RangeError('Expected "vocabulary" to be that of "context"');
  }
  if (json !== undefined && expectBoolean("json", json) !== setup.json) throw differs("json", setup.json);
  if (snap !== undefined && expectSnap(snap) !== setup.snap) throw differs("snap", setup.snap ?? undefined);
  checkInheritedBackend(setup.engine, backend);
}

/** The empty sequence of a setup. */
export function createSequence({ vocabulary, engine, json }: TextSetup): TextSequence {
  return new TextSequence(engine.createTextContext(vocabulary.table), json);
}

function expectVocabulary(value: unknown): TokenVocabulary {
  if (!TokenVocabulary.is(value)) throw new TypeError('Expected "vocabulary" to be a TokenVocabulary');
  return value;
}

function expectSnap(snap: unknown): Snap | null {
  return snap === undefined ? null : expectOneOf("snap", snap, SNAPS);
}
