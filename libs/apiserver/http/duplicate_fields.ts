// SPDX-License-Identifier: Apache-2.0

/**
 * Paths of members that a JSON text has twice ("spec.name", "spec.list[0].a"): a parser keeps the last one in silence, and whoever wrote the
 * text meant something else.
 *
 * @param text valid JSON.
 */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  const blank = () => {
    while (/\s/.test(text[at] ?? "")) at++;
  };
  const escaped = (quote: number): boolean => {
    let before = quote;
    while (text[before - 1] === "\\") before--;
    return (quote - before) % 2 === 1;
  };
  /** Moves over a text and returns it with its quotes. */
  const string = (): string => {
    const start = at;
    do at = text.indexOf('"', at + 1);
    while (escaped(at));
    at++;
    return text.slice(start, at);
  };
  const value = (path: string): void => {
    blank();
    const sign = text[at];
    if (sign === "{") members(path);
    else if (sign === "[") items(path);
    else if (sign === '"') string();
    else while (at < text.length && !/[\s,\]}]/.test(text[at] ?? "")) at++;
    blank();
  };
  const members = (path: string): void => {
    const seen = new Set<string>();
    at++;
    blank();
    while (text[at] !== "}" && at < text.length) {
      const name = JSON.parse(string()) as string;
      const inner = path ? `${path}.${name}` : name;
      if (seen.has(name)) found.push(inner);
      seen.add(name);
      blank();
      at++; // the colon
      value(inner);
      if (text[at] === ",") at++;
      blank();
    }
    at++;
  };
  const items = (path: string): void => {
    at++;
    blank();
    for (let index = 0; text[at] !== "]" && at < text.length; index++) {
      value(`${path}[${index}]`);
      if (text[at] === ",") at++;
    }
    at++;
  };
  value("");
  return [...new Set(found)];
}
