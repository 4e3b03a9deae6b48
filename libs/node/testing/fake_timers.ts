// SPDX-License-Identifier: Apache-2.0
export { FakeTimers, settle } from "@strait/time/testing";
