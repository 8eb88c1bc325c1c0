import { joinBytes } from "../../text-mode/bytes.js";
import type { HostVocabulary } from "./host-vocabulary.js";

/** Says what tokens are as text, by their exact bytes: of the last character, only if it is whole. */
export function decodeWith(vocabulary: HostVocabulary): (tokens: Int32Array) => string {
  return (tokens) => {
    const bytes = joinBytes(Array.from(tokens, (token) => vocabulary.bytes(token)));
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
  };
}
