import { RecallError } from "../base/errors.js";
import { CudaFailure } from "./cuda-addon.js";

/**
 * The error for a result of the addon that is not a value.
 * @param verb what was being done, as in "open a sequence"
 * @param message the library's account of it
 */
export function cudaFailureOf(result: number, verb: string, message: string): Error {
  const text = `Could not ${verb}: ${message || "the library gives no reason"}`;
  switch (result) {
    case CudaFailure.INVALID_ARGUMENT:
      return new RangeError(text);
    case CudaFailure.OUT_OF_MEMORY:
      return new RecallError("OUT_OF_MEMORY", text);
    case CudaFailure.LIMIT:
      return new RecallError("LIMIT", text);
    case CudaFailure.CAPTURING:
      return new RecallError("CAPTURING", text);
    case CudaFailure.NO_DEVICE:
      return new RecallError("BACKEND_UNAVAILABLE", text);
    case CudaFailure.CUDA:
      return new RecallError("CUDA_ERROR", text);
    case CudaFailure.CLOSED:
      return new RecallError("CLOSED", `Could not ${verb}: the engine or the context is closed`);
    case CudaFailure.MISTYPED:
      return new TypeError(`Could not ${verb}: an argument is of another type than the addon takes`);
    default:
      return new Error(`Could not ${verb}: the addon returned ${result}`);
  }
}
