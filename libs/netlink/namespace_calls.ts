// SPDX-License-Identifier: Apache-2.0
import { Attributes, attribute } from "./attributes.ts";
import type { Channel } from "./channel.ts";
import { NETNSA, RTM } from "./constants.ts";
import { Malformed, reading } from "./malformed.ts";

/** A network namespace: by a process in it, or by an open file of it. */
export type NamespaceRef = { readonly pid: number } | { readonly fd: number };

const RTGENMSG = new Uint8Array(4);

function reference(of: NamespaceRef): Uint8Array {
  return "pid" in of ? attribute.u32(NETNSA.PID, of.pid) : attribute.u32(NETNSA.FD, of.fd);
}

function named(of: NamespaceRef): string {
  return "pid" in of ? `the network namespace of process ${of.pid}` : `the network namespace of descriptor ${of.fd}`;
}

export function namespaceId(channel: Channel, of: NamespaceRef): number | undefined {
  const purpose = { verb: "read the id of", object: named(of) };
  const [message] = channel.socket.request(purpose, RTM.GETNSID, 0, RTGENMSG, reference(of));
  const id = reading("a namespace id", () => {
    if (!message || message.payload.length < RTGENMSG.length) throw new Malformed("no answer");
    return Attributes.parse(message.payload.subarray(RTGENMSG.length)).i32(NETNSA.NSID);
  });
  if (!id.ok) throw new Error(id.reason);
  return id.value === undefined || id.value < 0 ? undefined : id.value;
}

export function assignNamespaceId(channel: Channel, of: NamespaceRef): void {
  const purpose = { verb: "give an id to", object: named(of) };
  channel.socket.request(purpose, RTM.NEWNSID, 0, RTGENMSG, reference(of), attribute.u32(NETNSA.NSID, 0xffffffff));
}
