// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { decodeSkBuff, encodeSkBuff, SK_BUFF_SIZE } from "./sk_buff.ts";

const fields = {
  mark: 0xdeadbeef,
  priority: 2,
  ingressIfindex: 3,
  ifindex: 4,
  cb: [5, 6, 7, 8, 9],
  tstamp: 10n,
  wireLen: 11,
  gsoSegs: 12,
  gsoSize: 13,
};

test("encodeSkBuff and decodeSkBuff agree on every field", () => {
  const bytes = encodeSkBuff(fields);
  expect(bytes).toHaveLength(SK_BUFF_SIZE);
  expect(decodeSkBuff(bytes)).toMatchObject(fields);
});

test("encodeSkBuff leaves what is not set at zero", () => {
  expect(encodeSkBuff({})).toEqual(new Uint8Array(SK_BUFF_SIZE));
});

test("encodeSkBuff refuses what does not fit", () => {
  expect(() => encodeSkBuff({ mark: -1 })).toThrow("mark must be an integer");
  expect(() => encodeSkBuff({ cb: [1, 2, 3, 4, 5, 6] })).toThrow("cb has five words");
});
