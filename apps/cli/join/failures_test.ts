// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { ApiError } from "@strait/k8s";
import { brokerFailure } from "./broker_failure.ts";
import { ownFailure } from "./own_failure.ts";

const failure = (reason: string, text: string) =>
  new ApiError(`cannot get /version at https://a:6443: ${text}`, { verb: "get", object: "/version", reason });
const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

test.each<[text: string, reason: string, authority: boolean]>([
  ["the certificate is not signed by the authority we trust", "UnknownAuthority", true],
  ["the certificate has expired: check the clocks of both machines", "Certificate", false],
])("A join that fails because %s (%s) asks for another authority: %p", (text, reason, authority) => {
  const error = failure(reason, text);
  const [own, broker] = [told(ownFailure(error, "east")), told(brokerFailure(error, "https://a:6443"))];
  for (const message of [own, broker])
    expect([message.includes(text), /authority has not signed/.test(message)]).toEqual([true, authority]);
  expect(own).toMatch(/^context "east": .*; nothing was changed$/);
  expect(broker).toStartWith("the broker at https://a:6443: ");
});

test("A failure that a join knows no advice for stays as it is", () => {
  const error = failure("Invalid", "spec.x: not allowed");
  expect(ownFailure(error, "east")).toBe(error);
  expect(brokerFailure(error, "https://a:6443")).toBe(error);
});
