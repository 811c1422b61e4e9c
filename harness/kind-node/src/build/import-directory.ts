/** Makes an image of one layer out of a directory, without a Dockerfile or a base image. */
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipe } from "../command.js";
import { cacheDirectory, CONTENT_LABEL } from "../content.js";

export interface DirectoryImport {
  readonly directory: string;
  readonly name: string;
  readonly content: string;
  /** Dockerfile instructions for the configuration: ENTRYPOINT, CMD, ENV, USER, EXPOSE. */
  readonly changes?: readonly string[];
}

export async function importDirectory(
  { directory, name, content, changes = [] }: DirectoryImport,
  signal?: AbortSignal,
): Promise<void> {
  const instructions = [`LABEL ${CONTENT_LABEL}=${content}`, ...changes];
  await pipe(
    ["tar", "--create", "--numeric-owner", "--directory", directory, "."],
    ["docker", "import", ...instructions.flatMap((line) => ["--change", line]), "-", name],
    signal,
  );
}

/** What a file of an image comes from: another file, made executable, or a text. */
export type FileSource = { readonly copyOf: string } | { readonly text: string };

/** The same from single files, by their absolute paths in the image. */
export async function importFiles(
  files: Readonly<Record<string, FileSource>>,
  image: Omit<DirectoryImport, "directory">,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(cacheDirectory(), { recursive: true });
  const directory = await mkdtemp(join(cacheDirectory(), "image-"));
  try {
    // The directory becomes the root of the image, which every user must be able to enter.
    await chmod(directory, 0o755);
    for (const [path, source] of Object.entries(files)) {
      const target = join(directory, path);
      await mkdir(dirname(target), { recursive: true });
      if ("text" in source) await writeFile(target, source.text, { mode: 0o644 });
      else {
        await copyFile(source.copyOf, target);
        await chmod(target, 0o755);
      }
    }
    await importDirectory({ ...image, directory }, signal);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
