/** What lies at a path that a person has given. */
import { statSync, type Stats } from "node:fs";

/** Undefined for nothing, also when a file stands where a directory of the path must be. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
