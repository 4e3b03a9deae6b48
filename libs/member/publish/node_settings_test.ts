// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { formatAddress } from "@strait/model";
import { readNodeSettings } from "./node_settings.ts";
import { publicAddresses } from "./public_addresses.ts";

test("a node that says nothing has Submariner's ports", () => {
  expect(readNodeSettings({}, {})).toEqual({
    udpPort: 4500,
    nattDiscoveryPort: 4490,
    publicIp: undefined,
    preferredServer: false,
    warnings: [],
  });
});

test("a node's annotation beats its label, and both beat the environment", () => {
  const labels = { "gateway.submariner.io/udp-port": "4501", "gateway.submariner.io/preferred-server": "true" };
  const annotations = { "gateway.submariner.io/udp-port": "4502", "gateway.submariner.io/public-ip": "ipv4:203.0.113.7" };
  const env = { CE_IPSEC_NATTPORT: "4600", SUBMARINER_PUBLICIP: "ipv4:203.0.113.9" };
  expect(readNodeSettings({ labels, annotations }, env)).toMatchObject({
    udpPort: 4502,
    publicIp: "ipv4:203.0.113.7",
    preferredServer: true,
  });
  expect(readNodeSettings({}, env)).toMatchObject({ udpPort: 4600, publicIp: "ipv4:203.0.113.9" });
});

test("a node's unknown keys and bad values are named and not used", () => {
  const labels = {
    "gateway.submariner.io/udp_port": "1",
    "gateway.submariner.io/natt-discovery-port": "99999",
    "submariner.io/gateway": "true",
  };
  const { warnings, nattDiscoveryPort } = readNodeSettings({ labels }, {});
  expect(nattDiscoveryPort).toBe(4490);
  expect(warnings).toEqual([
    expect.stringContaining("gateway.submariner.io/udp_port means nothing"),
    'gateway.submariner.io/natt-discovery-port is "99999", which is no port: 4490 is used',
  ]);
});

test.each<[string | undefined, string[], number]>([
  [undefined, [], 0],
  ["", [], 0],
  ["ipv4:203.0.113.7", ["203.0.113.7"], 0],
  ["ipv6:2001:db8::7,ipv4:203.0.113.7", ["203.0.113.7", "2001:db8::7"], 0],
  ["ipv4:203.0.113.7,ipv4:203.0.113.8", ["203.0.113.7"], 0],
  ["api:ifconfig.me,lb:submariner-gateway,dns:gw.example.com", [], 3],
  ["ipv4:127.0.0.1,ipv4:1.2.3,ipv4:2001:db8::1,203.0.113.7", [], 4],
])("publicAddresses(%p) asks nobody and gives %p", (resolvers, addresses, notes) => {
  const found = publicAddresses(resolvers);
  expect(found.addresses.map(formatAddress)).toEqual(addresses);
  expect(found.notes).toHaveLength(notes);
});
