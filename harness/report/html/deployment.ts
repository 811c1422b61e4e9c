/**
 * What was under test: the corrections to the published guide, what kind made necessary, and the
 * settings.
 */
import type { RunRecord } from "../../model/run-record.js";
import type { ReportSeries } from "../series.js";
import { html } from "./escape.js";
import type { Section } from "./page.js";
import { table } from "./parts.js";

export function deploymentSection(
  { deployment }: RunRecord,
  series: ReportSeries | undefined,
): Section {
  const { audit, collectorImages = [], corrections, kindSized, overlay, settings } = deployment;
  return {
    id: "deployment",
    title: "Deployment under test",
    short: "Deployment",
    lead: html`<strong>${deployment.name}</strong>${
        overlay !== undefined && html` under <strong>${overlay}</strong>, which the scenario needs`
      },
      rendered configuration <code class="wrap">sha256:${deployment.configSha256}</code>${
        collectorImages.length > 0 &&
        html`, collector <code class="wrap">${collectorImages.join(", ")}</code>`
      }`,
    body: html` <h3>Corrections to the published guide</h3>
      ${
        corrections.length === 0
          ? html`<p class="empty">None.</p>`
          : table(
              "Corrections",
              [{ title: "Patch" }, { title: "What was wrong" }],
              corrections.map(({ file, why }) => [html`<code class="wrap">${file}</code>`, why]),
              "stacks",
            )
      }
      <h3>Changed to fit a kind cluster</h3>
      ${
        kindSized.length === 0
          ? html`<p class="empty">Nothing.</p>`
          : html`<ul>
              ${kindSized.map((change) => html`<li>${change}</li>`)}
            </ul>`
      }
      ${
        audit.length > 0 &&
        html`<h3>Added to audit it</h3>
          <ul>
            ${audit.map((change) => html`<li>${change}</li>`)}
          </ul>`
      }
      <h3>Settings as deployed</h3>
      ${table(
        "Settings",
        [{ title: "Setting" }, { title: "Value" }],
        settings.map(({ name, value }) => [name, value]),
      )}
      ${
        series !== undefined &&
        html`<details>
          <summary>The manifests as they were applied</summary>
          <pre tabindex="0">${series.renderedYaml}</pre>
        </details>`
      }`,
  };
}
