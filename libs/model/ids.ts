// SPDX-License-Identifier: Apache-2.0
import type { Brand } from "./brand.ts";
import { must, ok, type Result, refuse } from "./result.ts";

/** A cluster's name in the clusterset: a DNS-1123 label of 1 to 63 characters, as Submariner asks. */
export type ClusterId = Brand<string, "ClusterId">;

/** A node's name: a DNS-1123 subdomain of 1 to 253 characters, as Kubernetes asks. */
export type NodeName = Brand<string, "NodeName">;

/** The kernel's number of a network interface in one network namespace: 1 to 2^31 - 1. */
export type IfIndex = Brand<number, "IfIndex">;

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Reads a cluster id. Example: `parseClusterId("East")` is refused: capitals. */
export function parseClusterId(text: string): Result<ClusterId> {
  if (LABEL.test(text)) return ok(text as ClusterId);
  return refuse(`"${text.slice(0, 70)}" is no cluster id: use 1 to 63 of a-z, 0-9 and -, with a letter or digit at both ends`);
}

/** Reads a node name. Example: `parseNodeName("w1.example.com")`. */
export function parseNodeName(text: string): Result<NodeName> {
  if (text.length <= 253 && text.split(".").every((label) => LABEL.test(label))) return ok(text as NodeName);
  return refuse(`"${text.slice(0, 70)}" is no node name: use labels of a-z, 0-9 and - joined by dots, 253 characters at most`);
}

/** Checks an interface index. Example: `parseIfIndex(0)` is refused. */
export function parseIfIndex(value: number): Result<IfIndex> {
  if (Number.isInteger(value) && value > 0 && value <= 0x7fffffff) return ok(value as IfIndex);
  return refuse(`${value} is no interface index: the kernel counts from 1`);
}

/** As `parseClusterId`, for literals. @throws TypeError with the reason. */
export function clusterId(text: string): ClusterId {
  return must(parseClusterId(text));
}

/** As `parseNodeName`, for literals. @throws TypeError with the reason. */
export function nodeName(text: string): NodeName {
  return must(parseNodeName(text));
}

/** As `parseIfIndex`, for numbers that came from the kernel. @throws TypeError with the reason. */
export function ifIndex(value: number): IfIndex {
  return must(parseIfIndex(value));
}
