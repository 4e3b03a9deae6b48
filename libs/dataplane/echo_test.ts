// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { decodeEchoReply, encodeEcho } from "./echo.ts";

const payload = new Uint8Array([1, 2, 3]);

/** What the other end makes of a request: another type, another checksum. */
function answer(request: Uint8Array, type: number, ip: readonly number[] = []): Uint8Array {
  const reply = request.slice();
  reply[0] = type;
  return new Uint8Array([...ip, ...reply]);
}
const IP = [0x45, ...new Array<number>(19).fill(0)];

test("echo requests carry a right checksum over IPv4, odd lengths included, and none over IPv6", () => {
  const four = encodeEcho(4, { id: 0x1234, sequence: 0xffff, payload });
  const words = [...four, 0].reduce((sum, byte, i) => sum + (i % 2 === 0 ? byte << 8 : byte), 0);
  expect((words & 0xffff) + (words >>> 16)).toBe(0xffff);
  expect([...encodeEcho(6, { id: 1, sequence: 2, payload })]).toEqual([128, 0, 0, 0, 0, 1, 0, 2, 1, 2, 3]);
});

test("echo replies bring id, sequence and payload back", () => {
  const sent = { id: 7, sequence: 65535, payload };
  expect(decodeEchoReply(4, answer(encodeEcho(4, sent), 0, IP))).toEqual(sent);
  expect(decodeEchoReply(6, answer(encodeEcho(6, sent), 129))).toEqual(sent);
  const options = [0x46, ...new Array<number>(23).fill(0)];
  expect(decodeEchoReply(4, answer(encodeEcho(4, sent), 0, options))).toEqual(sent);
});

test("echo replies that are none are undefined, whatever their bytes", () => {
  const request = encodeEcho(4, { id: 7, sequence: 1, payload });
  const cases: [4 | 6, Uint8Array][] = [
    [4, new Uint8Array()],
    [6, new Uint8Array()],
    [4, new Uint8Array([...IP, ...request])],
    [4, new Uint8Array(IP)],
    [4, answer(request, 0)],
    [4, new Uint8Array(64)],
    [6, answer(request, 0)],
    [6, new Uint8Array([129, 0, 0])],
  ];
  for (const [family, packet] of cases) expect(decodeEchoReply(family, packet)).toBeUndefined();
});
