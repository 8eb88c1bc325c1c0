import { fileURLToPath } from "node:url";

/** The absolute path of the repository, with a separator at its end. */
export const repository = fileURLToPath(new URL("../../", import.meta.url));
