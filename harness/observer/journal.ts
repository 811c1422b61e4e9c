/** An append-only journal: NDJSON, numbered without gaps, on disk before an append resolves. */
import { createHash, randomBytes } from "node:crypto";
import type { Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { HarnessError, messageOf } from "../model/errors.js";
import type { JournalLine, OpenLine } from "../model/journal.js";
import type { JournalManifest } from "../model/observer-api.js";
import { nowMs } from "./clock.js";

/** A line before the journal has stamped it. */
type Entry = JournalLine extends infer L
  ? L extends JournalLine
    ? Omit<L, "seq" | "boot" | "atMs">
    : never
  : never;

export interface Journal {
  /** Random name of this process, 8 hex characters. */
  readonly boot: string;
  /** Bytes of a half-written last line that the previous process left and that were cut off. */
  readonly tornBytes: number;
  /**
   * Stamps the line at once; resolves when it is on disk. Lines of one tick share a write and a
   * sync. After a failed write every append rejects with the same HarnessError: the journal has a
   * hole and cannot go on.
   */
  append(entry: Entry): Promise<void>;
  /** The part that is on disk now. */
  manifest(): JournalManifest;
  /** The first `bytes` bytes (all that is on disk when absent) as a stream. */
  read(bytes?: number): Readable;
  /** Writes what is pending and a `close` line, then closes the file. */
  close(): Promise<void>;
}

/** Opens or continues the journal at `path` and appends its `open` line. */
export async function openJournal(options: {
  path: string;
  source: OpenLine["source"];
  runId: string;
}): Promise<Journal> {
  const { path, source, runId } = options;
  await mkdir(dirname(path), { recursive: true });
  const boot = randomBytes(4).toString("hex");
  const file = await open(path, "a+");
  const disk = await readDisk(path);
  if (disk.tornBytes > 0) await file.truncate(disk.bytes);
  const journal = new FileJournal(path, file, boot, disk);
  await journal.append({ k: "open", source, runId });
  return journal;
}

/** The file as it is on disk: at first what earlier processes left, then kept up to date. */
interface OnDisk {
  hash: Hash;
  bytes: number;
  lines: number;
  boots: string[];
  nextSeq: number;
  tornBytes: number;
}

class FileJournal implements Journal {
  readonly boot: string;
  readonly tornBytes: number;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #disk: OnDisk;
  #nextSeq: number;
  #pending: string[] = [];
  #nextCommit: Promise<void> | undefined;
  #lastCommit: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(path: string, file: FileHandle, boot: string, disk: OnDisk) {
    this.#path = path;
    this.#file = file;
    this.boot = boot;
    this.#disk = disk;
    this.#nextSeq = disk.nextSeq;
    this.tornBytes = disk.tornBytes;
    disk.boots.push(boot);
  }

  append(entry: Entry): Promise<void> {
    if (this.#closed) return Promise.reject(new HarnessError(`${this.#path}: journal is closed`));
    const stamp = { seq: this.#nextSeq++, boot: this.boot, atMs: nowMs() };
    this.#pending.push(`${JSON.stringify({ ...stamp, ...entry })}\n`);
    // Lines gather while the commit before them is on its way to the disk, and then go together.
    this.#nextCommit ??= this.#lastCommit = this.#lastCommit.then(() => this.#commit());
    return this.#nextCommit;
  }

  manifest(): JournalManifest {
    const { bytes, lines, hash, boots } = this.#disk;
    return { bytes, lines, sha256: hash.copy().digest("hex"), boots: [...boots] };
  }

  read(bytes = this.#disk.bytes): Readable {
    const length = Math.min(bytes, this.#disk.bytes);
    if (length === 0) return Readable.from([]);
    return createReadStream(this.#path, { start: 0, end: length - 1 });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.append({ k: "close" });
    this.#closed = true;
    await closing;
    await this.#file.close();
  }

  async #commit(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    this.#nextCommit = undefined;
    const bytes = Buffer.from(batch.join(""));
    try {
      await this.#file.appendFile(bytes);
      await this.#file.datasync();
    } catch (error) {
      throw new HarnessError(`${this.#path}: cannot write the journal: ${messageOf(error)}`, {
        fix: "give the journal's directory space and write permission",
        cause: error,
      });
    }
    this.#disk.hash.update(bytes);
    this.#disk.bytes += bytes.length;
    this.#disk.lines += batch.length;
  }
}

/**
 * Reads an existing journal once: its hash and size up to the last whole line, its boots, the next
 * seq.
 */
async function readDisk(path: string): Promise<OnDisk> {
  const disk: OnDisk = {
    hash: createHash("sha256"),
    bytes: 0,
    lines: 0,
    boots: [],
    nextSeq: 0,
    tornBytes: 0,
  };
  let last: Buffer | undefined;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      last = rest.subarray(start, end);
      start = end + 1;
      disk.lines += 1;
      if (last.includes('"k":"open"')) disk.boots.push(parseLine(path, disk.lines, last).boot);
    }
    disk.hash.update(rest.subarray(0, start));
    disk.bytes += start;
    rest = rest.subarray(start);
  }
  disk.tornBytes = rest.length;
  if (last) disk.nextSeq = parseLine(path, disk.lines, last).seq + 1;
  return disk;
}

function parseLine(path: string, line: number, text: Buffer): JournalLine {
  try {
    return JSON.parse(text.toString()) as JournalLine;
  } catch (error) {
    throw new HarnessError(`${path}:${line}: not a journal line: ${messageOf(error)}`, {
      fix: "move the damaged journal away",
      lastSeen: text.toString().slice(0, 80),
      cause: error,
    });
  }
}
