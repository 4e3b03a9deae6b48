// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { labelKeyFault, labelValueFault } from "../schema/names.ts";

/** One condition on the labels of an object. */
export interface Requirement {
  readonly key: string;
  readonly operator: "=" | "!=" | "in" | "notin" | "exists" | "!" | ">" | "<";
  /** One for = and !=; none for exists and !. */
  readonly values: readonly string[];
}

/** A selector that was read. `requirements` lets a store use an index of its own; an empty list selects everything. */
export interface LabelSelector {
  readonly requirements: readonly Requirement[];
  matches(labels: Readonly<Record<string, string>> | undefined): boolean;
}

/**
 * Reads `?labelSelector=`: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, `a>1`, `a<1`, joined by commas. A refusal is
 * HTTP 400.
 *
 * @example parseLabelSelector("app in (web,api),!canary")
 */
export function parseLabelSelector(text: string): Result<LabelSelector> {
  const requirements: Requirement[] = [];
  const words = tokensOf(text);
  let at = 0;
  const peek = () => words[at] ?? "";
  while (at < words.length) {
    const read = requirement();
    if (!read.ok) return refuse(`unable to parse requirement: ${read.reason}`);
    requirements.push(read.value);
    if (at >= words.length) break;
    if (words[at++] !== ",")
      return refuse(`unable to parse requirement: found '${words[at - 1]}', expected: ',' or 'end of string'`);
    if (at >= words.length) return refuse("unable to parse requirement: found '', expected: identifier after ','");
  }
  return ok({
    requirements,
    matches: (labels) => requirements.every((one) => holds(one, labels?.[one.key])),
  });

  function requirement(): Result<Requirement> {
    const absent = peek() === "!";
    if (absent) at++;
    const key = words[at++] ?? "";
    if (isSign(key)) return refuse(`found '${key}', expected: !, identifier, or 'end of string'`);
    const fault = labelKeyFault(key);
    if (fault !== undefined) return refuse(`<nil>: Invalid value: ${JSON.stringify(key)}: ${fault}`);
    if (absent) return ok({ key, operator: "!", values: [] });
    if (peek() === "," || at >= words.length) return ok({ key, operator: "exists", values: [] });
    const operator = words[at++] ?? "";
    if (operator === "in" || operator === "notin") {
      const values = list();
      return values.ok ? checked({ key, operator, values: values.value }) : values;
    }
    if (!["=", "==", "!=", ">", "<"].includes(operator))
      return refuse(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
    const value = peek() === "," || at >= words.length ? "" : (words[at++] ?? "");
    if (value !== "" && isSign(value)) return refuse(`found '${value}', expected: identifier`);
    if ((operator === ">" || operator === "<") && !/^-?\d+$/.test(value))
      return refuse(
        `values[0][${key}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    return checked({ key, operator: (operator === "==" ? "=" : operator) as Requirement["operator"], values: [value] });
  }

  function list(): Result<string[]> {
    if (words[at++] !== "(") return refuse(`found '${words[at - 1] ?? ""}', expected: '('`);
    const values: string[] = [];
    for (;;) {
      const word = words[at++];
      if (word === undefined) return refuse("found '', expected: ',' or ')'");
      if (word === ")" || word === ",") values.push("");
      else if (isSign(word)) return refuse(`found '${word}', expected: identifier`);
      else values.push(word);
      const next = word === ")" || word === "," ? word : words[at++];
      if (next === ")") return ok([...new Set(values)].sort());
      if (next !== ",") return refuse(`found '${next ?? ""}', expected: ',' or ')'`);
    }
  }
}

const isSign = (word: string) => ["", ",", "(", ")", "=", "==", "!=", "!", ">", "<"].includes(word);

function tokensOf(text: string): string[] {
  return text.match(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g) ?? [];
}

function checked(requirement: Requirement): Result<Requirement> {
  for (const [index, value] of requirement.values.entries()) {
    const fault = labelValueFault(value);
    if (fault !== undefined)
      return refuse(`values[${index}][${requirement.key}]: Invalid value: ${JSON.stringify(value)}: ${fault}`);
  }
  return ok(requirement);
}

function holds({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "=":
    case "in":
      return value !== undefined && values.includes(value);
    case "!=":
    case "notin":
      return value === undefined || !values.includes(value);
    case ">":
    case "<": {
      if (value === undefined || !/^-?\d+$/.test(value)) return false;
      const difference = BigInt(value) - BigInt(values[0] ?? "0");
      return operator === ">" ? difference > 0n : difference < 0n;
    }
  }
}
