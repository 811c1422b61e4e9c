/** What Kustomize renders, on hosts that have a kubectl: the deployments of fixtures, and overlays over each. */
import { expect } from "chai";
import { findKubectl } from "kind-node";
import { scenarios } from "../../scenarios/suites.js";
import { overrideScenario } from "../cli/override-scenario.js";
import { isControl } from "../model/scenario.js";
import { deploymentFacts } from "../oracle/deployment-facts.js";
import { DEPLOYMENT_NAMES, renderedDeployment } from "../oracle/test-deployments.js";
import { checkDeployment, render } from "./render.js";

const kubectl = await findKubectl();

// A host of unit tests need not have a kubectl.
if (kubectl !== undefined) {
  describe("a rendered deployment", () => {
    for (const name of DEPLOYMENT_NAMES) {
      it(`${name} says what tests take it to say`, async () => {
        const facts = deploymentFacts(await render(kubectl, { deployment: name, audit: false }));
        expect(facts).to.deep.equal(deploymentFacts(renderedDeployment(name)));
      });
    }

    it("has the collector that is asked for in both tiers, under an overlay and an audit", async () => {
      const wanted = { deployment: "graceful", overlay: "three-gateways", audit: true };
      const yaml = await checkDeployment(kubectl, { ...wanted, collectorImage: "a/b:1" });
      expect(yaml.match(/image: a\/b:1/g)).to.have.length(2);
      for (const part of ["maxReplicas: 3", "graceful.yaml", "audit.yaml"]) {
        expect(yaml).to.contain(part);
      }
    });

    it("takes all that scenarios change about corrected", async () => {
      const own = scenarios.filter((one) => !isControl(one) && one.deployment !== "corrected");
      const changes = { faults: true, audit: false, load: undefined, deployment: "current" };
      const overlays = new Map(own.map((one) => [one.deployment, overrideScenario(one, changes)]));
      expect(overlays.size).to.be.greaterThan(3);
      for (const scenario of overlays.values()) await checkDeployment(kubectl, scenario);
    });
  });
}
