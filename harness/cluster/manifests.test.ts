import { expect } from "chai";
import { UsageError } from "../model/errors.js";
import { inApplyOrder, nameOf, parseManifests } from "./manifests.js";
import { kustomizeMessage } from "./render.js";

const object = (kind: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${kind}}\n`;

describe("parseManifests", () => {
  it("skips empty documents", () => {
    expect(parseManifests(`---\n${object("Pod")}---\n`, "x")).to.have.length(1);
  });

  it("names the source and the line of broken YAML", () => {
    expect(() => parseManifests("a: b\nc: [d\n", "deploy.yaml")).to.throw(
      UsageError,
      /deploy\.yaml: .* line 3/,
    );
  });

  it("names the document that is no object", () => {
    const yaml = `${object("Pod")}---\nkind: Pod\n`;
    expect(() => parseManifests(yaml, "d.yaml")).to.throw(UsageError, "d.yaml: document 2 is not");
  });
});

describe("inApplyOrder", () => {
  it("applies what others need first, gateways before agents, unknown kinds last", () => {
    const kinds = ["Widget", "DaemonSet", "Deployment", "Service", "ConfigMap", "Namespace"];
    const ordered = inApplyOrder(parseManifests(kinds.map(object).join("---\n"), "x"));
    expect(ordered.map(({ kind }) => kind)).to.deep.equal(
      [...kinds].reverse().slice(0, 5).concat("Widget"),
    );
  });

  it("keeps the given order among equals", () => {
    const yaml = ["b", "a"].map(
      (name) => `{apiVersion: v1, kind: Service, metadata: {name: ${name}}}`,
    );
    const ordered = inApplyOrder(parseManifests(yaml.join("\n---\n"), "x"));
    expect(ordered.map(nameOf)).to.deep.equal(["Service b", "Service a"]);
  });
});

describe("kustomizeMessage", () => {
  it("finds the file and the line below the layers", () => {
    const stderr =
      "error: accumulating resources: accumulation err='accumulating resources from '../k1': " +
      "'/tmp/k1' must " +
      "resolve to a file': recursed accumulation of path '/tmp/k1': accumulating resources: accumulating " +
      "resources from 'a.yaml': MalformedYAMLError: yaml: line 3: mapping values are not allowed in this " +
      "context in File: a.yaml";
    expect(kustomizeMessage(stderr)).to.equal(
      "a.yaml: yaml: line 3: mapping values are not allowed in this context",
    );
  });

  it("names the file that is missing, and otherwise keeps what was said", () => {
    const missing =
      "error: trouble: evalsymlink failure on '/d/x' : lstat /d/x: no such file or directory\n";
    expect(kustomizeMessage(missing)).to.equal("/d/x: no such file or directory");
    expect(kustomizeMessage('error: invalid Kustomization: json: unknown field "r"\n')).to.equal(
      'invalid Kustomization: json: unknown field "r"',
    );
  });
});
