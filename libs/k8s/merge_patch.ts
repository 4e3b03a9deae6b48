// SPDX-License-Identifier: Apache-2.0

/**
 * The JSON merge patch (RFC 7396) that makes one value the other: only what differs, null for what goes away; undefined where nothing
 * differs. Members that are undefined count as missing. Lists are replaced whole.
 *
 * @example
 * mergePatch({ a: 1, b: 2 }, { a: 1, c: 3 }) // { b: null, c: 3 }
 */
export function mergePatch(from: object, to: object): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  const old = from as Readonly<Record<string, unknown>>;
  const wanted = to as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
    const [a, b] = [old[key], wanted[key]];
    if (b === undefined) {
      if (a !== undefined) patch[key] = null;
    } else if (isMap(a) && isMap(b)) {
      const inner = mergePatch(a, b);
      if (inner) patch[key] = inner;
    } else if (!Bun.deepEquals(a, b)) patch[key] = b;
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
