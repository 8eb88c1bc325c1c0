import type { Fault } from "./faults.js";

/** Mistakes that somebody could make about the positions at which no quote may start. */
export const snapFaults: readonly Fault[] = [
  {
    file: "inner_positions.hpp",
    original:
      "    if (bits_.size() == words && length % 32 != 0) bits_.back() &= (uint32_t{1} << (length % 32)) - 1;\n",
    replacement: "",
    rule: 13,
    effect: "what stands where a word was cut away is inside a word too",
  },
  {
    file: "candidates.cpp",
    original: "if («restricted_ || context.has_inner_positions()») {",
    replacement: "restricted_",
    rule: 13,
    effect: "quotes of indexed tokens begin anywhere",
  },
  {
    file: "candidates.cpp",
    original: "if («position >= context.length() || context.MayStart(position)») return true;",
    replacement: "position >= context.length()",
    rule: 13,
    effect: "a quote ends at the end of a run only",
  },
  {
    file: "context.cpp",
    original: "    if (inner_ != nullptr) inner_ = std::make_shared<InnerPositions>(*inner_);\n",
    replacement: "",
    rule: 13,
    effect: "the edges of a fork are the original's too",
  },
];
