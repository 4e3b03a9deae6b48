// SPDX-License-Identifier: Apache-2.0
import { buildPacket } from "./build.ts";
import { describePacket } from "./describe.ts";
import { dissectPacket } from "./dissect.ts";
import { ANY, type Layer } from "./layers.ts";

/** Puts what the packet has where the expectation leaves it open; checksums follow. */
function settle(expected: readonly Layer[], actual: readonly Layer[]): Layer[] {
  return expected.map((layer, index) => {
    const other: object | undefined = actual[index];
    const open = Object.entries(layer).flatMap(([name, value]): [string, unknown][] =>
      value === ANY ? [[name, (other as Readonly<Record<string, unknown>> | undefined)?.[name] ?? 0]] : [],
    );
    return { ...layer, ...Object.fromEntries(open) };
  });
}

/**
 * Compares a packet with what it should be, byte for byte but for fields that are ANY. Undefined where they are equal, else the
 * differing layers of both in words.
 *
 * @example
 * comparePacket(sent, [eth(), ip4({ src, dst, id: ANY }), udp({ sport: ANY, dport: 4800, checksum: 0 }), vxlan({ vni: 100 })]);
 */
export function comparePacket(actual: Uint8Array, expected: readonly Layer[]): string | undefined {
  const wanted = buildPacket(settle(expected, dissectPacket(actual)));
  if (Buffer.compare(actual, wanted) === 0) return undefined;
  const [is, should] = [describePacket(actual), describePacket(wanted)];
  const lines = [`${actual.length} bytes where ${wanted.length} are expected`];
  for (let i = 0; i < Math.max(is.length, should.length); i++) {
    if (is[i] !== should[i]) lines.push(`  is      ${is[i] ?? "(nothing)"}`, `  expected ${should[i] ?? "(nothing)"}`);
  }
  if (lines.length === 1) lines.push(`  is      ${actual.toHex()}`, `  expected ${wanted.toHex()}`);
  return lines.join("\n");
}
