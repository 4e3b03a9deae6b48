// SPDX-License-Identifier: Apache-2.0
/**
 * The API server of the bench, in the namespace of the measured apps: `bun run api_process.ts NODES PODS CLUSTERS`. Prints its URL, then
 * makes one change for each line `CHANGE STEP` on stdin.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { FakeApiServer } from "@strait/k8s/testing";
import { changeNames, changeWorld, fillWorld } from "./world.ts";

const [nodes = 0, pods = 0, clusters = 0] = process.argv.slice(2).map(Number);
const size = { nodes, pods, clusters };
const server = new FakeApiServer();
fillWorld(server, size);
console.log(server.url);
for await (const line of createInterface({ input: process.stdin })) {
  const [name, step] = line.split(" ");
  const change = changeNames.find((known) => known === name);
  if (change !== undefined) changeWorld(server, change, Number(step), size);
}
await server.stop();
