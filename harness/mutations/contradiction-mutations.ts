/** Defects of records that then contradict one another: no verdict may rest on either. */
import { DOUBTFUL, MISCOUNTED, UNPROVEN, type Mutation } from "./mutation.js";

const FIRST_OP = "SELECT op FROM operations ORDER BY op LIMIT 1";

export const CONTRADICTION_MUTATIONS: readonly Mutation[] = [
  {
    says: "a line of a journal is there twice",
    plant: (g) =>
      g.change(
        ["journal"],
        "INSERT INTO journal SELECT * FROM journal WHERE source = 'tempo' AND seq = 9",
      ),
    caughtBy: DOUBTFUL,
  },
  {
    says: "a journal is of another run",
    plant: (g) =>
      g.change(
        ["journal"],
        "UPDATE journal SET run = 'another' WHERE source = 'mimir' AND k = 'open'",
      ),
    caughtBy: DOUBTFUL,
  },
  {
    says: "an operation was answered before it began",
    plant: (g) =>
      g.change(
        ["operations"],
        `UPDATE operations SET complete_ms = invoke_ms - 1 WHERE op = (${FIRST_OP})`,
      ),
    caughtBy: DOUBTFUL,
  },
  {
    says: "an operation has two answers",
    plant: (g) =>
      g.change(
        ["journal"],
        `UPDATE journal SET k = 'complete' WHERE source = 'generator' AND k = 'open'`,
      ),
    caughtBy: DOUBTFUL,
  },
  {
    says: "an attempt of an operation is missing",
    plant: (g) =>
      g.change(["operations"], `UPDATE operations SET items = items + 1 WHERE op = (${FIRST_OP})`),
    caughtBy: { ...DOUBTFUL, ...MISCOUNTED },
  },
  {
    says: "a receipt stands at a line of the journal that is none",
    plant: (g) =>
      g.change(
        ["journal"],
        "UPDATE journal SET k = 'behaviour' WHERE source = 'loki' AND seq = 12",
      ),
    caughtBy: DOUBTFUL,
  },
  {
    says: "the fault was proven before it was injected",
    plant: (g) =>
      g.change(["faults"], "UPDATE faults SET at_ms = at_ms - 60000 WHERE step = 'proven'"),
    caughtBy: DOUBTFUL,
  },
  {
    says: "the proof belongs to another fault",
    plant: (g) => g.change(["faults"], "UPDATE faults SET fault = 7 WHERE step = 'proven'"),
    caughtBy: { ...DOUBTFUL, ...UNPROVEN },
  },
  {
    says: "the killed gateway's pod changed after it was deleted",
    plant: (g) =>
      g.change(
        ["topology"],
        `INSERT INTO topology SELECT * REPLACE ('modified' AS change, at_ms + 5000 AS at_ms)
         FROM topology WHERE source = 'pod' AND change = 'deleted' AND ip = '${g.victims.killed}'`,
      ),
    caughtBy: DOUBTFUL,
  },
];
