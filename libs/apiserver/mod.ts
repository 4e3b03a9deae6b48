// SPDX-License-Identifier: Apache-2.0
/**
 * A small Kubernetes API server in one process and one SQLite file.
 *
 * @module
 */
export type { User } from "./auth/user.ts";
export type { ApiObject, Meta } from "./kinds/api_object.ts";
export type { Admission, AdmissionRequest } from "./resources/scope.ts";
export * from "./start_api_server.ts";
export type { KeyPair } from "./tls/issue.ts";
