// A push service as Apple specifies its API: HTTP/2 with TLS only. usage: node apns_server.mjs CERTIFICATE KEY
// Writes its port in a line, then each request in a line of JSON. The last path segment "…dead" is a device that is gone.
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";

const [certificate, key] = process.argv.slice(2);
const server = createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key), allowHTTP1: false });
server.on("stream", (stream, headers) => {
  let body = "";
  stream.setEncoding("utf8");
  stream.on("data", (part) => (body += part));
  stream.on("end", () => {
    console.log(JSON.stringify({ headers: { ...headers }, body, protocol: stream.session.alpnProtocol }));
    const isGone = headers[":path"].endsWith("dead");
    stream.respond({ ":status": isGone ? 410 : 200, "apns-id": "1", "content-type": "application/json" });
    stream.end(isGone ? JSON.stringify({ reason: "Unregistered", timestamp: 1 }) : "");
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().on("end", () => process.exit(0)); // ends with whoever has started it
