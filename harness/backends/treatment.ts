/** What a backend's behaviour does to one request after another. */
import { REFUSALS, type Behaviour, type RefusalName } from "../model/behaviour.js";

/** Of a request's items those with a place in `struck`, counted from 0, are withheld, repeated or corrupted. */
export type Treatment =
  | { readonly did: "nothing" }
  | {
      readonly did: "withheld" | "repeated" | "corrupted";
      readonly struck: ReadonlySet<number>;
    }
  | { readonly did: "delayed"; readonly delayMs: number }
  | { readonly did: "refused" }
  | FaultTreatment;

/** What a fault does, which is on record for everybody. */
export type FaultTreatment = { readonly fault: true } & (
  | { readonly did: "ignored" | "reset" }
  | { readonly did: "delayed"; readonly delayMs: number }
  | {
      readonly did: "refused";
      readonly answer: RefusalName;
      readonly code: number;
      readonly retryAfterMs: number | null;
    }
  | { readonly did: "rejected"; readonly struck: ReadonlySet<number> }
);

/** Decides about the next request, which holds so many items. */
export type Treat = (items: number, nowMs: number) => Treatment;

const NOTHING: Treatment = { did: "nothing" };

/** Counts from here on: a behaviour that is asked for again begins anew. */
export function treatmentOf(behaviour: Behaviour, startMs: number): Treat {
  switch (behaviour.kind) {
    case "normal":
      return () => NOTHING;
    case "drop-items":
      return strike("withheld", (nth) => nth <= behaviour.count);
    case "drop-one-in":
      return strike("withheld", (nth) => nth % behaviour.n === 0);
    case "duplicate-one-in":
      return strike("repeated", (nth) => nth % behaviour.n === 0);
    case "corrupt-one-in":
      return strike("corrupted", (nth) => nth % behaviour.n === 0);
    case "delay-one-in": {
      let requests = 0;
      const { n, delayMs } = behaviour;
      return () => (++requests % n === 0 ? { did: "delayed", delayMs } : NOTHING);
    }
    case "refuse-requests": {
      let requests = 0;
      return () => (++requests <= behaviour.count ? { did: "refused" } : NOTHING);
    }
    case "down":
      // Whoever has a connection still loses it, unanswered.
      return () => ({ fault: true, did: "ignored" });
    case "black-hole":
      return () => ({ fault: true, did: "ignored" });
    case "slow":
      return () => ({ fault: true, did: "delayed", delayMs: behaviour.delayMs });
    case "refuse-one-in": {
      const { answer, retryAfterMs = null } = behaviour;
      const refused = { fault: true, did: "refused", answer, retryAfterMs } as const;
      return oneRequestIn(behaviour.n, { ...refused, code: REFUSALS[answer] });
    }
    case "reset-one-in":
      return oneRequestIn(behaviour.n, { fault: true, did: "reset" });
    case "reject-one-in": {
      const treat = strike("withheld", (nth) => nth % behaviour.n === 0);
      return (items, nowMs) => {
        const treatment = treat(items, nowMs);
        return "struck" in treatment
          ? { fault: true, did: "rejected", struck: treatment.struck }
          : NOTHING;
      };
    }
    case "unavailable":
      return (_items, nowMs) => (nowMs < startMs + behaviour.forMs ? { did: "refused" } : NOTHING);
  }
}

function oneRequestIn(n: number, treatment: Treatment): Treat {
  let requests = 0;
  return () => (++requests % n === 0 ? treatment : NOTHING);
}

/** `strikes` decides by an item's number among all items, counted from 1. */
function strike(
  did: "withheld" | "repeated" | "corrupted",
  strikes: (nth: number) => boolean,
): Treat {
  let seen = 0;
  return (items) => {
    const struck = new Set<number>();
    for (let place = 0; place < items; place++) if (strikes(++seen)) struck.add(place);
    return struck.size === 0 ? NOTHING : { did, struck };
  };
}
