// SPDX-License-Identifier: Apache-2.0
export { Backoff, type BackoffOptions } from "@strait/time";
