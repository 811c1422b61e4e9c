/** The rules of the house that a compiler does not know: who imports whom, line length, banned marks. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const harness = dirname(fileURLToPath(import.meta.url));
const root = dirname(harness);

/** Room -> rooms that it may import. A room that is not listed may import every other. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  observer: ["model"],
  oracle: ["model"],
  history: ["model"],
  invariants: ["model", "oracle", "history"],
  mutations: ["model", "oracle", "history", "invariants"],
  bench: ["model", "oracle", "history", "invariants"],
  check: ["model", "oracle"],
  workload: ["model", "observer", "oracle"],
  backends: ["model", "observer"],
  cluster: ["model", "observer", "kind-node"],
  faults: ["model", "cluster", "kind-node"],
  report: ["model", "oracle", "history", "invariants"],
  "kind-node": [],
  scenarios: ["index"],
  index: ["model"],
};
/** Longest line of code, in columns. */
const MAX_COLUMNS = 120;

interface Source {
  readonly path: string;
  readonly room: string;
  readonly text: string;
}

function sources(): Source[] {
  const found: Source[] = [];
  for (const top of ["harness", "scenarios"]) {
    for (const entry of readdirSync(join(root, top), { recursive: true, encoding: "utf8" })) {
      if (!entry.endsWith(".ts") || entry.includes("node_modules")) continue;
      const path = join(root, top, entry);
      found.push({ path, room: roomOf(path), text: readFileSync(path, "utf8") });
    }
  }
  return found;
}

/** `harness/model/ids.ts` -> `model`, `harness/index.ts` -> `index`, `scenarios/x.ts` -> `scenarios`. */
function roomOf(path: string): string {
  const [top, second] = relative(root, path).split("/");
  if (top === "scenarios") return "scenarios";
  return (second ?? "").replace(/(\.test)?\.ts$/, "");
}

function importsOf({ path, text }: Source): { specifier: string; room: string }[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(
    (m) => m[1] ?? "",
  );
  return specifiers.flatMap((specifier) => {
    if (specifier === "kind-node") return [{ specifier, room: "kind-node" }];
    if (!specifier.startsWith(".")) return [];
    return [{ specifier, room: roomOf(resolve(dirname(path), specifier).replace(/\.js$/, ".ts")) }];
  });
}

describe("tidy", () => {
  const all = sources();

  it("no room imports a room that the table does not allow", () => {
    const wrong = all.flatMap((source) => {
      const allowed = MAY_IMPORT[source.room];
      if (allowed === undefined) return [];
      return importsOf(source)
        .filter(({ room }) => room !== source.room && !allowed.includes(room))
        .map(({ specifier }) => `${relative(root, source.path)} imports ${specifier}`);
    });
    expect(wrong).to.deep.equal([]);
  });

  /** Every source that loading `entry` loads, with the packages that they name. Lazy imports do not count. */
  function closure(entry: string): { rooms: Set<string>; packages: Set<string> } {
    const byPath = new Map(all.map((source) => [source.path, source]));
    const rooms = new Set<string>();
    const packages = new Set<string>();
    const visited = new Set<string>();
    const visit = (path: string): void => {
      const source = byPath.get(path);
      if (source === undefined || visited.has(path)) return;
      visited.add(path);
      rooms.add(source.room);
      const loads = /^(?:import|export) (?!type )(?:[^;"]*? from )?"([^"]+)"/gm;
      for (const [, specifier = ""] of source.text.matchAll(loads)) {
        if (specifier.startsWith("."))
          visit(resolve(dirname(path), specifier).replace(/\.js$/, ".ts"));
        else packages.add(specifier);
      }
    };
    visit(join(harness, entry));
    expect(visited.size, `${entry} was not found`).to.be.greaterThan(3);
    return { rooms, packages };
  }

  it("judging a stored run again loads nothing of the cluster side", () => {
    const { rooms, packages } = closure("run/analyze.ts");
    for (const room of ["cluster", "workload", "backends", "faults", "kind-node"]) {
      expect([...rooms]).not.to.include(room);
    }
    expect([...packages]).not.to.include("@kubernetes/client-node");
  });

  for (const entry of ["cli/main.ts", "run/describe-plan.ts"]) {
    it(`${entry}: listing and dry-running load neither gRPC nor the Kubernetes client`, () => {
      const { packages } = closure(entry);
      expect([...packages]).not.to.include("@grpc/grpc-js");
      expect([...packages]).not.to.include("@kubernetes/client-node");
    });
  }

  it("lines fit the width, and nothing unfinished is marked", () => {
    const wrong = all.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) => {
        const where = `${relative(root, path)}:${String(index + 1)}`;
        if (line.length > MAX_COLUMNS) return [`${where} is ${String(line.length)} columns wide`];
        return /\b(TO|FIX)(DO|ME)\b/.test(line) ? [`${where} is marked unfinished`] : [];
      }),
    );
    expect(wrong).to.deep.equal([]);
  });
});
