// SPDX-License-Identifier: Apache-2.0
import type { Place } from "@strait/lab";

/** UDP datagrams of either family that ever reached a place's own stack, wanted or not. */
export async function datagramsSeen(place: Place): Promise<number> {
  const text = await place.ns.run(["cat", "/proc/net/snmp", "/proc/net/snmp6"]);
  const [names, values] = text
    .split("\n")
    .filter((line) => line.startsWith("Udp: "))
    .map((line) => line.split(" "));
  let sum = 0;
  for (const name of ["InDatagrams", "NoPorts", "InErrors"]) {
    sum += Number(values?.[names?.indexOf(name) ?? -1] ?? 0);
    sum += Number(new RegExp(`^Udp6${name}\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  }
  return sum;
}
