// Serves a folder by S3's interface: node server.js PACKAGES FOLDER PORT BUCKET KEY_ID SECRET. Requests with another key or
// a wrong signature are refused.
const { createRequire } = require("node:module");

const [packages, directory, port, bucket, keyId, secret] = process.argv.slice(2);
const load = createRequire(`${packages}/`);
const S3rver = load("@20minutes/s3rver");
const { DUMMY_ACCOUNT } = load("@20minutes/s3rver/lib/models/account");

for (const key of [...DUMMY_ACCOUNT.accessKeys.keys()]) DUMMY_ACCOUNT.revokeAccessKey(key);
DUMMY_ACCOUNT.createKeyPair(keyId, secret);
new S3rver({ address: "127.0.0.1", port: Number(port), directory, silent: true, configureBuckets: [{ name: bucket }] })
  .run()
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
