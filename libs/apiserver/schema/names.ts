// SPDX-License-Identifier: Apache-2.0
/**
 * The grammars of names in the Kubernetes API, and the sentences in which its server refuses a name. Each check returns the
 * sentence, or undefined for a good name.
 *
 * @module
 */

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const label = new RegExp(`^${LABEL}$`);
const subdomain = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualified = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const tooLong = (most: number) => `must be no more than ${most} bytes`;
/** The tail of a refusal as the API server writes it, two blanks before each `or` included. */
const example = (pattern: string, ...examples: string[]) =>
  `(e.g. ${examples.map((one) => `'${one}', `).join(" or ")}regex used for validation is '${pattern}')`;

/** DNS label (RFC 1123): names of namespaces, containers, volumes. */
export function labelFault(name: string): string | undefined {
  if (name.length > 63) return tooLong(63);
  if (label.test(name)) return undefined;
  return `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${example(LABEL, "my-name", "123-abc")}`;
}

/** DNS label (RFC 1035): names of Services. */
export function label1035Fault(name: string): string | undefined {
  if (name.length > 63) return tooLong(63);
  if (label1035.test(name)) return undefined;
  return `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${example(label1035.source.slice(1, -1), "my-name", "abc-123")}`;
}

/** DNS subdomain (RFC 1123): names of most objects. */
export function subdomainFault(name: string): string | undefined {
  if (name.length > 253) return tooLong(253);
  if (subdomain.test(name)) return undefined;
  return `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${example(`${LABEL}(\\.${LABEL})*`, "example.com")}`;
}

/** A name that is one segment of a URL: Roles, bindings, and whatever has no stricter rule. */
export function pathSegmentFault(name: string): string | undefined {
  if (name === "." || name === "..") return `may not be '${name}'`;
  const found = ["/", "%"].filter((sign) => name.includes(sign));
  return found.length === 0 ? undefined : found.map((sign) => `may not contain '${sign}'`).join(", ");
}

/** The key of a label, annotation or selector: `prefix/name`. */
export function labelKeyFault(key: string): string | undefined {
  const parts = key.split("/");
  const name = parts.at(-1) ?? "";
  const rule = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(qualified.source.slice(1, -1), "MyName", "my.name", "123-abc")}`;
  if (parts.length > 2)
    return `a qualified name ${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  if (parts.length === 2) {
    const prefix = parts[0] ?? "";
    if (prefix === "") return "prefix part must be non-empty";
    const fault = subdomainFault(prefix);
    if (fault !== undefined) return `prefix part ${fault}`;
  }
  if (name === "") return `name part must be non-empty; name part ${rule}`;
  if (name.length > 63) return `name part ${tooLong(63)}`;
  return qualified.test(name) ? undefined : `name part ${rule}`;
}

/** The value of a label. */
export function labelValueFault(value: string): string | undefined {
  if (value.length > 63) return tooLong(63);
  if (value === "" || qualified.test(value)) return undefined;
  return `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(`(${qualified.source.slice(1, -1)})?`, "MyValue", "my_value", "12345")}`;
}
