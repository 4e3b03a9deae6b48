// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { describeIf } from "@strait/testkit";
import { ethtoolFeatures, setEthtoolFeatures } from "./ethtool.ts";
import { ownVeth, unfit } from "./testing/place.ts";

describeIf(unfit)("setEthtoolFeatures", () => {
  test("switches what it names and nothing else", () => {
    using veth = ownVeth();
    const before = ethtoolFeatures(veth.name);
    expect(before.get("tx-udp-segmentation")).toEqual({ active: true, changeable: true });
    setEthtoolFeatures(veth.name, { "tx-udp-segmentation": false, "rx-gro": true });
    const after = ethtoolFeatures(veth.name);
    expect(after.get("tx-udp-segmentation")?.active).toBe(false);
    const changed = [...after].filter(([name, { active }]) => before.get(name)?.active !== active).map(([name]) => name);
    expect(changed).toContain("tx-udp-segmentation");
    expect(changed.filter((name) => name !== "rx-gro")).toEqual(["tx-udp-segmentation"]);
    setEthtoolFeatures(veth.name, { "tx-udp-segmentation": true });
    expect(ethtoolFeatures(veth.name).get("tx-udp-segmentation")?.active).toBe(true);
  });

  test("refuses a name the kernel does not know, and what the driver holds fast", () => {
    using veth = ownVeth();
    expect(() => setEthtoolFeatures(veth.name, { "tx-nonsense": true })).toThrow("the kernel knows no feature tx-nonsense");
    const [fixed = ""] = [...ethtoolFeatures(veth.name)].find(([, state]) => !state.changeable && !state.active) ?? [];
    expect(() => setEthtoolFeatures(veth.name, { [fixed]: true })).toThrow(/EOPNOTSUPP|EINVAL/);
  });

  test("refuses an interface that is not there", () => {
    expect(() => ethtoolFeatures("stnone")).toThrow("ENODEV");
    expect(() => ethtoolFeatures("a-name-longer-than-15-characters")).toThrow("ENODEV");
  });
});
