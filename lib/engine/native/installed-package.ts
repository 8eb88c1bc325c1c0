/**
 * A module of Node's, taken when it is needed: an import would stop this file from loading where there is no Node.
 * @throws TypeError where there is none
 */
export const builtin: typeof process.getBuiltinModule = (id: string) => process.getBuiltinModule(id);

/** The package as Node finds it at run time from here: from this file, or from the bundle that it became part of. */
export interface InstalledPackage {
  readonly folder: string;
  /** Requires what the package depends on. */
  readonly require: NodeJS.Require;
}

/** @throws Error where the package is not installed, or cannot be read */
export function findInstalledPackage(): InstalledPackage {
  const { createRequire } = builtin("node:module");
  // Bundles in the CommonJS format have no URL.
  const here = (import.meta.url as string | undefined) ?? __filename;
  const manifest = createRequire(here).resolve("verbatim-runtime/package.json");
  return { folder: builtin("node:path").dirname(manifest), require: createRequire(manifest) };
}
