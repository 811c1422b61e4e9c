import { inSequence } from "../../harness/index.js";
import backendsDown from "../backends-down.js";
import backendHangs from "../backend-hangs.js";
import backendsOverloaded from "../backends-overloaded.js";
import backendsReject from "../backends-reject.js";
import backendsReset from "../backends-reset.js";
import dnsOutage from "../dns-outage.js";
import dnsStale from "../dns-stale.js";
import controlPlaneOutage from "../control-plane-outage.js";

/** What gateways and agents depend on. */
export default inSequence({
  name: "sequence-services",
  description: "Backends, DNS and the API server fail, one after another.",
  tags: ["nightly"],
  of: [
    backendsDown,
    backendHangs,
    backendsOverloaded,
    backendsReject,
    backendsReset,
    dnsOutage,
    dnsStale,
    controlPlaneOutage,
  ],
});
