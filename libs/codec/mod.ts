// SPDX-License-Identifier: Apache-2.0
/**
 * Rows ↔ the bytes the maps hold. Offsets, numbers and names come from the BTF of the compiled programs (layouts.gen.ts), so
 * nothing of bpf/lib/shared.h is written twice. Pure.
 *
 * @module
 */
export { type Count, decodeCount, decodeTraffic, type Traffic } from "./counters.ts";
export { constants, enums, layouts, maps } from "./layouts.gen.ts";
export { type HookName, isDrop, nameOf, type ReasonName, reasonNames } from "./names.ts";
export { rowCodecs } from "./row_codec.ts";
export type { RowCodec } from "./row_coding.ts";
export { decodeStruct, encodeStruct, type Field, type Layout, type Struct, type StructInput } from "./struct_codec.ts";
export { decodeTraceEvent, encodeControl, type TraceEvent } from "./trace_event.ts";
export { decodeU32, encodeU32 } from "./u32.ts";
