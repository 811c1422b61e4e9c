/** The top of a report: the verdict, its cause, and how much of each signal arrived. */
import { lossPlaceText, type Accounting } from "../../model/accounting.js";
import { formatDuration } from "../../model/durations.js";
import type { RunRecord } from "../../model/run-record.js";
import { ITEM_NAME, SIGNALS, type Signal } from "../../model/signal.js";
import { expectedItems } from "../books.js";
import { deploymentText } from "../../model/scenario.js";
import { targetOf } from "../index-file.js";
import { formatCount, formatShare, formatUtc, unbroken } from "../format.js";
import { causeOf, controlResult, VERDICT_MARK, VERDICT_WORD } from "../verdict-words.js";
import { html, type Content, type Html } from "./escape.js";

export function headlineSection(record: RunRecord): Html {
  const control = controlResult(record);
  return html`<header class="${record.verdict}">
    <p class="kicker">
      Chaos run <span aria-hidden="true">·</span> <strong>${record.scenario.name}</strong>
    </p>
    <p class="verdict ${record.verdict}">
      <span class="mark" aria-hidden="true"><span>${VERDICT_MARK[record.verdict]}</span></span
      >${VERDICT_WORD[record.verdict]}
    </p>
    <h1>${withIds(unbroken(causeOf(record)))}</h1>
    <p class="lead">${record.scenario.description} ${largestLoss(record)}</p>
    ${control !== undefined && html`<p class="control ${!control.met && "missed"}">${control.text}</p>`}
    ${facts(record)}
    <div class="cards">${SIGNALS.map((signal) => card(signal, record.accounting[signal]))}</div>
  </header>`;
}

/**
 * The place and rule that explain most of what was lost, in a sentence; nothing for a loss that
 * nothing explains, which is the headline.
 */
function largestLoss({ losses }: RunRecord): string {
  const [most] = [...losses].sort((a, b) => b.items - a.items);
  if (most === undefined || most.rule === null) return "";
  const lost = losses.reduce((sum, { items }) => sum + items, 0);
  const part = `${formatCount(most.items)} of ${formatCount(lost)} lost items were`;
  const why = most.rule.replace(/ \(\S+#\d+\)$/, "");
  return `${part} ${lossPlaceText(most.place, most.seen)}: ${why}`;
}

/** IDs of spans and traces in a smaller hand: they are to be copied, not read. */
const withIds = (text: string): Content =>
  text
    .split(/\b([0-9a-f]{16,32})\b/)
    .map((part, index) => (index % 2 === 0 ? part : html`<code class="wrap">${part}</code>`));

function facts(record: RunRecord): Html {
  const { git } = record.environment;
  const tookMs = Date.parse(record.finishedAt) - Date.parse(record.startedAt);
  const entries: readonly (readonly [string, string])[] = [
    ["Deployment", deploymentText(targetOf(record))],
    ["Places of loss", record.audited ? "audited" : "inferred"],
    ["Loss allowed", record.strict ? "none (strict)" : "explained, within the budget"],
    ["Seed", record.seed],
    ["Commit", git.sha.slice(0, 12) + (git.dirty ? " + changes" : "")],
    ["Started", formatUtc(record.startedAt)],
    ["Took", formatDuration(tookMs)],
  ];
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** Delivered, explained and unexplained as parts of what was expected. */
function card(signal: Signal, books: Accounting): Html {
  const expected = expectedItems(books);
  const width = (part: number): string =>
    expected === 0 ? "0" : ((100 * part) / expected).toFixed(3);
  const { many } = ITEM_NAME[signal];
  return html`<div class="card">
    <h3>${many.charAt(0).toUpperCase() + many.slice(1)}</h3>
    <p class="big">${formatShare(books.delivered, expected)} <small>delivered</small></p>
    <svg class="share" width="100%" height="10" role="presentation">
      <rect class="track" width="100%" height="10" />
      <rect class="delivered" width="${width(books.delivered)}%" height="10" />
      <rect
        class="explained"
        x="${width(books.delivered)}%"
        width="${width(books.lostExplained)}%"
        height="10"
      />
      <rect
        class="unexplained"
        x="${width(books.delivered + books.lostExplained)}%"
        width="${width(books.lostUnexplained)}%"
        height="10"
      />
    </svg>
    <dl>
      <div>
        <dt>expected</dt>
        <dd>${formatCount(expected)}</dd>
      </div>
      <div>
        <dt><span class="key delivered"></span>delivered</dt>
        <dd>${formatCount(books.delivered)}</dd>
      </div>
      <div>
        <dt><span class="key explained"></span>lost, explained</dt>
        <dd>
          ${formatCount(books.lostExplained)}
          <small>${formatShare(books.lostExplained, expected)}</small>
        </dd>
      </div>
      <div class="${books.lostUnexplained > 0 && "alarm"}">
        <dt><span class="key unexplained"></span>lost, unexplained</dt>
        <dd>${formatCount(books.lostUnexplained)}</dd>
      </div>
    </dl>
  </div>`;
}
