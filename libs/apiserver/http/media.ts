// SPDX-License-Identifier: Apache-2.0

/** One entry of an Accept header: its type and parameters, in small letters except the values. */
export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Example: `parseMediaType("application/json;as=Table;v=v1")` → {type: "application/json", parameters: {as: "Table", v: "v1"}}. */
export function parseMediaType(text: string): MediaType {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters: Record<string, string> = {};
  for (const part of rest) {
    const [name = "", value = ""] = part.split("=");
    parameters[name.trim().toLowerCase()] = value.trim();
  }
  return { type: type.toLowerCase(), parameters };
}

/** The entries of an Accept header in their order; quality values are not looked at, as clients of Kubernetes order by preference. */
export function parseAccept(header: string | null): MediaType[] {
  return (header ?? "*/*").split(",").map(parseMediaType);
}

/** Whether an entry admits JSON. */
export function takesJson({ type }: MediaType): boolean {
  return type === "application/json" || type === "*/*" || type === "application/*";
}
