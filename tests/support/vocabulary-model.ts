import { writeGguf, type MetadataValue } from "../../examples/reference-model/gguf.js";

/** As llama.cpp numbers them. */
export const TOKEN_TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export type TypedToken = readonly [text: string, type: keyof typeof TOKEN_TYPE];

/** Writes a model that is a vocabulary and nothing else. Its first control tokens begin and end a text. */
export function writeVocabulary(path: string, kind: "llama" | "bert", tokens: readonly TypedToken[]): void {
  const first = (type: keyof typeof TOKEN_TYPE, from = 0) =>
    tokens.findIndex((token, id) => id >= from && token[1] === type);
  const [bos, unknown] = [first("control"), first("unknown")];
  const eos = first("control", bos + 1);
  const id = (value: number): MetadataValue => ({ type: "uint32", value });
  writeGguf(
    path,
    {
      "general.architecture": { type: "string", value: kind },
      "general.name": { type: "string", value: `a vocabulary of the kind ${kind}` },
      [`${kind}.vocab_size`]: id(tokens.length),
      "tokenizer.ggml.model": { type: "string", value: kind },
      "tokenizer.ggml.tokens": { type: "strings", value: tokens.map(([text]) => text) },
      "tokenizer.ggml.token_type": { type: "integers", value: tokens.map(([, type]) => TOKEN_TYPE[type]) },
      "tokenizer.ggml.bos_token_id": id(bos),
      "tokenizer.ggml.eos_token_id": id(eos),
      "tokenizer.ggml.unknown_token_id": id(unknown),
      "tokenizer.ggml.cls_token_id": id(bos),
      "tokenizer.ggml.seperator_token_id": id(eos),
      "tokenizer.ggml.padding_token_id": id(bos),
      "tokenizer.ggml.mask_token_id": id(bos),
      "tokenizer.ggml.add_space_prefix": { type: "boolean", value: false },
    },
    [],
  );
}
