/** Where items were lost, and which rule of the configuration explains it. */
import { lossPlaceText } from "../../model/accounting.js";
import { formatDuration } from "../../model/durations.js";
import type { RunRecord } from "../../model/run-record.js";
import { clockZeroMs, formatClock, formatCount } from "../format.js";
import { html, type Content, type Html } from "./escape.js";
import type { Section } from "./page.js";
import { items, table, withUpstreamLinks } from "./parts.js";

type Loss = RunRecord["losses"][number];

export const lossesSection = (record: RunRecord): Section => ({
  id: "loss",
  title: "Loss by place and rule",
  short: "Loss by place",
  lead:
    "Explained: the deployment’s own configuration allows the loss of what was there at that " +
    "moment. Unexplained loss always fails the run. " +
    (record.losses.some(({ seen }) => seen)
      ? "An audit saw which gateway got what and when, so the side of the gateway is seen, and its stage follows."
      : "Where is inferred from times; a run with --audit sees it."),
  body:
    record.losses.length === 0
      ? html`<p class="empty">Nothing was lost.</p>`
      : table(
          "Loss by place and rule",
          [
            { title: "Lost" },
            { title: "Where" },
            { title: "Explained by" },
            { title: "Traces", numeric: true },
            { title: "Sent" },
            { title: "Example" },
          ],
          sorted(record.losses).map((loss) => [
            items(loss.items, loss.signal),
            lossPlaceText(loss.place, loss.seen),
            rule(loss),
            loss.signal === "traces" ? formatCount(loss.traces) : "–",
            when(record, loss),
            html`<code>${loss.example}</code>`,
          ]),
          "stacks",
        ),
});

const sorted = (losses: readonly Loss[]): readonly Loss[] =>
  [...losses].sort(
    (a, b) => Number(b.rule === null) - Number(a.rule === null) || b.items - a.items,
  );

const rule = (loss: Loss): Content =>
  loss.rule === null
    ? html`<strong class="alarm">✗ unexplained</strong>`
    : withUpstreamLinks(loss.rule);

/** First to last send, against the nearest fault when there is one. */
function when(record: RunRecord, { firstSentMs, lastSentMs, fault }: Loss): Html {
  const zeroMs = clockZeroMs(record);
  const clock = `${formatClock(firstSentMs - zeroMs)} to ${formatClock(lastSentMs - zeroMs)}`;
  const nearest = record.faults.find(({ index }) => index === fault);
  if (nearest === undefined || nearest.injectedAtMs === null) return html`${clock}`;
  const { injectedAtMs, index } = nearest;
  const beside = (ms: number): string =>
    `${formatDuration(Math.abs(ms - injectedAtMs))} ${ms < injectedAtMs ? "before" : "after"}`;
  return html`${clock}<br /><small
      >${beside(firstSentMs)} to ${beside(lastSentMs)} fault #${index + 1}</small
    >`;
}
