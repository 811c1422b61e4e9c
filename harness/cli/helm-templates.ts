/** Helm's templates, which are no manifests yet. */
import type { SourceFile } from "../check/source-documents.js";
import { UsageError } from "../model/errors.js";

/** What Helm would have filled in. Other templates, such as those of Prometheus' rules, are text. */
const HELM_VALUE = /\{\{-?\s*(\.(Values|Release|Chart|Capabilities|Files|Template)\b|include\s+")/;
const HELM_LINE = /^\s*\{\{-?\s*(if|with|range|end|else|define|template|toYaml)\b/;

/** UsageError with the first line that Helm has yet to fill in, and how to have it filled in. */
export function demandRendered({ file, text }: SourceFile, fix: string): void {
  const lines = text.split("\n");
  const index = lines.findIndex((line) => HELM_VALUE.test(line) || HELM_LINE.test(line));
  if (index < 0) return;
  throw new UsageError(
    `${file}:${String(index + 1)}: a Helm template is left in (${(lines[index] ?? "").trim()}); ${fix}`,
  );
}
