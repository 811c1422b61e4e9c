/** Makes the two files that the observers' image holds, from this repository's source. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** CommonJS packages inside an ES module still ask for `require`. */
const REQUIRE_BANNER =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * Writes `generator.mjs` and `backend.mjs` into `outDir`; each runs on Node 20 without
 * node_modules.
 */
export async function bundleObservers(outDir: string): Promise<void> {
  await build({
    // Paths in the output do not depend on where the caller stands: equal source, equal bytes.
    absWorkingDir: fileURLToPath(new URL("../..", import.meta.url)),
    entryPoints: {
      generator: fileURLToPath(new URL("../workload/main.ts", import.meta.url)),
      backend: fileURLToPath(new URL("../backends/main.ts", import.meta.url)),
    },
    outdir: outDir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: REQUIRE_BANNER },
    legalComments: "none",
    logLevel: "error",
  });
}
