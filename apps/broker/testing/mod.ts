// SPDX-License-Identifier: Apache-2.0
/**
 * A broker in the process of a test.
 *
 * @module
 */
export { startTestBroker } from "./test_broker.ts";
