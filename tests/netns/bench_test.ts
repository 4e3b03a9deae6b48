// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { plainRoutes } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { Bed } from "../bench/support/bed.ts";
import { buildRr } from "../bench/support/build_rr.ts";
import { measure } from "../bench/support/measure.ts";
import { benchObstacle } from "../bench/support/obstacle.ts";

const RR = { test: "rr", family: 6, streams: 1, wire: "gso" } as const;
const UDP = { test: "udp64", family: 4, streams: 1, wire: "gso" } as const;

describeIf(benchObstacle())("the bench", () => {
  test("measures kernel VXLAN, and refuses to once the packets go another way", async () => {
    const rr = await buildRr();
    await using stack = new AsyncDisposableStack();
    const bed = await Bed.build("kernel", stack, { cni: "ptp", mtu: 1500, rr });
    const options = { seconds: 1, warmup: 0.5, rr };
    expect(await measure(bed, RR, options)).toMatchObject({ ...RR, way: "kernel", values: { p50: expect.any(Number) } });
    expect((await measure(bed, UDP, options)).values.throughput).toBeGreaterThan(0);
    // A more specific table than the tunnels' own: everything goes around them.
    for (const node of bed.lab.nodes) {
      for (const family of [4, 6] as const) await node.ns.ip(["rule add priority 1 table main"], { family });
      await node.ns.ip(["link set vx-submariner down"]);
    }
    await plainRoutes(bed.lab);
    await expect(measure(bed, RR, options)).rejects.toThrow("the packets did not go this way");
  }, 60_000);

  test("measures Strait by what its programs counted", async () => {
    const rr = await buildRr();
    await using stack = new AsyncDisposableStack();
    const bed = await Bed.build("ours", stack, { cni: "bridge", mtu: 1500, rr });
    const before = await bed.carried();
    await measure(bed, RR, { seconds: 1, warmup: 0.5, rr });
    const after = await bed.carried();
    expect(Object.keys(after).map((stage) => (after[stage] ?? 0) > (before[stage] ?? 0))).toEqual([true, true, true, true]);
  }, 60_000);
});
