// SPDX-License-Identifier: Apache-2.0
import { buildPacket } from "./build.ts";
import { dissectPacket } from "./dissect.ts";
import type { Layer } from "./layers.ts";

const numberText = (name: string, value: number): string =>
  ["type", "flags", "checksum", "tos", "id", "flow"].includes(name) ? `0x${value.toString(16)}` : String(value);

const isEmpty = (value: unknown): boolean => value instanceof Uint8Array && value.length === 0;

function valueText(name: string, value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length}:${value.subarray(0, 48).toHex()}${value.length > 48 ? "…" : ""}`;
  return typeof value === "number" ? numberText(name, value) : String(value);
}

/** What the checksum of the layer at that place should be; undefined where it has none. */
function rightChecksum(layers: readonly Layer[], index: number): number | undefined {
  const layer = layers[index];
  if (!layer || !("checksum" in layer)) return undefined;
  const { checksum: _, ...without } = layer;
  const rebuilt = dissectPacket(buildPacket(layers.with(index, without as Layer)))[index];
  return rebuilt && "checksum" in rebuilt ? rebuilt.checksum : undefined;
}

/**
 * A packet in words, one line per layer; a wrong checksum is told with the right one.
 *
 * @example
 * describePacket(bytes)[1] // "ip4 src=10.1.1.5 dst=10.2.0.9 version=4 …"
 */
export function describePacket(bytes: Uint8Array): string[] {
  const layers = dissectPacket(bytes);
  return layers.map((layer, index) => {
    const fields = Object.entries(layer).filter(([name, value]) => name !== "kind" && value !== false && !isEmpty(value));
    const text = fields.map(([name, value]) => `${name}=${valueText(name, value)}`).join(" ");
    const right = rightChecksum(layers, index);
    const verdict =
      right === undefined || !("checksum" in layer) || layer.checksum === right ? "" : ` (right: 0x${right.toString(16)})`;
    return `${layer.kind} ${text}${verdict}`;
  });
}
