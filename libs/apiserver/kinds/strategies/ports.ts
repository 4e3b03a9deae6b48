// SPDX-License-Identifier: Apache-2.0
import { type Cause, notSupported, required } from "../../http/status_error.ts";
import type { Json } from "../../patch/mod.ts";
import { text } from "../api_object.ts";

const PROTOCOLS = ["SCTP", "TCP", "UDP"];

/** Whether a number is a port that something can listen on. */
export function isPort(value: Json): boolean {
  return typeof value === "number" && value >= 1 && value <= 65535;
}

/** Faults of a port's protocol, in Kubernetes' words. Example: `protocolFaults("ICMP", "spec.ports[0].protocol")`. */
export function protocolFaults(protocol: Json | undefined, field: string): Cause[] {
  const name = text(protocol);
  if (name === "") return [required(field)];
  return PROTOCOLS.includes(name) ? [] : [notSupported(field, name, PROTOCOLS)];
}
