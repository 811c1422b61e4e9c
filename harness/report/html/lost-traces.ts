/**
 * The drill-down: each trace, metric point or log record that lost something, and what happened to
 * it.
 */
import { LOSS_PLACES, lossPlaceText } from "../../model/accounting.js";
import type { RunRecord } from "../../model/run-record.js";
import { BACKEND_OF_SIGNAL, ITEM_NAME } from "../../model/signal.js";
import { clockZeroMs, formatCount } from "../format.js";
import { AROUND_MS } from "../read-collector-logs.js";
import type { ReportSeries } from "../series.js";
import { html, jsonBlock, type Html } from "./escape.js";
import type { Section } from "./page.js";

export function lostTracesSection(record: RunRecord, series: ReportSeries | undefined): Section {
  return {
    id: "lost",
    title: "Lost traces and items",
    short: "Lost traces",
    body: body(record, series),
  };
}

function body(record: RunRecord, series: ReportSeries | undefined): Html {
  if (series === undefined) return html`<p class="empty">The history was not available.</p>`;
  const { total, shown } = series.lost;
  if (total === 0 && record.losses.length > 0) {
    return html`<p class="empty">What became of each item was not available.</p>`;
  }
  if (total === 0) return html`<p class="empty">Every expected item arrived.</p>`;
  // One audit looks at all of a run or at nothing.
  const seen = record.losses.some((loss) => loss.seen);
  const capped = shown.length < total;
  return html`<p class="lead">
      ${formatCount(total)} ${total === 1 ? "trace or item" : "traces and items"} lost something;
      ${
        capped
          ? `${formatCount(shown.length)} are kept in this file, unexplained ones first. ` +
            "The run’s history holds all of them."
          : "all of them are in this file, unexplained ones first."
      }
    </p>
    <form class="search" role="search" id="lost-search">
      <label for="lost-query">Find a trace, span, point or record by its ID</label>
      <input
        id="lost-query"
        type="search"
        autocomplete="off"
        spellcheck="false"
        placeholder="4bf92f35…"
      />
      <label class="check"><input id="lost-unexplained" type="checkbox" /> only unexplained</label>
    </form>
    <p id="lost-status" role="status"></p>
    <div id="lost-list"></div>
    <button type="button" id="lost-more" hidden>Show more</button>
    <noscript
      ><p class="empty">
        The list needs JavaScript; the same rows are in the run’s history.
      </p></noscript
    >
    ${jsonBlock("lost-data", {
      zeroMs: clockZeroMs(record),
      places: Object.fromEntries(LOSS_PLACES.map((place) => [place, lossPlaceText(place, seen)])),
      seen,
      itemNames: ITEM_NAME,
      backends: BACKEND_OF_SIGNAL,
      gatewaySets: series.gatewaySets,
      faults: record.faults.flatMap(({ index, description, injectedAtMs }) =>
        injectedAtMs === null ? [] : [{ index, description, injectedAtMs }],
      ),
      agents: series.pods.flatMap(({ tier, pod, node }) =>
        tier === "agent" ? [{ pod, node }] : [],
      ),
      logs: series.logs,
      aroundMs: AROUND_MS,
      total,
      groups: shown,
    })}`;
}
