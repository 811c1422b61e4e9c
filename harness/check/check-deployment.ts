/** Checks a deployment: every rule over its manifests, and each collector's own validation. */
import {
  finding,
  checkedDeployment,
  type CheckedDeployment,
  type DeploymentInput,
} from "./checked-deployment.js";
import { byWeight, SEVERITIES, type Finding, type Severity } from "./finding.js";
import { RULES } from "./rules.js";
import { validateCollector, type Validated, type Validator } from "./validate-collectors.js";

export interface CheckResult {
  readonly agent: string;
  readonly gateway: string;
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<Severity, number>>;
  readonly validation: readonly Omit<Validated, "findings">[];
}

/** UsageError when it is not a deployment of one tier of agents and one of gateways. */
export async function checkDeployment(
  input: DeploymentInput,
  validator: Validator,
): Promise<CheckResult> {
  const deployment = checkedDeployment(input);
  const validated: Validated[] = [];
  for (const collector of deployment.collectors) {
    validated.push(await validateCollector(collector, deployment, validator));
  }
  const findings = [
    ...RULES.flatMap((rule) => rule(deployment)),
    ...unread(deployment),
    ...validated.flatMap((one) => one.findings),
  ]
    .sort(byWeight)
    .filter((one, index, all) => !isSame(one, all[index - 1]));
  return {
    agent: deployment.agent.title,
    gateway: deployment.gateway.title,
    findings,
    counts: Object.fromEntries(
      SEVERITIES.map((severity) => [
        severity,
        findings.filter((one) => one.severity === severity).length,
      ]),
    ) as Record<Severity, number>,
    validation: validated.map(({ collector, image, notRun }) => ({ collector, image, notRun })),
  };
}

/** What a rule and the collector itself both say. */
const isSame = (one: Finding, other: Finding | undefined): boolean =>
  one.check === other?.check && one.why === other.why;

/** What was taken for a configuration that the manifests lack, or could not be looked into at all. */
function unread({ collectors, containerPlace }: CheckedDeployment): Finding[] {
  return collectors.flatMap((collector) => {
    const { title, assumed, parts } = collector;
    if (parts !== null && assumed === null) return [];
    return [
      finding(
        parts === null ? "warning" : "note",
        "configuration-not-mounted",
        containerPlace(collector, "args"),
        parts === null
          ? `The configuration of ${title} is not in the deployment, so nothing about ` +
              "it was checked."
          : `No ConfigMap holds the configuration of ${title}; ${assumed ?? ""} was taken for it.`,
        parts === null
          ? "Give the ConfigMap together with the other manifests."
          : "Make the ConfigMap from that file.",
      ),
    ];
  });
}
