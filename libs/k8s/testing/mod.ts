// SPDX-License-Identifier: Apache-2.0
/**
 * A small API server on loopback that misbehaves on demand, certificates for it, and time that passes when told. The product never
 * imports this.
 *
 * @module
 */
export { FakeTimers, settle } from "@strait/time/testing";
export { failure, jsonAnswer, silence, webPage } from "./fake_answers.ts";
export * from "./fake_api_server.ts";
export type { FakeCall } from "./fake_call.ts";
export * from "./fake_cluster.ts";
export * from "./fake_objects.ts";
export * from "./kubeconfig_of.ts";
export * from "./test_certificates.ts";
export * from "./until.ts";
