// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { parseClusterFile } from "@strait/model";
import { describeIf } from "@strait/testkit";
import { createLab, labObstacle, writeConfig } from "./mod.ts";

describeIf(labObstacle())("writeConfig", () => {
  test("writes what the apps take, for either app on every node, whatever the families", async () => {
    for (const families of [[4, 6], [4], [6]] as const) {
      const nodes = [{ name: "gw1", gateway: true }, { name: "w1" }] as const;
      await using lab = await createLab({
        clusters: [
          { id: "east", nodes, families },
          { id: "west", nodes, families },
        ],
        underlay: { families },
      });
      for (const node of lab.nodes) {
        for (const app of ["gateway", "routeagent"] as const) {
          const parsed = parseClusterFile(await Bun.file(await writeConfig(lab.clusterList, node, app)).text());
          expect(parsed).toMatchObject({ ok: true, value: { cluster: node.cluster, node: node.name } });
        }
      }
    }
  }, 20_000);

  test("lets a test replace keys, so that it can write a file that is refused", async () => {
    await using lab = await createLab({ clusters: [{ id: "east", nodes: [{ name: "gw1", gateway: true }] }] });
    const path = await writeConfig(lab.clusterList, lab.clusters.east.nodes.gw1, "gateway", { node: "nobody" });
    expect(parseClusterFile(await Bun.file(path).text())).toMatchObject({ ok: false });
  }, 20_000);
});
