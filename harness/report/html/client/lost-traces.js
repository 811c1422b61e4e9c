/* The searchable list of what was lost. All text enters the page as text. */
"use strict";

const PAGE_ROWS = 25;

const element = (name, className, ...children) => {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
};

/** A table that scrolls sideways by itself, also with the keyboard. */
const scrollBox = (label, table) => {
  const box = element("div", "scroll", table);
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  return box;
};

const startLostTraces = (data) => {
  const query = document.getElementById("lost-query");
  const onlyUnexplained = document.getElementById("lost-unexplained");
  const status = document.getElementById("lost-status");
  const list = document.getElementById("lost-list");
  const more = document.getElementById("lost-more");
  const unexplained = (group) => group.items.some((item) => item.lost && item.rule === null);
  let limit = PAGE_ROWS;

  const clock = (ms) => {
    const tenths = Math.round(Math.abs(ms - data.zeroMs) / 100);
    const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
    return `${ms < data.zeroMs ? "−" : "+"}${Math.floor(tenths / 600)}:${rest}`;
  };

  const sendText = ({ sentMs, answeredMs, outcome, node }) => {
    const answer =
      answeredMs === null
        ? "never answered"
        : `${outcome} in ${(answeredMs - sentMs).toFixed(1)} ms`;
    return `${clock(sentMs)} to agent on ${node}, ${answer}`;
  };

  const lines = (texts) =>
    texts.flatMap((text, index) => (index === 0 ? [text] : [document.createElement("br"), text]));

  const fate = (item) => {
    if (item.lost) {
      const where = item.place === null ? "" : `, ${data.places[item.place]}`;
      return item.rule === null ? `✗ LOST${where}: unexplained` : `LOST${where}: ${item.rule}`;
    }
    return item.receipts.length > 0 ? "delivered" : "not expected";
  };

  const itemRow = (group, item) => {
    const row = element("tr", item.lost ? "lost" : "");
    const id = element("code", "", item.id);
    const received = item.receipts.map(
      ({ atMs, gateway }) => `${clock(atMs)} at ${data.backends[group.signal]} from ${gateway}`,
    );
    const planned = [
      ...(item.lastedMs === null ? [] : [`${Math.round(item.lastedMs)} ms`]),
      ...(item.error ? ["error"] : []),
    ].join(", ");
    const reached = item.reached.map(({ atMs, gateway }) => `${clock(atMs)} ${gateway}`);
    row.append(
      element("td", "", id, ...(planned === "" ? [] : [document.createElement("br"), planned])),
      element("td", "", ...lines(item.sends.map(sendText))),
      ...(data.seen
        ? [element("td", "", ...lines(reached.length === 0 ? ["none"] : reached))]
        : []),
      element("td", "", ...lines(received.length === 0 ? ["–"] : received)),
      element("td", "", fate(item)),
    );
    return row;
  };

  const detail = (group) => {
    const table = element("table", "");
    const head = table.createTHead().insertRow();
    const titles = ["sent", ...(data.seen ? ["at gateway"] : []), "received", "fate"];
    for (const title of [data.itemNames[group.signal].one, ...titles]) {
      const cell = head.appendChild(element("th", "", title));
      cell.scope = "col";
    }
    table.createTBody().append(...group.items.map((item) => itemRow(group, item)));
    const owners = group.owners.length === 0 ? "unknown" : group.owners.join(" or ");
    const cut = group.totalItems - group.items.length;
    const context = contextOf(group, data, clock);
    const note = `Predicted owner: ${owners}. ${context.text}${cut > 0 ? ` ${cut} more items are not shown.` : ""}`;
    const box = scrollBox(`What became of ${group.key}`, table);
    return element("div", "detail", element("p", "note", note), box, context.logs);
  };

  const groupElement = (group) => {
    const bad = unexplained(group);
    const names = data.itemNames[group.signal];
    const rules = [...new Set(group.items.filter((i) => i.lost && i.rule).map((i) => i.rule))];
    const total = group.totalItems;
    const about = [
      group.class,
      `${group.lostItems} of ${total} ${total === 1 ? names.one : names.many} lost`,
      ...rules,
    ];
    const state = element(
      "span",
      `state ${bad ? "unexplained" : "explained"}`,
      bad ? "✗ unexplained" : "~ explained",
    );
    const text = about.filter((part) => part !== "").join(" · ");
    const summary = element(
      "summary",
      "",
      state,
      element("code", "", group.key),
      element("span", "about", text),
    );
    const details = element("details", "group", summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(detail(group));
    });
    return details;
  };

  const show = () => {
    const wanted = query.value.trim().toLowerCase();
    const matches = data.groups.filter(
      (group) =>
        (!onlyUnexplained.checked || unexplained(group)) &&
        (wanted === "" ||
          group.key.toLowerCase().includes(wanted) ||
          group.items.some((item) => item.id.toLowerCase().includes(wanted))),
    );
    list.replaceChildren(...matches.slice(0, limit).map(groupElement));
    more.hidden = matches.length <= limit;
    const shown = Math.min(limit, matches.length);
    status.textContent =
      matches.length === 0
        ? `Nothing among the ${data.groups.length} kept in this file matches.`
        : `Showing ${shown} of ${matches.length}.`;
    if (matches.length === 1) list.firstElementChild.open = true;
  };

  const again = () => {
    limit = PAGE_ROWS;
    show();
  };
  query.addEventListener("input", again);
  onlyUnexplained.addEventListener("change", again);
  document.getElementById("lost-search").addEventListener("submit", (e) => e.preventDefault());
  more.addEventListener("click", () => {
    limit += PAGE_ROWS * 4;
    show();
  });
  show();
};

{
  const block = document.getElementById("lost-data");
  if (block !== null) startLostTraces(JSON.parse(block.textContent));
}
