// SPDX-License-Identifier: Apache-2.0
// A process of its own that sends UDP packets to port 9. Arguments: ADDRESS COUNT
const [address = "", count = ""] = process.argv.slice(2);
const socket = await Bun.udpSocket({});
let sent = 0;
while (sent < Number(count)) if (socket.send("x", 9, address)) sent++;
socket.close();
console.log(sent);

export {};
