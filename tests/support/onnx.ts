import {
  AutoModelForCausalLM,
  AutoTokenizer,
  env,
  type PreTrainedModel,
  type PreTrainedTokenizer,
} from "@huggingface/transformers";

env.allowRemoteModels = false;

/** What transformers.js makes of a folder. One thread on the CPU: the same answers everywhere. */
export async function loadOnnxModel(
  folder: string,
): Promise<{ model: PreTrainedModel; tokenizer: PreTrainedTokenizer }> {
  const tokenizer = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });
  const model = await AutoModelForCausalLM.from_pretrained(folder, {
    local_files_only: true,
    dtype: "fp32",
    device: "cpu",
    session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
  });
  return { model, tokenizer };
}
