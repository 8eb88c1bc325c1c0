import { findDelimiters } from "../../hosts/shared/delimiters.js";
import type { AnySession } from "../../hosts/shared/any-session.js";
import type { HostVocabulary } from "../../hosts/shared/host-vocabulary.js";
import type { DocumentRecord } from "../../documents/document-record.js";
import { RecallTextContext } from "../../text-mode/context.js";
import { RecallTextSession } from "../../text-mode/session.js";
import { RecallContext } from "../../token-mode/context.js";
import { RecallSession } from "../../token-mode/session.js";
import type { Constraint, FrozenContext, Range } from "../language-model.js";

/** What a session needs to know of a model. */
export interface SessionHost {
  readonly vocabulary: HostVocabulary;
  /** Text as tokens, without special ones. */
  readonly tokenize: (text: string) => readonly number[];
}

/**
 * A session of a constraint, its first quote opened where the constraint says so.
 * @throws TypeError, RangeError for what the constraint cannot have; RecallError `NO_RECALL_TOKENS`, `SEGMENT_UNKNOWN`
 */
export function startConstrainedSession(constraint: Constraint, host: SessionHost): AnySession {
  const { documents, begin } = constraint;
  const ranges = begin?.ranges === undefined ? undefined : recordsOf(begin.ranges, documents);
  const searched = ranges ?? documents;
  const given = isRecords(searched) ? indexRecords(searched, constraint, host) : searched;
  try {
    const session = constraint.mode === "token" ? tokenSession(given, constraint) : textSession(given, constraint);
    if (begin === undefined) return session;
    return opened(session, ranges === undefined ? begin.documents : undefined);
  } finally {
    if (given !== documents) given.close();
  }
}

function opened(session: AnySession, segments: readonly string[] | undefined): AnySession {
  try {
    session.beginSpan({ segments });
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

function isRecords(documents: Constraint["documents"]): documents is readonly DocumentRecord[] {
  return Array.isArray(documents);
}

/** Each range as a document of its own. */
function recordsOf(ranges: readonly Range[], documents: Constraint["documents"]): DocumentRecord[] {
  if (!isRecords(documents)) {
    throw new RangeError('Expected "begin.ranges" only where "documents" is a list: an index does not keep the text');
  }
  return ranges.map(({ document, start, end }, i) => {
    const record = documents.find(({ name }) => name === document);
    if (record === undefined) throw new RangeError(`Expected "begin.ranges[${i}].document" to be one of the documents`);
    if (!(start >= 0 && start < end && end <= record.text.length)) {
      throw new RangeError(`Expected "begin.ranges[${i}]" to be in [0, ${record.text.length}], and not empty`);
    }
    return { name: `${document} ${start}-${end}`, text: record.text.slice(start, end) };
  });
}

function indexRecords(
  records: readonly DocumentRecord[],
  { mode, snap }: Constraint,
  { vocabulary, tokenize }: SessionHost,
): FrozenContext {
  const context =
    mode === "token"
      ? new RecallContext({ ...tokenSetup(vocabulary), snap })
      : new RecallTextContext({ vocabulary: vocabulary.tokenVocabulary, snap, json: mode === "json" });
  try {
    for (const { name, text } of records) {
      if (context instanceof RecallTextContext) context.append(text, { segment: name });
      else context.append(tokenize(text), { segment: name, ...layoutOf(text, tokenize(text), vocabulary) });
    }
    return context.freeze();
  } catch (error) {
    context.close();
    throw error;
  }
}

/** Where each token stands in its document; nothing where the tokens do not spell the text. */
function layoutOf(text: string, tokens: readonly number[], vocabulary: HostVocabulary) {
  const offsets = [0];
  for (const token of tokens) offsets.push(offsets.at(-1)! + vocabulary.bytes(token).length);
  return offsets.at(-1) === Buffer.byteLength(text) ? { offsets, text } : {};
}

function tokenSetup(vocabulary: HostVocabulary) {
  return { ...findDelimiters(vocabulary, {}), vocabSize: vocabulary.size, barrierTokenIds: vocabulary.barriers };
}

function tokenSession(context: FrozenContext, { limits }: Constraint): AnySession {
  if (!(context instanceof RecallContext)) throw new TypeError('Expected "documents" to be a context of token mode');
  const { min, max } = limits ?? {};
  return new RecallSession({ context, minSpanTokens: min, maxSpanTokens: max, recallGenerated: false });
}

function textSession(context: FrozenContext, { mode, tags, limits }: Constraint): AnySession {
  if (!(context instanceof RecallTextContext)) throw new TypeError('Expected "documents" to be a context of text mode');
  const { min, max } = limits ?? {};
  const spans = { minSpanBytes: min, maxSpanBytes: max, recallGenerated: false };
  if (mode === "json") return new RecallTextSession({ context, ...spans });
  return new RecallTextSession({ context, startTag: tags?.start, endTag: tags?.end, ...spans });
}
