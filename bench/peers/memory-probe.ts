/** Run by memory.ts in a process of its own: what one way adds to it. Arguments: host, way, size, vocabulary. */
export {};

const [host, name, size, vocabulary] = process.argv.slice(2);

/** What is to be kept until the end. */
const kept: unknown[] = [];

function residentBytes(): number {
  for (let i = 0; i < 3; i++) gc!();
  return process.memoryUsage.rss();
}

async function inNodeLlamaCpp(): Promise<number> {
  const { LLAMA_WAYS } = await import("./llama-ways.js");
  const { NO_CONSTRAINT } = await import("./answer.js");
  const { openWideModel } = await import("./llama-model.js");
  const { useOnce } = await import("./llama-peers.js");
  const { searchedDictionary } = await import("./searched-dictionary.js");
  const sequence = await openWideModel(Number(vocabulary));
  const dictionary = searchedDictionary(Number(size));
  const byName = (wanted: string) => LLAMA_WAYS.find((way) => way.name === wanted)!;
  kept.push(await useOnce(byName(NO_CONSTRAINT), sequence, dictionary));
  const before = residentBytes();
  kept.push(await useOnce(byName(name!), sequence, dictionary));
  return residentBytes() - before;
}

async function inTransformers(): Promise<number> {
  const { PROCESSOR_WAYS } = await import("./processor-ways.js");
  const { ProcessorWalk } = await import("./processor-walk.js");
  const walk = new ProcessorWalk(Number(size));
  const before = residentBytes();
  kept.push(
    walk.run(
      PROCESSOR_WAYS.find((way) => way.name === name)!,
      8,
    ),
  );
  return residentBytes() - before;
}

const bytes = host === "node-llama-cpp" ? await inNodeLlamaCpp() : await inTransformers();
console.log(`megabytes ${(bytes / 1e6).toFixed(1)}`);
process.exit(kept.length > 0 ? 0 : 1);
