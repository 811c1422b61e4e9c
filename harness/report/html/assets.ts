/** The style sheets and scripts that go into a report: ours, and uPlot's. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { trustedMarkup, type Html } from "./escape.js";

const require = createRequire(import.meta.url);
const ours = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const uPlot = (name: string): string => readFileSync(require.resolve(`uplot/dist/${name}`), "utf8");

export interface Assets {
  readonly style: Html;
  readonly script: Html;
  /** The policy that lets this script run and no other, and lets nothing be loaded. */
  readonly contentSecurityPolicy: string;
}

/** Pages without scripts have tables of runs and of what is missing, whose style they bring along. */
export function assets(scripts: boolean): Assets {
  const shared = `${ours("style.css")}\n${ours("past.css")}`;
  const style = scripts
    ? `${uPlot("uPlot.min.css")}\n${shared}`
    : `${shared}\n${ours("overview.css")}`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  const styleElement = trustedMarkup(`<style>${style}</style>`);
  if (!scripts) {
    return { style: styleElement, script: trustedMarkup(""), contentSecurityPolicy: policy };
  }
  const script = [
    uPlot("uPlot.iife.min.js"),
    ours("client/charts.js"),
    ours("client/outcome-map.js"),
    ours("client/lanes.js"),
    ours("client/timeline.js"),
    ours("client/lost-context.js"),
    ours("client/lost-traces.js"),
  ].join("\n");
  const hash = createHash("sha256").update(script).digest("base64");
  return {
    style: styleElement,
    script: trustedMarkup(`<script>${script}</script>`),
    contentSecurityPolicy: `${policy}; script-src 'sha256-${hash}'`,
  };
}
