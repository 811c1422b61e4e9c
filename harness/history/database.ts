/** A private DuckDB in memory with bounded means, and its small vocabulary for the rest of the harness. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DuckDBInstance,
  DuckDBScalarFunction,
  INTEGER,
  UBIGINT,
  VARCHAR,
  type DuckDBConnection,
  type JS,
} from "@duckdb/node-api";

export type Cell = string | number | boolean | null;
export type Parameters = Readonly<Record<string, Cell>>;

export interface Database {
  /**
   * All rows of a statement: numbers as `number`, lists as arrays, structs as objects. Of several statements, divided
   * by semicolons and without parameters, those of the last.
   */
  readonly query: <T>(sql: string, parameters?: Parameters) => Promise<T[]>;
  /** The rows of a statement a few thousand at a time, so that their number does not matter. */
  stream<T>(sql: string, parameters?: Parameters): AsyncIterable<T[]>;
  /** Appends rows to a table that is not temporary, each with a value for every column in the table's order. */
  append(table: string, rows: Iterable<readonly Cell[]>): Promise<void>;
  /** Makes a function of two arguments of one type known to SQL by `name`; without one of them it gives null. */
  define<T extends Taken>(name: string, takes: T, returns: Returned, compute: Computation<T>): void;
  readonly means: Means;
  /** A directory for large intermediate files; it goes when the database is closed. */
  readonly scratch: string;
  close(): Promise<void>;
}

const TYPES = { integer: INTEGER, text: VARCHAR, uint64: UBIGINT } as const;
export interface Arguments {
  readonly text: string;
  readonly uint64: bigint;
}
export type Taken = keyof Arguments;
export type Returned = "integer" | "text";
type Computation<T extends Taken> = (first: Arguments[T], second: Arguments[T]) => number | string;

/** What a database may use. */
export interface Means {
  /** DuckDB spills to disk beyond this. */
  readonly memoryMb: number;
  readonly threads: number;
  /** So many items can be classified at a time. */
  readonly itemsAtOnce: number;
  /** Keeps tables in a file, compressed, rather than in memory. */
  readonly onDisk?: boolean;
}

/** The harness as a whole must stay small; a second thread is not faster on little and needs its own buffers. */
export const SMALL: Means = { memoryMb: 200, threads: 1, itemsAtOnce: 60_000 };

export async function openDatabase(means: Means = SMALL): Promise<Database> {
  const scratch = await mkdtemp(join(tmpdir(), "agent-gateway-chaos-"));
  const place = means.onDisk === true ? join(scratch, "tables.duckdb") : ":memory:";
  const flushMb = `${String(means.memoryMb / 200)}MB`;
  const instance = await DuckDBInstance.create(place, {
    memory_limit: `${String(means.memoryMb)}MB`,
    temp_directory: scratch,
    threads: String(means.threads),
    preserve_insertion_order: "false",
    // What is free goes back to the system soon: several histories are opened in one process.
    allocator_flush_threshold: flushMb,
    allocator_bulk_deallocation_flush_threshold: flushMb,
    // Nothing may be fetched from the network behind the reader's back.
    autoinstall_known_extensions: "false",
  });
  const connection = await instance.connect();
  return {
    query: async <T>(sql: string, parameters?: Parameters) => {
      // What takes no parameters need not be prepared, and may be several statements.
      const values = parameters === undefined ? undefined : { ...parameters };
      const reader = await connection.runAndReadAll(sql, values);
      return plainRows<T>(reader.getRowObjectsJS());
    },
    stream: (sql, parameters = {}) => stream(instance, sql, parameters),
    append: (table, rows) => append(instance, table, rows),
    define: (name, takes, returns, compute) => define(connection, name, takes, returns, compute),
    means,
    scratch,
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** A connection of its own: what is asked on another one would end the stream. */
async function* stream<T>(
  instance: DuckDBInstance,
  sql: string,
  parameters: Parameters,
): AsyncIterable<T[]> {
  const connection = await instance.connect();
  try {
    const result = await connection.stream(sql, { ...parameters });
    for await (const rows of result.yieldRowObjectJs()) yield plainRows<T>(rows);
  } finally {
    connection.closeSync();
  }
}

/** Rows whose every value is plain. They are changed in place: most values are plain already, and rows may be many. */
function plainRows<T>(rows: Record<string, JS>[]): T[] {
  for (const row of rows) {
    for (const name in row) {
      const value = row[name];
      if (typeof value === "bigint" || typeof value === "object") row[name] = plain(value) as JS;
    }
  }
  return rows as T[];
}

/** 64-bit counts become numbers: nothing that is counted here comes near 2^53. */
function plain(value: JS | undefined): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, plain(inner as JS)]),
  );
}

function define<T extends Taken>(
  connection: DuckDBConnection,
  name: string,
  takes: T,
  returns: Returned,
  compute: Computation<T>,
): void {
  const scalar = DuckDBScalarFunction.create({
    name,
    parameterTypes: [TYPES[takes], TYPES[takes]],
    returnType: TYPES[returns],
    mainFunction: (_info, input, output) => {
      const [first, second] = [input.getColumnVector(0), input.getColumnVector(1)];
      for (let row = 0; row < input.rowCount; row++) {
        output.setItem(
          row,
          compute(first.getItem(row) as Arguments[T], second.getItem(row) as Arguments[T]),
        );
      }
      output.flush();
    },
  });
  connection.registerScalarFunction(scalar);
}

/** A connection of its own: an appender waits, and this process with it, for what its connection is asked. */
async function append(
  instance: DuckDBInstance,
  table: string,
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const connection = await instance.connect();
  const appender = await connection.createAppender(table);
  try {
    for (const row of rows) {
      for (const cell of row) {
        if (cell === null) appender.appendNull();
        else if (typeof cell === "number") appender.appendDouble(cell);
        else if (typeof cell === "boolean") appender.appendBoolean(cell);
        else appender.appendVarchar(cell);
      }
      appender.endRow();
    }
  } finally {
    appender.closeSync();
    connection.closeSync();
  }
}

/** Text as an SQL literal; for the few places that take no parameter, such as the path of a file. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
