import { expect } from "chai";
import { XMLParser } from "fast-xml-parser";
import type { RunRecord } from "../model/run-record.js";
import type { Verdict } from "../model/verdict.js";
import { junitXml } from "./junit.js";
import { sample, sampleBroken } from "./sample.js";
import type { SuiteRun } from "./suite-run.js";

interface ParsedCase {
  "@name": string;
  failure?: { "@message": string; "#text": string };
  error?: { "@message": string };
  skipped?: { "@message": string };
}
interface ParsedSuite {
  "@name": string;
  "@tests": string;
  "@failures": string;
  "@errors": string;
  "@skipped": string;
  properties: { property: { "@name": string; "@value": string }[] };
  testcase: ParsedCase[];
}

/** Throws when the text is no well-formed XML. */
function parse(xml: string): ParsedSuite[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseAttributeValue: false,
    parseTagValue: false,
    htmlEntities: true,
    isArray: (name) => ["testsuite", "testcase", "property"].includes(name),
  });
  // Its successor, a package of its own, is not worth a dependency for one test.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const parsed = parser.parse(xml, true) as { testsuites: { testsuite: ParsedSuite[] } };
  return parsed.testsuites.testsuite;
}

const judged = (record: RunRecord): SuiteRun => ({ kind: "judged", record, runDir: "reports/x" });
const suiteOf = (verdict: Verdict): ParsedSuite =>
  parse(junitXml([judged(sample({ verdict }).record)]))[0]!;

describe("JUnit XML", () => {
  it("has a suite per scenario and a case per invariant", () => {
    const { record } = sample();
    const suite = suiteOf("pass");
    expect(suite["@name"]).to.equal("gateway-kill");
    expect(suite.testcase.map((one) => one["@name"])).to.deep.equal(
      record.invariants.map(({ kind }) => kind),
    );
    expect([suite["@tests"], suite["@failures"], suite["@skipped"]]).to.deep.equal(["5", "0", "0"]);
    const properties = new Map(suite.properties.property.map((p) => [p["@name"], p["@value"]]));
    expect(properties.get("seed")).to.equal("42");
    expect(properties.get("runDir")).to.equal("reports/x");
    expect(properties.get("command")).to.equal(record.command);
  });

  it("reports a violated invariant as a failure with limit and actual value", () => {
    const suite = suiteOf("fail");
    const failed = suite.testcase.filter(({ failure }) => failure !== undefined);
    expect(failed.map((one) => one["@name"])).to.deep.equal(["zero-loss"]);
    expect(failed[0]!.failure!["#text"]).to.match(
      /limit: {2}0 unexplained.*\nactual: 1 unexplained/,
    );
    expect(suite["@failures"]).to.equal("1");
  });

  it("reports an inconclusive invariant as skipped with its reason", () => {
    const suite = suiteOf("inconclusive");
    const skipped = suite.testcase.filter((one) => one.skipped !== undefined);
    expect(skipped.map((one) => one["@name"])).to.deep.equal(["faults-proven"]);
    expect(skipped[0]!.skipped!["@message"]).to.match(/^INCONCLUSIVE: The pod/);
  });

  it("reports a broken harness as an error, beside the runs that were judged", () => {
    const [first, second] = parse(junitXml([judged(sample().record), sampleBroken]));
    expect(first!["@errors"]).to.equal("0");
    expect(second!["@errors"]).to.equal("1");
    expect(second!.testcase[0]!.error!["@message"]).to.equal("Docker does not answer");
  });

  it("passes a control that was found out and fails one that was not", () => {
    const control = (verdict: Verdict): ParsedSuite => {
      const { record } = sample({ verdict });
      const spec = { expect: { verdict: "fail", invariant: "zero-loss" } };
      return parse(junitXml([judged({ ...record, scenario: { ...record.scenario, spec } })]))[0]!;
    };
    expect(control("fail")["@failures"]).to.equal("0");
    expect(control("pass")["@failures"]).to.equal("1");
  });

  it("stays XML whatever a name or message holds", () => {
    const hostile = `a<b>&"'\u0000\u001b[31m\ud800]]>\uffff\ttab\nline`;
    const { record } = sample({ verdict: "fail" });
    const invariants = record.invariants.map((one) => ({ ...one, reason: hostile }));
    const [suite] = parse(junitXml([judged({ ...record, invariants, command: hostile })]));
    const message = suite!.testcase.find(({ failure }) => failure)!.failure!["@message"];
    expect(message).to.contain(`a<b>&"'[31m]]>`);
    expect(message).to.not.match(/[\u0000\u001b\uffff]/);
  });
});
