/**
 * Copies the CUDA library beside the addon that prebuildify made, for publishing. Run npm run build:cuda first; where
 * there is no library, the package goes without one.
 * Usage: npm run prebuilds
 */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./support/repository.mjs";

const library = join(repository, "build-cuda/Release/libverbatim_cuda.so");
const folder = join(repository, `prebuilds/${process.platform}-${process.arch}`);

if (existsSync(library)) {
  mkdirSync(folder, { recursive: true });
  copyFileSync(library, join(folder, "libverbatim_cuda.so"));
  console.log(`Copied the CUDA library to ${folder}`);
} else {
  console.log(
    `${library} was not built: the package will have no CUDA library for ${process.platform}-${process.arch}`,
  );
}
