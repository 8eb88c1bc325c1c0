import { getModuleVersion, type LlamaContext, type LlamaModel } from "node-llama-cpp";
import { RecallError } from "../../base/errors.js";
import { ModelVocabulary } from "../../hosts/node-llama-cpp/model-vocabulary.js";
import { checkPeerVersion } from "../../hosts/node-llama-cpp/peer-version.js";
import type { LanguageModel, Message, ModelSequence, OpenOptions, ScoredPair, Signal } from "../language-model.js";
import type { SessionHost } from "../sequence/constrained-session.js";
import { HostSequence } from "../sequence/host-sequence.js";
import { Places } from "../sequence/places.js";
import { scoreEach } from "../sequence/score-each.js";
import { chatTokens, hasChatTemplate, plainTokens } from "./chat.js";
import { openContext, openModel } from "./open-model.js";
import { LlamaPlace } from "./place.js";
import { logitRows, probabilityRows, type RowReader } from "./rows.js";

/** Options of {@link LlamaLanguageModel}. */
export interface LlamaLanguageModelOptions {
  /** Tokens that a sequence can have; as many as the model reads, and at most 8,192, unless given. */
  readonly contextSize?: number;
  /** Sequences that can be open at a time; the memory they take is set aside at once where they are several. @defaultValue 1 */
  readonly sequences?: number;
  /** So many requests may wait for a sequence; @defaultValue 64 */
  readonly mostWaiting?: number;
  /** Threads of the processor; half of its logical processors, and at most 8, unless given. */
  readonly threads?: number;
}

const MOST_CONTEXT = 8192;
const CONTEXT_STEP = 1024;
/** Short texts are scored on so many places at once. */
const SCORING_PLACES = 4;
const SCORING_STEP = 256;

/** Memory of the model: a context, and the places in it. */
interface Memory {
  readonly context: LlamaContext;
  readonly all: readonly LlamaPlace[];
  readonly places: Places<LlamaPlace>;
}

/** A GGUF model in this process, by node-llama-cpp. */
export class LlamaLanguageModel implements LanguageModel {
  readonly name: string;
  readonly vocabulary: ModelVocabulary;
  readonly contextSize: number;
  readonly hasChatTemplate: boolean;
  readonly #model: LlamaModel;
  readonly #rows: RowReader;
  readonly #options: Required<Omit<LlamaLanguageModelOptions, "threads" | "contextSize">> & { threads?: number };
  readonly #host: SessionHost;
  #memory: Memory | null = null;
  #scoring: Memory | null = null;
  #open = 0;

  private constructor(model: LlamaModel, options: LlamaLanguageModelOptions, rows: RowReader) {
    const { contextSize, sequences = 1, mostWaiting = 64, threads } = options;
    this.#model = model;
    this.#rows = rows;
    this.#options = { sequences, mostWaiting, threads };
    this.name = model.fileInfo.metadata.general.name ?? model.filename ?? "a model without a name";
    this.vocabulary = ModelVocabulary.of(model);
    this.contextSize = (contextSize ?? Math.min(model.trainContextSize, MOST_CONTEXT)) - 1;
    this.hasChatTemplate = hasChatTemplate(model);
    const tokenize = (text: string) => model.tokenize(text, false, "trimLeadingSpace");
    this.#host = { vocabulary: this.vocabulary, tokenize };
  }

  /**
   * Loads a GGUF file.
   * @throws ModelError where it cannot be loaded; the reason of the signal
   */
  static async load(path: string, options: LlamaLanguageModelOptions & Signal = {}): Promise<LlamaLanguageModel> {
    return LlamaLanguageModel.of(await openModel(path, options.signal), options);
  }

  /** A model that is loaded already, and stays loaded when this is closed. */
  static async of(model: LlamaModel, options: LlamaLanguageModelOptions = {}): Promise<LlamaLanguageModel> {
    await checkPeerVersion();
    return new LlamaLanguageModel(model, options, rowReaderOf(await getModuleVersion()));
  }

  tokenize(text: string, { special = false, start = false } = {}): Promise<number[]> {
    const model = this.#model;
    return Promise.resolve(start && !special ? plainTokens(model, text) : model.tokenize(text, special));
  }

  chat(messages: readonly Message[]): Promise<number[]> {
    return Promise.resolve(chatTokens(this.#model, messages));
  }

  async open({ like = [], room = this.contextSize, signal }: OpenOptions = {}): Promise<ModelSequence> {
    if (room > this.contextSize) {
      throw new RecallError("CONTEXT_FULL", `A sequence cannot have more than ${this.contextSize} tokens`);
    }
    const memory = await this.#makeRoom(room, signal);
    const place = await memory.places.take(like, { signal });
    this.#open++;
    return new HostSequence(place, this.#host, () => {
      this.#open--;
      memory.places.giveBack(place);
    });
  }

  async scoreEach(pairs: readonly ScoredPair[], options: Signal = {}): Promise<Float64Array> {
    if (pairs.length === 0) return new Float64Array(0);
    const longest = Math.max(...pairs.map(({ prefix, continuation }) => prefix.length + continuation.length));
    if (this.#scoring === null || this.#scoring.all[0].size < longest) {
      await this.#scoring?.context.dispose();
      this.#scoring = null;
      const size = Math.ceil((longest + 1) / SCORING_STEP) * SCORING_STEP;
      this.#scoring = await this.#remember(size, SCORING_PLACES, options.signal);
    }
    return scoreEach(this.#scoring.all, pairs, options);
  }

  async close(): Promise<void> {
    await Promise.all([this.#memory?.context.dispose(), this.#scoring?.context.dispose()]);
    this.#memory = this.#scoring = null;
  }

  /** A memory whose places have that much room: the present one where it has. */
  async #makeRoom(room: number, signal?: AbortSignal): Promise<Memory> {
    const { sequences } = this.#options;
    const present = this.#memory;
    if (present !== null && (present.all[0].size >= room || this.#open > 0)) return present;
    await present?.context.dispose();
    this.#memory = null;
    const wanted = sequences > 1 ? this.contextSize + 1 : Math.ceil((room + 1) / CONTEXT_STEP) * CONTEXT_STEP;
    return (this.#memory = await this.#remember(Math.min(this.contextSize + 1, wanted), sequences, signal));
  }

  async #remember(contextSize: number, sequences: number, signal?: AbortSignal): Promise<Memory> {
    const { threads, mostWaiting } = this.#options;
    const context = await openContext(this.#model, { contextSize, sequences, threads }, signal);
    const all = Array.from({ length: sequences }, () => new LlamaPlace(context.getSequence(), this.#rows));
    return { context, all, places: new Places(all, mostWaiting) };
  }
}

function rowReaderOf(version: string): RowReader {
  const [major, minor] = version.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 22) ? logitRows : probabilityRows;
}
