/** matrix.json, matrix.md and matrix.html in a reports directory. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeJsonFile } from "./json-file.js";
import { matrixHtml } from "./matrix-html.js";
import { matrixMarkdown } from "./matrix-text.js";
import { Matrix, MATRIX_SCHEMA_VERSION } from "./matrix.js";

/** Writes all three and gives their paths. */
export async function writeMatrix(reportsDir: string, matrix: Matrix): Promise<readonly string[]> {
  await mkdir(reportsDir, { recursive: true });
  const [json = "", markdown = "", page = ""] = ["json", "md", "html"].map((suffix) =>
    join(reportsDir, `matrix.${suffix}`),
  );
  const kind = { name: "matrix", schema: Matrix, version: MATRIX_SCHEMA_VERSION };
  await writeJsonFile(json, kind, matrix);
  await writeFile(markdown, matrixMarkdown(matrix));
  await writeFile(page, matrixHtml(matrix));
  return [page, markdown, json];
}
