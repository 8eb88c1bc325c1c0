import type { NativeAddon } from "./addon.js";

/** The addon, and what closes its handles when the objects that hold them are garbage. */
export interface NativeHandles {
  readonly addon: NativeAddon;
  readonly contexts: FinalizationRegistry<number>;
  readonly matchers: FinalizationRegistry<number>;
  readonly vocabularies: FinalizationRegistry<number>;
}

export function createHandles(addon: NativeAddon): NativeHandles {
  return {
    addon,
    contexts: new FinalizationRegistry((context: number) => addon.closeContext(context)),
    matchers: new FinalizationRegistry((matcher: number) => addon.closeMatcher(matcher)),
    vocabularies: new FinalizationRegistry((vocabulary: number) => addon.closeVocabulary(vocabulary)),
  };
}
