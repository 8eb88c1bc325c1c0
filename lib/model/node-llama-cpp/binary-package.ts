/** How node-llama-cpp calls platforms and processors, after Node's names. */
const BINARIES: Record<string, Record<string, string>> = {
  linux: { x64: "linux-x64", arm64: "linux-arm64", arm: "linux-armv7l", riscv64: "linux-riscv64" },
  darwin: { x64: "mac-x64", arm64: "mac-arm64-metal" },
  win32: { x64: "win-x64", arm64: "win-arm64" },
};

/** The npm package with node-llama-cpp's binary for a platform; `null` where there is none. */
export function binaryPackage(platform: string = process.platform, arch: string = process.arch): string | null {
  const binary = BINARIES[platform]?.[arch];
  return binary === undefined ? null : `@node-llama-cpp/${binary}`;
}
