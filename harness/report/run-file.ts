/** run.json on disk: validated when it is written and when it is read. */
import { RUN_SCHEMA_VERSION, RunRecord } from "../model/run-record.js";
import { readJsonFile, writeJsonFile } from "./json-file.js";

const RUN_FILE = { name: "run record", schema: RunRecord, version: RUN_SCHEMA_VERSION };

/** Writes `record`; throws a TypeError that names the field when the record is not one. */
export const writeRunFile = (path: string, record: RunRecord): Promise<void> =>
  writeJsonFile(path, RUN_FILE, record);

/**
 * Reads a run.json; throws UsageError that names the file and, if it is not a run record, the
 * field.
 */
export const readRunRecord = (path: string): Promise<RunRecord> =>
  readJsonFile(path, RUN_FILE, "give the run.json of a run");
