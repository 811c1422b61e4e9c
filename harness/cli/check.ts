/** `chaos check`: lists the defects of a deployment from its manifests, without a cluster. */
import { Command } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { readInput } from "./check-input.js";
import { addOptions, settle, type Surroundings } from "./settings.js";
import { collectorImageOf } from "./run-target.js";
import { terminalMode } from "./terminal-mode.js";

const HELP = `
DEPLOYMENT is a name under fixtures/deployments, a Kustomize directory, a directory or file of
manifests, or - for standard input. Exit code 0 without a fatal finding, 1 with one.

Examples:
  chaos check corrected
  chaos check deploy/overlays/production --expected-rate 2000 --nodes 5x8x32Gi
  helm template my-release my-chart | chaos check - --existing Namespace/observability`;

export const checkCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("check"), "check")
    .description("list the defects of a deployment with file, line, why and fix; no cluster")
    .argument("<deployment>", "name, directory, file, or - for standard input")
    .addHelpText("after", HELP)
    .action(async (source: string, _: unknown, command: Command) => {
      const { settings } = await settle(command, around);
      const { checkDeployment } = await import("../check/check-deployment.js");
      const { dockerValidator } = await import("../run/docker-validator.js");
      const { checkJson, checkText } = await import("./check-text.js");
      const expectations = {
        tracesPerSecond: settings.expectedRate,
        nodes: settings.nodes,
        existing: settings.existing,
        collectorImage: collectorImageOf(settings),
      };
      const input = await readInput(source, expectations, around.cwd);
      const result = await checkDeployment(input, dockerValidator);
      const colour = terminalMode(settings, around.env).colour.stdout;
      const shown = settings.json ? checkJson(result, source) : checkText(result, source, colour);
      process.stdout.write(shown);
      finish(result.counts.fatal > 0 ? EXIT.fail : EXIT.pass);
    });
