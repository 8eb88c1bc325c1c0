import type { Tensor } from "@huggingface/transformers";

/** What `LogitsProcessorList` calls: a function with a method `_call`, as the library's own processors are. */
export interface CallableProcessor {
  (inputIds: bigint[][], logits: Tensor): Tensor;
  _call(inputIds: bigint[][], logits: Tensor): Tensor;
}

/**
 * Instances of classes that extend this one are functions: calling one calls its `_call`. It stands in for the library's own base class, so that
 * nothing of the library is loaded here.
 */
export const Callable = function (): CallableProcessor {
  const call = (...values: Parameters<CallableProcessor>) => processor._call(...values);
  const processor = Object.setPrototypeOf(call, new.target!.prototype as object) as CallableProcessor;
  return processor;
} as unknown as new () => CallableProcessor;
