/* What was going on around a lost trace: the ring, the nearest fault, and what the collectors logged. */
"use strict";

const MAX_LOG_LINES = 40;

/** First and last send of what was lost of a group, Unix ms. */
const lostSpan = (group) => {
  const times = group.items
    .filter((item) => item.lost)
    .flatMap((item) => item.sends.map(({ sentMs }) => sentMs));
  return { fromMs: Math.min(...times), toMs: Math.max(...times) };
};

/** The gateways that agents could route to when the first lost item was sent, and changes until the last one. */
const ringText = ({ fromMs, toMs }, { gatewaySets }, clock) => {
  const at = gatewaySets.findLast(({ atMs }) => atMs <= fromMs);
  const changes = gatewaySets.filter(({ atMs }) => atMs > fromMs && atMs <= toMs);
  const names = at === undefined ? "unknown" : at.gateways.join(", ");
  const later = changes.map(({ atMs, gateways }) => `; from ${clock(atMs)} ${gateways.join(", ")}`);
  return `Ring at ${clock(fromMs)}: ${names}${later.join("")}.`;
};

/** The fault whose injection lies nearest to the first lost send; empty without a fault. */
const faultText = ({ fromMs }, { faults }) => {
  const distance = ({ injectedAtMs }) => Math.abs(injectedAtMs - fromMs);
  const nearest = [...faults].sort((a, b) => distance(a) - distance(b))[0];
  if (nearest === undefined) return "";
  const seconds = (distance(nearest) / 1000).toFixed(1);
  const side = nearest.injectedAtMs >= fromMs ? "before" : "after";
  return ` First lost send ${seconds} s ${side} fault #${nearest.index + 1}: ${nearest.description}.`;
};

/** Lines of the group's agents and possible owners, a few seconds around what was lost. */
const logsOf = (group, { fromMs, toMs }, { logs, agents, aroundMs }) => {
  const nodes = new Set(group.items.flatMap((item) => item.sends.map(({ node }) => node)));
  const pods = new Set([
    ...group.owners,
    ...agents.filter(({ node }) => nodes.has(node)).map(({ pod }) => pod),
  ]);
  return logs.shown.filter(
    ({ atMs, pod }) => atMs >= fromMs - aroundMs && atMs <= toMs + aroundMs && pods.has(pod),
  );
};

const logsElement = (group, span, data, clock) => {
  const lines = logsOf(group, span, data);
  const cut = data.logs.total - data.logs.shown.length;
  const many = lines.length > MAX_LOG_LINES ? ` of ${lines.length}` : "";
  const kept = cut > 0 ? `; ${cut} lines of all collectors are left out of this file` : "";
  const seconds = data.aroundMs / 1000;
  const summary = `Collectors’ logs ± ${seconds} s: ${Math.min(lines.length, MAX_LOG_LINES)}${many}${kept}`;
  const details = element("details", "logs", element("summary", "", summary));
  if (lines.length === 0) return details;
  // The last lines before a loss say more than the first.
  const text = lines
    .slice(-MAX_LOG_LINES)
    .map(({ atMs, pod, text }) => `${clock(atMs)} ${pod} ${text}`)
    .join("\n");
  const box = element("pre", "", text);
  box.tabIndex = 0;
  details.append(box);
  return details;
};

/** A paragraph and the logs, to stand around the table of a group's items. */
const contextOf = (group, data, clock) => {
  const span = lostSpan(group);
  return {
    text: ringText(span, data, clock) + faultText(span, data),
    logs: logsElement(group, span, data, clock),
  };
};
