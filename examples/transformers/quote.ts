import { AutoModelForCausalLM, AutoTokenizer, LogitsProcessorList } from "@huggingface/transformers";
import { RecallLogitsProcessor } from "verbatim-runtime/transformers";

const tokenizer = await AutoTokenizer.from_pretrained("./models/reference");
const model = await AutoModelForCausalLM.from_pretrained("./models/reference", { dtype: "fp32" });

const text = "Lagos: 6°27'N 3°24'E\nNairobi: 1°17'S 36°49'E\nQuito: 0°13'S 78°30'W\n";
const recall = new RecallLogitsProcessor(tokenizer, { documents: [{ name: "cities.txt", text }] });
const processors = new LogitsProcessorList();
processors.push(recall);
await model.generate({ ...tokenizer(`${text}Q: Nairobi\nA:`), max_new_tokens: 80, logits_processor: processors });

for (const quote of recall.quotes) console.log(quote.text, quote.sources()[0]);
