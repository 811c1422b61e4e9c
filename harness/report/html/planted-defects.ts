/** Proof of the judge: the defects that were planted in this run's history, and what the judge said of each. */
import type { PlantedDefects, RunRecord } from "../../model/run-record.js";
import { verdictList } from "../../model/verdict.js";
import { formatCount } from "../format.js";
import { html } from "./escape.js";
import type { Section } from "./page.js";
import { table } from "./parts.js";

type Defect = PlantedDefects["defects"][number];

/** No section when nothing was planted. */
export function plantedDefectsSection({ plantedDefects }: RunRecord): Section[] {
  if (plantedDefects === undefined) return [];
  const { defects, plantedAt } = plantedDefects;
  const caught = defects.filter((defect) => defect.caught).length;
  return [
    {
      id: "planted-defects",
      title: "Proof of the judge",
      lead:
        `${formatCount(caught)} of ${formatCount(defects.length)} defects, planted one at a time in ` +
        "this run's history, were caught by exactly the invariants that they touch.",
      body: html`${table(
          "Planted defects and what the judge said",
          [
            { title: "Planted" },
            { title: "Must change" },
            { title: "Changed" },
            { title: "Caught" },
          ],
          // What was missed first.
          [...defects].sort((a, b) => Number(a.caught) - Number(b.caught)).map(row),
          "stacks",
        )}
        <p>Planted ${plantedAt} by <code>chaos mutate</code>; the history itself is unchanged.</p>`,
    },
  ];
}

const row = ({ says, expected, seen, caught }: Defect): string[] => [
  says,
  verdictList(expected),
  verdictList(seen),
  caught ? "✓ yes" : "✗ no",
];
