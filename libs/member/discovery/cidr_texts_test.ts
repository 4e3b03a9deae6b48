// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { cidr, formatCidr } from "@strait/model";
import { joinCidrs, readCidrs } from "./cidr_texts.ts";

test.each<[string[], string[], number]>([
  [["10.244.0.0/16"], ["10.244.0.0/16"], 0],
  [["10.244.0.0/16,fd00::/56"], ["10.244.0.0/16", "fd00::/56"], 0],
  [["10.244.0.0/16, 10.244.0.0/16", "10.244.0.0/16"], ["10.244.0.0/16"], 0],
  [["10.244.3.1/16"], ["10.244.0.0/16"], 0],
  [["", " , "], [], 0],
  [["10.244.0.0/33", "nonsense", "10.1.0.0/16"], ["10.1.0.0/16"], 2],
  [["127.0.0.0/8"], [], 1],
  [["0.0.0.0/0"], [], 1],
])("readCidrs(%p) gives %p and refuses %p", (texts, cidrs, refused) => {
  const read = readCidrs(texts);
  expect(read.cidrs.map(formatCidr)).toEqual(cidrs);
  expect(read.refused).toHaveLength(refused);
});

test.each<[string[], string[]]>([
  [[], []],
  [["10.1.1.0/24", "10.1.0.0/24"], ["10.1.0.0/23"]],
  [
    ["10.1.1.0/24", "10.1.2.0/24"],
    ["10.1.1.0/24", "10.1.2.0/24"],
  ],
  [["10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24", "10.1.0.0/16"], ["10.1.0.0/16"]],
  [["10.1.3.0/24", "10.1.0.0/24", "10.1.2.0/24", "10.1.1.0/24"], ["10.1.0.0/22"]],
  [
    ["fd00:0:0:1::/64", "10.1.0.0/24", "fd00::/64"],
    ["10.1.0.0/24", "fd00::/63"],
  ],
])("joinCidrs(%p) gives %p", (texts, joined) => {
  expect(joinCidrs(texts.map(cidr)).map(formatCidr)).toEqual(joined);
});
