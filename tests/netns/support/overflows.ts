// SPDX-License-Identifier: Apache-2.0
import type { Place } from "@strait/lab";

/**
 * How many datagrams the sockets of places had no room for since they exist. A program that got no CPU for a while loses what its
 * socket could not hold: that is not the network's loss.
 */
export async function overflowsOf(places: readonly Place[]): Promise<number> {
  let sum = 0;
  for (const place of places) {
    const text = await place.ns.run(["cat", "/proc/net/snmp", "/proc/net/snmp6"]);
    const [names, values] = text
      .split("\n")
      .filter((line) => line.startsWith("Udp: "))
      .map((line) => line.split(" "));
    sum += Number(values?.[names?.indexOf("RcvbufErrors") ?? -1] ?? 0);
    sum += Number(/^Udp6RcvbufErrors\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return sum;
}
