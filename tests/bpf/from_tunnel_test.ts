// SPDX-License-Identifier: Apache-2.0
import { afterAll, test } from "bun:test";
import { describeIf, eth, type Layer, payload } from "@strait/testkit";
import { Bench, unfit } from "./support/bench.ts";
import { expectRun } from "./support/expect.ts";
import { between, families, ports } from "./support/packets.ts";
import { gateway, worker } from "./support/scene.ts";

// What a VXLAN device took off is known from the tunnel key, which BPF_PROG_TEST_RUN cannot set: tests/netns has those packets.
describeIf(unfit)("strait_from_tunnel", () => {
  const benches = [new Bench(worker(4)), new Bench(gateway(6))];
  afterAll(() => {
    for (const bench of benches) bench[Symbol.dispose]();
  });

  const packets: Record<string, (family: 4 | 6) => Layer[]> = {
    "a packet for a pod": (f) => [between("podInWest", "podOnW1", f), ports()],
    "a packet for another cluster": (f) => [between("podOnW1", "podInWest", f), ports()],
    "a packet of nobody": (f) => [between("elsewhere", "elsewhere", f), ports()],
    garbage: (f) => [{ ...between("podInWest", "podOnW1", f), version: 3 } as Layer, payload(30)],
  };
  test.each(Object.keys(packets).flatMap((name) => families.map((family) => [name, family] as const)))(
    "passes on what strait_from_wire redirected, for it has judged it: %s (IPv%d)",
    (name, family) => {
      for (const bench of benches) {
        expectRun(bench, "from_tunnel", [eth(), ...(packets[name]?.(family) ?? [])], { reason: "pass_already_seen" });
      }
    },
  );
});
