/** Reads chaos.config.yaml or chaos.config.ts of a directory: each key with the place that says it. */
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { messageOf, UsageError } from "../model/errors.js";

const YAML_FILE = "chaos.config.yaml";
const MODULE_FILE = "chaos.config.ts";

export interface FileEntry {
  readonly value: unknown;
  /** `chaos.config.yaml:3`, or the file's name when lines are not known. */
  readonly where: string;
}

/** What the file of `directory` says, by key; nothing when there is none. UsageError when it is no mapping. */
export async function readConfigurationFile(
  directory: string,
): Promise<ReadonlyMap<string, FileEntry>> {
  const there = async (file: string): Promise<boolean> =>
    access(join(directory, file)).then(
      () => true,
      () => false,
    );
  const [yaml, module] = await Promise.all([there(YAML_FILE), there(MODULE_FILE)]);
  if (yaml && module) {
    throw new UsageError(`${YAML_FILE} and ${MODULE_FILE}: there are both; remove one`);
  }
  if (yaml) return readYaml(await readFile(join(directory, YAML_FILE), "utf8"));
  return module ? readModule(join(directory, MODULE_FILE)) : new Map();
}

function readYaml(text: string): ReadonlyMap<string, FileEntry> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  const whereIs = (offset: number): string => `${YAML_FILE}:${String(lines.linePos(offset).line)}`;
  if (error !== undefined) throw new UsageError(`${whereIs(error.pos[0])}: ${error.message}`);
  if (document.contents === null) return new Map();
  if (!isMap(document.contents)) throw notAMapping(YAML_FILE);
  return new Map(
    document.contents.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : String(key);
      const plain = isScalar(value)
        ? value.value
        : (document.toJS() as Record<string, unknown>)[name];
      return [name, { value: plain, where: whereIs(isScalar(key) ? key.range[0] : 0) }];
    }),
  );
}

async function readModule(path: string): Promise<ReadonlyMap<string, FileEntry>> {
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(path).href)) as { default?: unknown }).default;
  } catch (thrown) {
    const [reason = ""] = messageOf(thrown).split("\n");
    throw new UsageError(`${MODULE_FILE}: cannot be loaded: ${reason}`);
  }
  if (typeof exported !== "object" || exported === null || Array.isArray(exported)) {
    throw notAMapping(MODULE_FILE);
  }
  return new Map(
    Object.entries(exported as Record<string, unknown>).map(([key, value]) => [
      key,
      { value, where: MODULE_FILE },
    ]),
  );
}

const notAMapping = (file: string): UsageError =>
  new UsageError(`${file}: give options by name, for example images: build`);
