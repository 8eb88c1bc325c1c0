import type { NativeAddon } from "./addon.js";
import { checked } from "./failure.js";

/** The addon, and the objects that own its handles: what an object owns is closed when the object is garbage. */
export class NativeHandles {
  readonly addon: NativeAddon;
  /**
   * The addon closes what is abandoned whenever many objects were made, also where the event loop never turns. Where
   * none are made, this tells it to; once for all that became garbage together.
   */
  readonly #garbage: FinalizationRegistry<void>;
  #isTold = false;

  constructor(addon: NativeAddon) {
    this.addon = addon;
    this.#garbage = new FinalizationRegistry(() => {
      if (this.#isTold) return;
      this.#isTold = true;
      queueMicrotask(() => {
        this.#isTold = false;
        this.addon.closeAbandoned();
      });
    });
  }

  ownContext(context: number, owner: object): void {
    this.#own(this.addon.ownContext(context, owner), owner);
  }

  ownMatcher(matcher: number, owner: object): void {
    this.#own(this.addon.ownMatcher(matcher, owner), owner);
  }

  ownVocabulary(vocabulary: number, owner: object): void {
    this.#own(this.addon.ownVocabulary(vocabulary, owner), owner);
  }

  /** The owner has closed what it owned. */
  disown(owner: object): void {
    this.#garbage.unregister(owner);
  }

  #own(result: number, owner: object): void {
    checked(result, "keep an object of the native engine");
    this.#garbage.register(owner, undefined, owner);
  }
}
