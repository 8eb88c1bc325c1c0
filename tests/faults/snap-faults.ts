import type { Fault } from "./faults.js";

/** Mistakes that somebody could make about the positions at which no quote may start. */
export const snapFaults: readonly Fault[] = [
  {
    file: "tokens/inner_positions.hpp",
    original: "    if (count % 32 != 0) bits_.back() &= (uint32_t{1} << (count % 32)) - 1;\n",
    replacement: "",
    rule: 13,
    effect: "what stands where a word was cut away is inside a word too",
  },
  {
    file: "tokens/candidates.cpp",
    original: "if («restricted_ || context.has_inner_positions()») {",
    replacement: "restricted_",
    rule: 13,
    effect: "quotes of indexed tokens begin anywhere",
  },
  {
    file: "tokens/candidates.cpp",
    original: "if («position >= context.length() || context.MayStart(position)») return true;",
    replacement: "position >= context.length()",
    rule: 13,
    effect: "a quote ends at the end of a run only",
  },
  {
    file: "tokens/inner_positions.hpp",
    original: "HasBit(*shared_, position) : «HasBit(bits_, position - shared_length_)»;",
    replacement: "HasBit(bits_, position)",
    rule: 13,
    effect: "what follows a shared context is inside words where the context is",
  },
];
