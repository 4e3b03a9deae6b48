// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";

/** Marks a value that stands in the template without quotes: a number, a truth value, a block of YAML. */
const BARE = "bare:";

/** A string of the chart's values. Example: `text(".Values.clusterId")` is `{{ .Values.clusterId }}`. */
export function text(expression: string): string {
  return `{{ ${expression} }}`;
}

/** Stands where the manifests have a number or a truth value: bare as a member of its own, in quotes where they make a string of it. */
class Bare {
  readonly #expression: string;

  constructor(expression: string) {
    this.#expression = expression;
  }

  toString(): string {
    return text(this.#expression);
  }

  toJSON(): string {
    return `{{ ${BARE}${this.#expression} }}`;
  }
}

/** A number or truth value of the chart's values, where the manifests want one. */
export function bare<T extends number | boolean>(expression: string): T {
  // The manifests only put it into place or call String(), so nothing ever asks what it really is.
  return new Bare(expression) as unknown as T;
}

/** A block of YAML from the chart's values, as the value of a member; `indent` is that of its lines. */
export function block(expression: string, indent: number): string {
  return `{{ ${BARE}toYaml ${expression} | nindent ${indent} }}`;
}

/**
 * Objects as the text of a template: YAML in which the placeholders stand as Helm wants them.
 *
 * @example
 * template([{ metadata: { name: text(".Values.name") }, spec: { replicas: bare(".Values.replicas") } }]);
 * // metadata:\n  name: "{{ .Values.name }}"\nspec:\n  replicas: {{ .Values.replicas }}\n
 */
export function template(objects: readonly unknown[]): string {
  const documents = objects.map((object) =>
    stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })
      .replace(/"\{\{ bare:((?:[^"\\]|\\.)*) \}\}"/g, (_, expression: string) => `{{ ${JSON.parse(`"${expression}"`)} }}`)
      // An expression with quotes of its own stands between single ones.
      .replace(/'\{\{ bare:((?:[^']|'')*) \}\}'/g, (_, expression: string) => `{{ ${expression.replaceAll("''", "'")} }}`),
  );
  return documents.join("---\n");
}
