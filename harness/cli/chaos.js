#!/usr/bin/env node
/** Entry of the `chaos` command: loads the TypeScript sources and answers with main's exit code. */
import { setFlagsFromString } from "node:v8";
import { register } from "tsx/esm/api";

// Most of the time the harness waits: a small young generation costs little time and saves tens of megabytes.
setFlagsFromString("--max-semi-space-size=1");
register();
const { main } = await import("./main.ts");
const exitCode = await main(process.argv.slice(2));
// What is still open (watches, sockets of a removed cluster) must not keep the process alive.
process.exit(exitCode);
