import type { Patch } from "../../support/planting.js";

/** A fault to plant in the CUDA sources, in a file under cuda/, and what it breaks. */
export interface Fault extends Patch {
  readonly effect: string;
  /** The program that finds it, where that is not the differential one. */
  readonly program?: Program;
}

/** `large` is the differential program with large contexts. */
export type Program = "differential" | "large" | "graphs" | "failures" | "masked_fill" | "sample_allowed";

export const faults: readonly Fault[] = [
  // ---- The filter
  {
    file: "kernels/state/token_word.cuh",
    original: "return (word & («kUnsearchable | kRunStart | kIdMask»)) == static_cast<TokenWord>(id);",
    replacement: "kUnsearchable | kIdMask",
    effect: "quotes cross the edges of runs",
  },
  {
    file: "kernels/state/token_word.cuh",
    original: "return (word & («kUnsearchable | kRunStart | kIdMask»)) == static_cast<TokenWord>(id);",
    replacement: "kIdMask",
    effect: "quotes begin at tokens that are not to be searched",
  },
  {
    file: "kernels/state/context_index.cuh",
    original: "low += (__popc(not_past) - 1) * step;",
    replacement: "low += __popc(not_past) * step;",
    effect: "the search for an id goes past it",
  },
  {
    file: "kernels/state/context_index.cuh",
    original: "high = min(high, low + step);",
    replacement: "high = min(high, low + step - 1);",
    effect: "the search for an id loses the last of a stretch",
    program: "large",
  },
  {
    file: "kernels/steps/suffix_filter.cuh",
    original: "if («rest < searched») consider",
    replacement: "rest + 1 < searched",
    effect: "the scan leaves the last token out",
  },
  {
    file: "kernels/state/span_scope.cuh",
    original: "if (span.scope.range_count == 0) return span.opened_at;",
    replacement: "if (span.scope.range_count == 0) return span.opened_at + 1;",
    effect: "a span finds its own start",
  },
  {
    file: "kernels/steps/suffix_filter.cuh",
    original: "} else if («position < SearchEnd(span, position)») {",
    replacement: "true",
    effect: "ranges do not bound the context",
  },
  {
    file: "kernels/steps/suffix_filter.cuh",
    original: "matches[round] = candidate >= 0 && «next < SearchEnd(span, candidate)» &&",
    replacement: "next < sequence.length",
    effect: "candidates run into the span itself",
  },
  {
    file: "kernels/steps/suffix_filter.cuh",
    original: "const int32_t free_from = «max(begin, kept + match.total)»;",
    replacement: "begin",
    effect: "candidates that do not match overwrite those that do",
  },
  {
    file: "kernels/steps/suffix_filter.cuh",
    original: "const int32_t displaced = «min(match.total, begin - kept)»;",
    replacement: "0",
    effect: "candidates that made room are lost to undoing",
  },
  {
    file: "kernels/steps/suffix_filter.cuh",
    original: "if (ThreadIndex() == 0) count = searches_all ? indexed : 0;\n  «__syncthreads();»",
    replacement: "",
    effect: "a barrier is missing before candidates are counted",
  },
  {
    file: "kernels/steps/suffix_filter.cuh",
    original: "consider(sequence.own[rest], rest);\n  «__syncthreads();»",
    replacement: "",
    effect: "a barrier is missing after candidates are counted",
  },
  {
    file: "kernels/state/block.cuh",
    original: "if (Lane() == 0) warp_totals[Warp()] = __popc(ballot);\n  «__syncthreads();»",
    replacement: "",
    effect: "a barrier is missing in the ranks",
  },
  {
    file: "kernels/state/block.cuh",
    original: "if («warp < Warp()») result.rank += warp_totals[warp];",
    replacement: "warp <= Warp()",
    effect: "ranks count a thread's own warp twice",
  },
  {
    file: "kernels/state/rows.cuh",
    original: "is_repeated |= rows.sequences[earlier] == sequence;",
    replacement: "",
    effect: "repeated rows go unnoticed",
  },
  // ---- The mask
  {
    file: "kernels/steps/mask_scatter.cuh",
    original: "const bool is_withheld = «found && depth < engine.min_span_tokens»;",
    replacement: "depth < engine.min_span_tokens",
    effect: "the end token is withheld where it is the only way on",
  },
  {
    file: "kernels/steps/mask_scatter.cuh",
    original: "if («depth < engine.max_span_tokens && UsesFirstMask(span, depth)») {",
    replacement: "UsesFirstMask(span, depth) || depth == engine.max_span_tokens",
    effect: "the longest span may go on",
  },
  {
    file: "kernels/steps/mask_scatter.cuh",
    original: "FillMask(engine, mask, 0);\n    «__syncthreads();»\n    if (depth < engine.max_span_tokens) {",
    replacement: "",
    effect: "a barrier is missing between clearing a mask and setting its bits",
  },
  {
    file: "kernels/steps/mask_scatter.cuh",
    original: "} else if («applied») {",
    replacement: "false",
    effect: "the mask of a closed span stays",
  },
  {
    file: "kernels/steps/continuations.cuh",
    original: "if (scope.ends[end] / 32 == index) word &= ~(1U << (scope.ends[end] % 32));",
    replacement: "",
    effect: "a closing id counts as a continuation at depth 0",
  },
  {
    file: "kernels/steps/continuations.cuh",
    original: "if («Continues(word)») consider(word);",
    replacement: "IsSearchable(word)",
    effect: "the mask allows what lies behind a run's edge",
  },
  // ---- The state machine
  {
    file: "kernels/steps/accept.cuh",
    original: "} else if («depth < engine.max_span_tokens») {",
    replacement: "depth <= engine.max_span_tokens",
    effect: "a span grows past its longest",
  },
  {
    file: "kernels/steps/accept.cuh",
    original: "is_allowed = depth >= engine.min_span_tokens || !HasContinuation(engine, sequence, span, depth);",
    replacement: "is_allowed = depth >= engine.min_span_tokens;",
    effect: "the end token is refused where it is the only way on",
  },
  {
    file: "kernels/steps/accept.cuh",
    original: "if (token == -1 || engine.statuses[sequence] != VBT_SEQUENCE_OK) return;",
    replacement: "if (token == -1) return;",
    effect: "a sequence in error goes on",
  },
  {
    file: "kernels/steps/accept.cuh",
    original: "if (state.length == Capacity(state)) return {VBT_SEQUENCE_CONTEXT_FULL, Acceptance::kJoins};",
    replacement: "if (state.length > Capacity(state)) return {VBT_SEQUENCE_CONTEXT_FULL, Acceptance::kJoins};",
    effect: "a full sequence takes one token more",
  },
  {
    file: "kernels/steps/accept.cuh",
    original: "const bool has_room = «state.span_count < engine.max_spans»;",
    replacement: "state.span_count <= engine.max_spans",
    effect: "a sequence has one span too many",
  },
  {
    file: "kernels/state/sequence_tokens.cuh",
    original: "if (state.run_is_due != 0) word |= kRunStart | kRunWasDue;",
    replacement: "if (state.run_is_due != 0) word |= kRunWasDue;",
    effect: "generated tokens go on a segment's run",
  },
  {
    file: "kernels/state/sequence_tokens.cuh",
    original: "word |= kFirstOfId;",
    replacement: "",
    effect: "an id can be recalled after its only token was cut",
  },
  {
    file: "kernels/steps/append.cu",
    original:
      "for (int32_t earlier = 0; is_first && earlier < ThreadIndex(); ++earlier) is_first = tile_ids[earlier] != id;",
    replacement: "",
    effect: "an id that comes twice at once ends with the second of its tokens",
  },
  {
    file: "kernels/steps/append.cu",
    original: "state.run_is_due = 1;",
    replacement: "state.run_is_due = 0;",
    effect: "a segment does not end a run",
  },
  // ---- Undoing
  {
    file: "kernels/steps/truncate.cuh",
    original: "index < spans && «records[index].start <= length»",
    replacement: "records[index].start < length",
    effect: "a cut at a span's start forgets the span",
  },
  {
    file: "kernels/steps/truncate.cuh",
    original: "const bool is_open = «length < last.end + last.closed_by_token»;",
    replacement: "length < last.end",
    effect: "a span stays closed whose closing token was cut",
  },
  {
    file: "kernels/steps/truncate.cuh",
    original: "if (left.has_to_filter) FilterAnew(engine, sequence);",
    replacement: "",
    effect: "a span that is open again has other candidates",
  },
  {
    file: "kernels/steps/truncate.cuh",
    original: "state.run_is_due = run_was_due ? 1 : 0;",
    replacement: "state.run_is_due = 0;",
    effect: "a cut behind a segment lets its run go on",
  },
  {
    file: "kernels/steps/sequence_lifetime.cu",
    original: "CopyEntries(state.survivors, «engine.SurvivorCountsOf(original)[1]», survivors);",
    replacement: "engine.SurvivorCountsOf(original)[Depth(state, LastSpan(engine, original))]",
    effect: "a fork cannot go back in its span",
  },
  // ---- Drafts
  {
    file: "kernels/steps/draft.cu",
    original: "if (leader != kNoLeader) limit = Agreement(engine, sequence, view, static_cast<int32_t>(leader));",
    replacement: "",
    effect: "a draft follows one of two ways",
  },
  {
    file: "kernels/steps/draft.cu",
    original: "if (IsClosing(span.scope, id)) break;",
    replacement: "",
    effect: "closing ids are drafted",
  },
  // ---- The order of things
  {
    file: "host/timeline.cpp",
    original: "Wait(stream(), order_->caller_reached);",
    replacement: "",
    effect: "a step does not wait for the token",
  },
  {
    file: "host/timeline.cpp",
    original: "if (order_->has_changed) Wait(caller, order_->changed);",
    replacement: "",
    effect: "the masked fill does not wait for the mask",
  },
  {
    file: "host/timeline.cpp",
    original: "if (order_->is_read) Wait(stream(), order_->read);",
    replacement: "",
    effect: "a step does not wait for the masked fill before it",
  },
  {
    file: "host/timeline.cpp",
    original: "captured_.may_be_stale = true;",
    replacement: "",
    effect: "a replay applies masks that are not up to date",
    program: "graphs",
  },
  {
    file: "host/batch_api.cpp",
    original: "Accept(live, rows, tokens, memory, stream, LaunchAccept);\n    «live.timeline().SetStale();»",
    replacement: "",
    effect: "masks stay as they were after tokens were accepted",
  },
  {
    file: "host/upload.cpp",
    original: 'CheckCuda(cudaEventSynchronize(half.uploaded.get()), "wait for an upload");',
    replacement: "",
    effect: "an upload overwrites the one before",
  },
  // ---- Rows of logits
  {
    file: "kernels/steps/masked_fill.cu",
    original: "| «~ColumnsBelow<kWordBits>(logits.width, first)»;",
    replacement: "0",
    effect: "the fill goes past the row",
    program: "masked_fill",
  },
  {
    file: "kernels/steps/masked_fill.cu",
    original: "if (engine.mask_applies[sequence] == 0) return;",
    replacement: "",
    effect: "rows outside spans are filled",
    program: "masked_fill",
  },
  {
    file: "kernels/steps/masked_fill.cu",
    original: "const int32_t skipped = «EntriesAfterAlignment(row)»;",
    replacement: "0",
    effect: "rows are taken to be aligned",
    program: "masked_fill",
  },
  {
    file: "kernels/sampling/sample_allowed.cu",
    original: "++state.sampling.draws;",
    replacement: "",
    effect: "every draw is the first",
    program: "sample_allowed",
  },
  {
    file: "kernels/sampling/sample_allowed.cu",
    original: "return share >= sampling.min_p ? weights.Units(share) : 0;",
    replacement: "return weights.Units(share);",
    effect: "min_p keeps all",
    program: "sample_allowed",
  },
  // ---- Arguments and limits
  {
    file: "host/pool.cpp",
    original: "if (start - gap_start >= size) break;",
    replacement: "if (start - gap_start > 0) break;",
    effect: "two pieces of the pool overlap",
    program: "failures",
  },
  {
    file: "host/resources.hpp",
    original: "if (previous_ != device_) (void)cudaSetDevice(previous_);",
    replacement: "",
    effect: "the caller's device is changed",
    program: "failures",
  },
];
