/** Runs the `validate` of a collector's image in Docker, without a network. */
import { CONTENT_LABEL } from "kind-node";
import { execa } from "execa";
import type { Answer, Validation, Validator } from "../check/validate-collectors.js";
import { HarnessError } from "../model/errors.js";

const TIMEOUT_MS = 60_000;
/** `docker run` says with this that the container never ran. */
const NEVER_RAN = 125;

/** HarnessError when Docker has the image and cannot run it. */
export const dockerValidator: Validator = async (validation: Validation): Promise<Answer> => {
  const { image } = validation;
  const format = `{{index .Config.Labels "${CONTENT_LABEL}"}}`;
  const inspected = await docker(["image", "inspect", "--format", format, image]);
  if (inspected.code === "ENOENT") return { kind: "unavailable", why: "Docker is not installed" };
  if (inspected.exitCode !== 0) {
    const absent = /no such image/i.test(inspected.stderr);
    const why = absent
      ? `Docker does not have ${image} (docker pull ${image})`
      : `Docker does not answer (${inspected.stderr.split("\n")[0] ?? ""})`;
    return { kind: "unavailable", why };
  }
  const { exitCode, stderr, stdout } = await docker(...runOf(validation));
  if (exitCode === 0) return { kind: "accepted" };
  const output = `${stderr}\n${stdout}`;
  if (exitCode === undefined || exitCode >= NEVER_RAN || !output.includes("Error: ")) {
    throw new HarnessError(`docker run ${image} validate: exit code ${String(exitCode)}`, {
      fix: "see whether docker run works, or give --collector-image with another image",
      lastSeen: output.trim().split("\n").slice(-3).join(" "),
    });
  }
  return { kind: "refused", output, partial: inspected.stdout.trim() !== "" };
};

/** The configurations go in as variables, so that nothing is mounted from this host. */
function runOf(validation: Validation): [args: string[], env: Record<string, string>] {
  const { image, texts, args, environment, directories } = validation;
  const configs = texts.map(
    (text, index) => [`CHAOS_CHECK_CONFIG_${String(index)}`, text] as const,
  );
  return [
    [
      ...["run", "--rm", "--network", "none"],
      ...directories.flatMap((path) => ["--tmpfs", `${path}:mode=1777`]),
      // The container's own variables must not reach the docker command itself.
      ...Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...configs.flatMap(([name]) => ["--env", name]),
      ...[image, "validate", ...args, ...configs.map(([name]) => `--config=env:${name}`)],
    ],
    Object.fromEntries(configs),
  ];
}

const docker = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  execa("docker", args, { env, reject: false, timeout: TIMEOUT_MS, stdin: "ignore" });
