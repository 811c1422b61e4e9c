/** Writes the published schemas: `npx tsx harness/report/write-json-schema.ts`. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { jsonSchemaOf, PUBLISHED } from "./json-schema.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
for (const published of PUBLISHED) {
  const path = join(root, published.path);
  await mkdir(dirname(path), { recursive: true });
  const options = { ...(await resolveConfig(path)), parser: "json" };
  await writeFile(path, await format(JSON.stringify(jsonSchemaOf(published)), options));
}
