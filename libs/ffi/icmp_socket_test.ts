// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { address, type Family } from "@strait/model";
import { describeIf } from "@strait/testkit";
import { openHandles } from "./handle.ts";
import { IcmpSocket } from "./icmp_socket.ts";
import { sh, unfit } from "./testing/place.ts";

/** An echo request of 8 bytes of head (RFC 792, RFC 4443) and a payload. */
function echo(family: Family, payload: string): Uint8Array {
  const body = new TextEncoder().encode(payload);
  const message = new Uint8Array([family === 4 ? 8 : 128, 0, 0, 0, 0x53, 0x54, 0, 1, ...body]);
  if (family === 4) {
    let sum = 0;
    for (let i = 0; i < message.length; i += 2) sum += ((message[i] ?? 0) << 8) | (message[i + 1] ?? 0);
    sum = (sum & 0xffff) + (sum >> 16);
    new DataView(message.buffer).setUint16(2, ~sum & 0xffff);
  }
  return message;
}

/** Listens and keeps what ends with the payload: other processes of the namespace may ping too. */
async function heard(family: Family) {
  const packets: Uint8Array[] = [];
  let wake = () => {};
  const socket = await IcmpSocket.open(family, {
    data(packet) {
      packets.push(packet);
      wake();
    },
    lost(error) {
      throw error;
    },
  });
  const until = async (payload: string): Promise<Uint8Array> => {
    for (;;) {
      const found = packets.find((packet) => new TextDecoder().decode(packet).endsWith(payload));
      if (found) return found;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { socket, packets, until };
}

describeIf(unfit)("IcmpSocket", () => {
  let handles = 0;
  beforeEach(() => {
    handles = openHandles();
  });
  afterEach(() => expect(openHandles()).toBe(handles));

  test("hears the answer to an IPv4 echo with its IP header, from the source it was told", async () => {
    const { socket, until } = await heard(4);
    socket.send(echo(4, "four"), { to: address("127.0.0.1"), from: address("127.0.0.9") });
    const packet = await until("four");
    expect([...packet.slice(12, 21)]).toEqual([127, 0, 0, 1, 127, 0, 0, 9, 0]);
    socket.close();
  });

  test("hears the answer to an IPv6 echo without an IP header", async () => {
    const { socket, until } = await heard(6);
    socket.send(echo(6, "sixx"), { to: address("::1") });
    expect((await until("sixx"))[0]).toBe(129);
    socket.close();
  });

  test("hears neither the requests nor anything else that is ICMP", async () => {
    const { socket, packets, until } = await heard(4);
    socket.send(echo(4, "once"), { to: address("127.0.0.1") });
    await until("once");
    // The request came by the same loopback before its answer did.
    expect(packets.filter((packet) => packet[20] !== 0)).toEqual([]);
    socket.close();
  });

  test("refuses a source that is no address of this node, and a target of the other family", async () => {
    const { socket } = await heard(4);
    expect(() => socket.send(echo(4, "none"), { to: address("127.0.0.1"), from: address("198.51.100.9") })).toThrow(
      "cannot send to ICMP target of IPv4: ",
    );
    expect(() => socket.send(echo(4, "none"), { to: address("::1") })).toThrow(TypeError);
    socket.close();
  });

  test("leaves by the interface it was told, which must exist", async () => {
    const { socket, until } = await heard(4);
    const [{ ifindex }] = JSON.parse(sh("ip", "-j", "link", "show", "lo")) as [{ ifindex: number }];
    socket.send(echo(4, "viaa"), { to: address("127.0.0.1"), ifindex });
    await until("viaa");
    expect(() => socket.send(echo(4, "none"), { to: address("127.0.0.1"), ifindex: 0x7fff_fff0 })).toThrow("ENODEV");
    socket.close();
  });

  test("throws on use after close, and closing is quiet", async () => {
    const { socket } = await heard(4);
    socket.close();
    socket.close();
    expect(() => socket.send(echo(4, "none"), { to: address("127.0.0.1") })).toThrow("IcmpSocket is closed");
  });

  test("takes no processor time while nothing comes", async () => {
    const { socket } = await heard(6);
    const before = process.cpuUsage();
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setTimeout(resolve, 10));
    const { user, system } = process.cpuUsage(before);
    socket.close();
    expect(user + system).toBeLessThan(150_000);
  });
});
