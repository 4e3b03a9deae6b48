// SPDX-License-Identifier: Apache-2.0
// A process of its own that attaches `first` of an object at the egress of an interface, by a pin, and ends.
// Arguments: OBJECT IFINDEX KIND PIN_DIR
import { BpfObject } from "../bpf_object.ts";
import { attachTc } from "../tc.ts";

const [path = "", ifindex = "", kind = "", pinDir = ""] = process.argv.slice(2);
const object = BpfObject.open(path, { pinDir });
object.load();
attachTc({
  program: object.program("first"),
  ifindex: Number(ifindex),
  direction: "egress",
  kind: kind === "tcx" ? "tcx" : "clsact",
  pinPath: `${pinDir}/link`,
});
// No close: the kernel takes the descriptors away, as it does when a process is killed.
