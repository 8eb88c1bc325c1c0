import { InvalidArgumentError } from "commander";
import { COUNT_LIMIT } from "../../base/arguments.js";

/** What an option that may be repeated has so far. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

export function parseNumber(value: string): number {
  const number = Number(value);
  if (value.trim() !== "" && Number.isFinite(number) && number >= 0) return number;
  throw new InvalidArgumentError("Expected a number of at least 0.");
}

/** An integer in [least, most]; no count that a model or a workload can have is larger than the most there is. */
export function parseInteger(least: number, most = COUNT_LIMIT - 1): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() !== "" && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected an integer from ${least} to ${most}.`);
  };
}

/** Sizes as people write them: 1k is 1,024. */
export function parseSizes(list: string): number[] {
  return list.split(",").map((item) => {
    const [, digits, thousands] = /^(\d+)(k?)$/i.exec(item.trim()) ?? [];
    const size = Number(digits) * (thousands === "" ? 1 : 1024);
    if (digits !== undefined && size >= 1 && size < COUNT_LIMIT) return size;
    throw new InvalidArgumentError("Expected sizes of at least 1, such as 1k,4k or 10,100.");
  });
}
