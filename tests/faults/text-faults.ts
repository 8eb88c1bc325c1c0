import type { Fault } from "./faults.js";

/** Mistakes that somebody could make in the text engine; `rule` counts those of "Text mode" in docs/semantics.md. */
export const textFaults: readonly Fault[] = [
  {
    file: "text_matcher.cpp",
    original: "    } else if (StartsWith(rest, bytes)) {\n",
    replacement: "    } else if (StartsWith(rest, bytes) && !is_text_) {\n",
    rule: 3,
    effect: "a tag that has begun is forgotten while the text goes on",
  },
  {
    file: "text_matcher.cpp",
    original: "    if (at >= complete_at) return;\n",
    replacement: "",
    rule: 4,
    effect: "the last tag in a piece closes, not the first",
  },
  {
    file: "text_matcher.cpp",
    original: "    for (const int32_t progress : progress_) walk.Continue(static_cast<size_t>(progress));\n",
    replacement: "",
    rule: 3,
    effect: "the mask lets no tag go on in a second token",
  },
  {
    file: "text_matcher.cpp",
    original: "byte_length() + closer.quoted >= min_bytes",
    replacement: "byte_length() >= min_bytes",
    rule: 6,
    effect: "quoted bytes of a token that closes do not count",
  },
  {
    file: "text_candidates.cpp",
    original: "limit < context.length() && !IsEnd(context.WordAt(limit))",
    replacement: "false",
    rule: 6,
    effect: "the longest quote may end inside a character",
  },
  {
    file: "text_candidates.cpp",
    original: "reach = std::max(before, 1); reach < after",
    replacement: "reach = std::max(before, 1) + 1; reach < after",
    rule: 3,
    effect: "a match that crosses a block's end is lost",
  },
  {
    file: "text_walk.cpp",
    original: "        reached = common;\n",
    replacement: "",
    rule: 3,
    effect: "what branches off an earlier candidate's path is not seen",
  },
  {
    file: "text_block.cpp",
    original: "    shared = std::min(shared, common[i]);\n",
    replacement: "    shared = common[i];\n",
    rule: 3,
    effect: "starts seem to share what only their neighbours share",
  },
  {
    file: "text_context.cpp",
    original: "!in_escape && !IsContinuationByte(text[i])",
    replacement: "!IsContinuationByte(text[i])",
    rule: 5,
    effect: "a quote may cut an escape sequence",
  },
  {
    file: "text_context.cpp",
    original: "      if (joins) word |= kContinues;\n",
    replacement: "      word |= kContinues;\n",
    rule: 3,
    effect: "matches cross from one run into the next",
  },
];
