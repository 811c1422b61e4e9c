#!/usr/bin/env node
/** Entry of the `chaos` command: loads the TypeScript sources and answers with main's exit code. */
import { register } from "tsx/esm/api";

register();
const { main } = await import("./main.ts");
const exitCode = await main(process.argv.slice(2));
// What is still open (watches, sockets of a removed cluster) must not keep the process alive.
process.exit(exitCode);
