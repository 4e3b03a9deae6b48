// SPDX-License-Identifier: Apache-2.0
import { KernelError } from "@strait/ffi";
import { changedItems, formatCidr, type IfIndex, ROUTE_PROTOCOL, type RouteRow, sameRow } from "@strait/model";
import { type Netlink, type NewRoute, type Route, RT_TABLE } from "@strait/netlink";
import { attempt, type Changes } from "./map_sync.ts";

/** Distinct from the kernel's own 0 and 1024, so that a route of somebody else to the same subnet is never overwritten. */
const PRIORITY = 83;

function ours(netlink: Netlink): Route[] {
  return netlink.routes({ table: RT_TABLE.MAIN, protocol: ROUTE_PROTOCOL });
}

function same(route: Route, row: RouteRow): boolean {
  const hop = route.hops[0];
  return (
    route.priority === PRIORITY &&
    route.hops.length === 1 &&
    hop?.ifindex === row.ifindex &&
    route.mtu === row.mtu &&
    route.prefSource?.value === row.source?.value
  );
}

/**
 * Makes the routes to other clusters as they should be; others' routes are never touched: where one has our very metric, ours
 * is a failure.
 */
export function writeRoutes(netlink: Netlink, desired: readonly RouteRow[], changes: Changes): void {
  const present = new Map(
    ours(netlink)
      .filter(({ priority }) => priority === PRIORITY)
      .map((route) => [formatCidr(route.destination), route]),
  );
  for (const row of desired) {
    const name = formatCidr(row.destination);
    const found = present.get(name);
    if (found && same(found, row)) continue;
    const route = newRoute(row);
    attempt(changes, "writes", "routes", `route ${name}`, () => {
      if (found) netlink.replaceRoute(route);
      else add(netlink, route, name);
      return 1;
    });
  }
}

/**
 * As {@linkcode writeRoutes} and {@linkcode removeRoutes}, for the routes that changed since they were written: the kernel is not
 * asked what it has.
 */
export function changeRoutes(netlink: Netlink, before: readonly RouteRow[], after: readonly RouteRow[], changes: Changes): void {
  const { gone, come } = changedItems(before, after);
  const old = new Map(gone.map((row) => [formatCidr(row.destination), row]));
  for (const row of come) {
    const name = formatCidr(row.destination);
    const found = old.get(name);
    old.delete(name);
    if (found && sameRow(found, row)) continue;
    attempt(changes, "writes", "routes", `route ${name}`, () => {
      if (found) netlink.replaceRoute(newRoute(row));
      else add(netlink, newRoute(row), name);
      return 1;
    });
  }
  for (const [name, { destination, ifindex }] of old) {
    attempt(changes, "removes", "routes", `route ${name}`, () =>
      Number(netlink.deleteRoute({ destination, protocol: ROUTE_PROTOCOL, priority: PRIORITY, ifindex })),
    );
  }
}

function newRoute({ destination, ifindex, mtu, source }: RouteRow): NewRoute {
  return { destination, ifindex, protocol: ROUTE_PROTOCOL, priority: PRIORITY, mtu, ...(source && { prefSource: source }) };
}

/** Not by replacing, which takes the place of a route whoever made it. */
function add(netlink: Netlink, route: NewRoute, name: string): void {
  try {
    netlink.addRoute(route);
  } catch (error) {
    if (!(error instanceof KernelError) || error.errnoName !== "EEXIST") throw error;
    const advice = `somebody else's route to ${name} has metric ${PRIORITY}, which is ours: give theirs another one`;
    throw new Error(advice, { cause: error });
  }
}

/** Removes our routes that are not wanted. */
export function removeRoutes(netlink: Netlink, desired: readonly RouteRow[], changes: Changes): void {
  const wanted = new Set(desired.map((row) => formatCidr(row.destination)));
  for (const route of ours(netlink)) {
    const name = formatCidr(route.destination);
    if (wanted.has(name) && route.priority === PRIORITY) continue;
    attempt(changes, "removes", "routes", `route ${name}`, () =>
      Number(
        netlink.deleteRoute({
          destination: route.destination,
          protocol: ROUTE_PROTOCOL,
          priority: route.priority,
          ...via(route),
        }),
      ),
    );
  }
}

function via(route: Route): { ifindex?: IfIndex } {
  const ifindex = route.hops[0]?.ifindex;
  return ifindex === undefined ? {} : { ifindex };
}
