/** Writes the published schema: `npx tsx harness/report/write-json-schema.ts`. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { RUN_SCHEMA_PATH, runJsonSchema } from "./json-schema.js";

const path = fileURLToPath(new URL(`../../${RUN_SCHEMA_PATH}`, import.meta.url));
await mkdir(dirname(path), { recursive: true });
const options = { ...(await resolveConfig(path)), parser: "json" };
await writeFile(path, await format(JSON.stringify(runJsonSchema()), options));
