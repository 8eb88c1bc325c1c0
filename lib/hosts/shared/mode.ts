/** Between what quotes stand: delimiter tokens, tags in the text, or what the model has. */
export type RecallMode = "auto" | "token" | "text";

export const MODES: readonly RecallMode[] = ["auto", "token", "text"];
