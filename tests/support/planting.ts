/** Plants many faults in one build of C++ sources, or in one copy of JavaScript modules, each of which is chosen at run time: building takes longest. */
export interface Patch {
  file: string;
  /**
   * Occurs exactly once in the file. Whole statements, or a whole expression; where « » stand in it, only what they
   * enclose is that, and is replaced.
   */
  original: string;
  replacement: string;
}

/** The environment variable that chooses a fault: an index of the list that `plantAll` was given. None: no fault. */
const CHOICE = "VERBATIM_PLANTED_FAULT";

/** C++ source that a build with planted faults needs besides. */
export const choiceSource = `#include <cstdlib>
extern const int planted_fault = std::getenv("${CHOICE}") ? std::atoi(std::getenv("${CHOICE}")) : -1;
`;

const cppDeclaration = "extern const int planted_fault;";
/** The same at the beginning of a JavaScript module. */
export const javascriptDeclaration = `const planted_fault = Number(process.env.${CHOICE} ?? -1);`;

/** The environment in which a program that was built with faults has the fault with that index, or none. */
export function environmentWith(index: number | undefined): NodeJS.ProcessEnv {
  return { ...process.env, [CHOICE]: index?.toString() };
}

/**
 * The changed files, by their names, with all faults in them. `read` returns a file's sound text; `declaration` is how
 * a file gets to know the choice.
 */
export function plantAll(
  faults: readonly Patch[],
  read: (file: string) => string,
  declaration = cppDeclaration,
): Map<string, string> {
  const files = new Set(faults.map(({ file }) => file));
  return new Map([...files].map((file) => [file, `${declaration}\n${plantInFile(file, faults, read(file))}`]));
}

function plantInFile(file: string, faults: readonly Patch[], sound: string): string {
  const places = faults.flatMap((fault, index) => (fault.file === file ? [{ ...placeOf(fault, sound), index }] : []));
  let text = sound;
  let previous = { start: sound.length, end: sound.length, plantedEnd: sound.length };
  // From the back, so that the places in front stay where they are.
  for (const { start, end, index } of places.sort((a, b) => b.start - a.start)) {
    const isSamePlace = start === previous.start && end === previous.end;
    if (!isSamePlace && end > previous.start) throw new Error(`Faults of ${file} overlap: ${sound.slice(start, end)}`);
    const stop = isSamePlace ? previous.plantedEnd : end;
    const isStatement = /[;}]\s*$/.test(sound.slice(start, end));
    const code = (isStatement ? statementOf : expressionOf)(index, faults[index].replacement, text.slice(start, stop));
    text = text.slice(0, start) + code + text.slice(stop);
    previous = { start, end, plantedEnd: start + code.length };
  }
  return text;
}

function statementOf(index: number, faulty: string, sound: string): string {
  return `{ if (planted_fault == ${index}) { ${faulty} } else { ${sound} } }`;
}

function expressionOf(index: number, faulty: string, sound: string): string {
  return `(planted_fault == ${index} ? (${faulty}) : (${sound}))`;
}

/** Where the file changes. A patch that no longer fits is an error: the list must not rot. */
function placeOf({ file, original }: Patch, sound: string): { start: number; end: number } {
  const [before, inside, after] = original.includes("«") ? original.split(/[«»]/) : ["", original, ""];
  const found = sound.split(before + inside + after).length - 1;
  if (found !== 1) throw new Error(`Expected ${file} to contain this once, found ${found}:\n${original}`);
  const start = sound.indexOf(before + inside + after) + before.length;
  return { start, end: start + inside.length };
}
