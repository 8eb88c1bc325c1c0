/** What a help page says of the platform that a library could not be loaded on. */
export function platformName(): string {
  if (typeof process === "undefined") return "neither Node nor Deno nor Bun";
  return `${process.platform}-${process.arch}, Node ${process.version}`;
}
