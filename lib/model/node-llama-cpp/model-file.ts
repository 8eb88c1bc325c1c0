import { checkGgufHeader } from "./gguf-header.js";

/** How the file of one part of several is called. */
const PART = /^(.*-)(\d{5})(-of-(\d{5})\.gguf)$/s;

/**
 * Checks the header of a GGUF file, and of the other parts where it is one of several: the host opens all of them.
 * @throws ModelError as {@link checkGgufHeader} does
 */
export function checkModelFile(path: string): void {
  const [, before, , after, parts] = PART.exec(path) ?? [];
  if (before === undefined) return checkGgufHeader(path);
  for (let part = 1; part <= Number(parts); part++)
    checkGgufHeader(`${before}${String(part).padStart(5, "0")}${after}`);
}
