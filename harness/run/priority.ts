/** The harness' own place in the host's schedule. */
import { constants, getPriority, setPriority } from "node:os";

/**
 * Lets this process have its turn before others while it must notice changes in time, where the host allows that: root
 * may. Gives back what it was.
 */
export function comeFirst(): () => void {
  const before = getPriority();
  try {
    setPriority(Math.min(before, constants.priority.PRIORITY_ABOVE_NORMAL));
  } catch {
    return () => undefined;
  }
  return () => setPriority(before);
}
