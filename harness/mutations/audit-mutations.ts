/** Defects of what the audit of an audited run saw; each is planted in the audit alone, backends stay as they were. */
import type { Ground, Victim } from "./ground.js";
import { DOUBTFUL, LOST, MISROUTED, type Mutation } from "./mutation.js";

const at = ({ signal, id }: Victim): string => `signal = '${signal}' AND id = '${id}'`;

const audit = (ground: Ground, statement: string): Promise<void> =>
  ground.change(["audit_receipts"], statement);
const forget = (ground: Ground, where: string): Promise<void> =>
  audit(ground, `DELETE FROM audit_receipts WHERE ${where}`);
const move = (ground: Ground, peer: string, where: string): Promise<void> =>
  audit(ground, `UPDATE audit_receipts SET peer = '${peer}' WHERE ${where}`);

/** A span that the killed gateway held for its decision, as the audit saw. */
function held({ victims }: Ground): Victim {
  if (victims.held === undefined) throw new Error("the run has no audit");
  return victims.held;
}

const WHERE_LOST: Mutation[] = [
  {
    says: "a span that the killed gateway held never reached it, long before the kill",
    plant: (g) => forget(g, at(held(g))),
    caughtBy: LOST,
  },
  {
    says: "a span that the killed gateway held had gone to a gateway that lived on",
    plant: (g) => move(g, g.victims.otherGateway, at(held(g))),
    caughtBy: { ...MISROUTED, ...LOST },
  },
  {
    says: "a span that the killed gateway held had gone to a gateway that lived on, too",
    plant: (g) =>
      audit(
        g,
        `INSERT INTO audit_receipts SELECT * REPLACE ('${g.victims.otherGateway}' AS peer)
         FROM audit_receipts WHERE ${at(held(g))}`,
      ),
    caughtBy: { ...MISROUTED, ...LOST },
  },
  {
    says: "a span that the killed gateway held came to it a minute after its death",
    plant: (g) => audit(g, `UPDATE audit_receipts SET at_ms = at_ms + 60000 WHERE ${at(held(g))}`),
    caughtBy: LOST,
  },
];

const WHERE_ROUTED: Mutation[] = [
  {
    says: "a span that sampling dropped was at a gateway that no ring gives",
    plant: (g) => move(g, "10.255.255.1", at(g.victims.sampledOut)),
    caughtBy: MISROUTED,
  },
  {
    says: "a span that sampling dropped was at two gateways",
    plant: (g) =>
      audit(
        g,
        `INSERT INTO audit_receipts SELECT * REPLACE ('10.255.255.1' AS peer)
         FROM audit_receipts WHERE ${at(g.victims.sampledOut)}`,
      ),
    caughtBy: MISROUTED,
  },
];

const WHOLE: Omit<Mutation, "caughtBy">[] = [
  {
    says: "a page of the audit's journal is missing",
    plant: (g) =>
      g.change(["journal"], "DELETE FROM journal WHERE source = 'audit' AND seq BETWEEN 10 AND 20"),
  },
  {
    says: "the audit has no journal",
    plant: (g) => g.change(["journal"], "DELETE FROM journal WHERE source = 'audit'"),
  },
  {
    says: "the audit restarted",
    plant: (g) =>
      g.change(
        ["journal"],
        `UPDATE journal SET boot = 'another' WHERE source = 'audit'
           AND seq > (SELECT max(seq) / 2 FROM journal WHERE source = 'audit')`,
      ),
  },
  {
    says: "the audit's journal is not what its observer vouched for",
    plant: (g) => {
      g.facts = {
        ...g.facts,
        journals: g.facts.journals.map((journal) =>
          journal.source === "audit" ? { ...journal, mismatch: "other checksum" } : journal,
        ),
      };
    },
  },
  {
    says: "a backend got a span that the audit never saw",
    plant: (g) => forget(g, at(g.victims.span)),
  },
  {
    says: "the audit saw nothing at all",
    plant: (g) => forget(g, "true"),
  },
];

export const AUDIT_MUTATIONS: readonly Mutation[] = [
  ...WHERE_LOST,
  ...WHERE_ROUTED,
  ...WHOLE.map((mutation) => ({ ...mutation, caughtBy: DOUBTFUL })),
].map((mutation) => ({ ...mutation, needsAudit: true }));
