// SPDX-License-Identifier: Apache-2.0
import { type GatewayMember, MAX_GATEWAYS } from "@strait/model";
import type { LeaveClock, Surroundings } from "./leave_clock.ts";

/** What the leader knows of the gateways of its cluster. */
export interface KnownGateways extends Surroundings {
  /** As the cluster's newest Endpoint lists them now; empty where there is none. */
  readonly published: readonly GatewayMember[];
  /** Those that give signs of life, each as it says itself; the leader among them. */
  readonly alive: readonly GatewayMember[];
  /** Whether a node is to be a gateway; undefined where it is not known. */
  readonly isGateway: (hostname: string) => boolean | undefined;
  readonly clock: LeaveClock;
  readonly now: number;
}

/**
 * The list of gateways that the leader is to publish. A gateway comes as `joining` while it says so, takes part then, and never
 * just disappears: it is told of as `leaving`, and as long as it keeps its label it stays so (its app may be away while its data
 * path goes on). One without the label is `left` and then gone, each after a while in which everybody could hear of it. While
 * no other one takes part it stays `leaving`: it serves who sends to it still, but nobody tells it of gateways that come.
 *
 * @example
 * gatewayList({ published, alive, isGateway, heard: true, othersLeave: () => false, clock, now }) // [gw1 leaving, gw2]
 */
export function gatewayList({ published, alive, isGateway, clock, now, ...around }: KnownGateways): readonly GatewayMember[] {
  const staying = alive.filter(({ hostname }) => isGateway(hostname) !== false);
  const served = staying.some(({ phase }) => phase === undefined);
  const before = new Map(published.map((gateway) => [gateway.hostname, gateway]));
  const going = [...before.values()].filter(({ hostname }) => !staying.some((other) => other.hostname === hostname));
  clock.keep(new Set(going.map(({ hostname }) => hostname)));
  const leaving = going.flatMap((gateway): GatewayMember[] => {
    const labelled = isGateway(gateway.hostname) === true;
    const heard = around.heard && served && !labelled;
    const phase = clock.phaseOf(gateway.hostname, gateway.phase, { ...around, heard }, now);
    if (!served) return [isGateway(gateway.hostname) === false ? { ...gateway, phase: "leaving" } : gateway];
    return phase === "gone" ? [] : [{ ...gateway, phase: labelled ? "leaving" : phase }];
  });
  // Where nobody takes part and nobody is left who did, those that would like to do.
  const alone = !served && leaving.length === 0;
  return [...staying.map((gateway) => (alone ? taking(gateway) : gateway)), ...leaving].slice(0, MAX_GATEWAYS);
}

function taking({ phase: _, ...gateway }: GatewayMember): GatewayMember {
  return gateway;
}
