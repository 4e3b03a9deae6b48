// SPDX-License-Identifier: Apache-2.0
import type { GatewayPhase, NodeName } from "@strait/model";

/** A gateway as the own cluster's Endpoint lists it; without a phase it takes part. */
export interface ListedGateway {
  readonly name: NodeName;
  readonly phase?: GatewayPhase;
}

/** What is known of who forwards for the own cluster. */
export interface GatewayNews {
  /** Nodes that carry the gateway label. */
  readonly labelled: ReadonlySet<NodeName>;
  /** What the cluster's Endpoint says; empty where there is none. */
  readonly listed: readonly ListedGateway[];
  /** The own node, where its gateway app found that the other clusters know it. */
  readonly ready?: NodeName | undefined;
  /** Whether a node is known at all. */
  readonly known: (name: NodeName) => boolean;
}

/** The part of a node that forwards. */
export interface GatewayPart {
  /** It forwards or is about to, but another one takes its part: nobody sends to it. */
  readonly standby: boolean;
  /** It has left: only what still comes over its cables is taken. */
  readonly left: boolean;
}

/**
 * Which nodes forward for their cluster, and which of them others send to. A node forwards while it has the label, and after that
 * while the Endpoint lists it: the other clusters go on sending to it until they have heard. It is sent to once it is listed
 * without a phase, and until its label goes. One that is listed as `left` only takes what comes over its cables, unless it has the
 * label again: then its gateway app is about to join.
 *
 * Where that leaves nobody, those are sent to that are most likely to forward: listed without label, then leaving, then joining,
 * then those with the label alone (nothing was published yet).
 *
 * @example
 * gatewayParts({ labelled: new Set([gw1]), listed: [], known: () => true }) // gw1: {standby: false, left: false}
 */
export function gatewayParts({ labelled, listed, ready, known }: GatewayNews): ReadonlyMap<NodeName, GatewayPart> {
  const there = listed.filter(({ name }) => known(name));
  const names = (phase: GatewayPhase | undefined) => there.filter((one) => one.phase === phase).map(({ name }) => name);
  const active = names(undefined);
  const choices: readonly (readonly NodeName[])[] = [
    active.filter((name) => labelled.has(name)),
    active,
    names("leaving"),
    names("joining"),
    [...labelled],
  ];
  const taking = new Set(choices.find((choice) => choice.length > 0) ?? []);
  if (ready !== undefined && labelled.has(ready)) taking.add(ready);
  const left = new Set(names("left").filter((name) => !labelled.has(name)));
  const forwarding = [...labelled, ...there.map(({ name }) => name)];
  return new Map(forwarding.map((name) => [name, { standby: !taking.has(name), left: left.has(name) }]));
}
