/** Undo in reverse order: each step registers its undo before it does anything. */
import { messageOf } from "../model/errors.js";
import type { Progress } from "../model/progress.js";

interface Step {
  readonly what: string;
  readonly undo: () => Promise<void>;
}

export interface Teardown {
  /** Registers an undo; call it before the set-up that it undoes. The undo must bear a set-up that failed. */
  before(what: string, undo: () => Promise<void>): void;
  /** Runs every undo, last registered first. One that throws is warned about and does not stop the rest. */
  run(progress: Progress): Promise<void>;
}

/** An empty teardown. */
export function teardown(): Teardown {
  const steps: Step[] = [];
  return {
    before: (what, undo) => {
      steps.push({ what, undo });
    },
    run: async (progress) => {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        progress.status(step.what);
        try {
          await step.undo();
        } catch (thrown) {
          progress.warn(`${step.what}: ${messageOf(thrown)}`);
        }
      }
    },
  };
}
