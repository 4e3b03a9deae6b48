// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { flannelConfig } from "./flannel.ts";

test("flannel's configuration names the families that the cluster has, and no other", () => {
  const both = { EnableIPv4: true, EnableIPv6: true, Network: "10.3.0.0/16", IPv6Network: "fd03::/48" };
  expect(flannelConfig(["10.3.0.0/16", "fd03::/48"])).toMatchObject(both);
  expect(flannelConfig(["fd03::/48"])).toMatchObject({ EnableIPv4: false, EnableIPv6: true, IPv6Network: "fd03::/48" });
  expect(flannelConfig(["10.3.0.0/16"])).not.toHaveProperty("IPv6Network");
});
