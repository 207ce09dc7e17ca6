-- Stored files (assets), resumable uploads, and what clients sent under an Idempotency-Key. Times are microseconds
-- since 1970, UTC. Texts are '' when not given.

-- sha256 is NULL until a file named by URL is fetched, and stays NULL where another asset has the same bytes
-- (same_as). error_code is '' unless the last attempt failed.
CREATE TABLE assets (
  id {identity},
  sha256 TEXT UNIQUE,
  media_type TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  tags TEXT NOT NULL,
  make_item BIGINT NOT NULL,
  owner TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  perceptual_hash BIGINT NOT NULL,
  properties TEXT NOT NULL,
  pipeline BIGINT NOT NULL,
  item_id BIGINT,
  same_as BIGINT,
  job_id BIGINT NOT NULL,
  error_code TEXT NOT NULL,
  error_field TEXT NOT NULL,
  error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE INDEX assets_state ON assets (state, id);
CREATE INDEX assets_owner ON assets (owner, id);

-- metadata is JSON, sent_metadata the client's header with it. An upload's bytes are in a file of STORAGE_PATH
-- until it is complete; the first offset_bytes of them are on the disk.
CREATE TABLE uploads (
  id TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  length_bytes BIGINT NOT NULL,
  offset_bytes BIGINT NOT NULL,
  name TEXT NOT NULL,
  metadata TEXT NOT NULL,
  sent_metadata TEXT NOT NULL,
  asset_id BIGINT,
  job_id BIGINT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX uploads_expiry ON uploads (expires_at);

-- status is 0 while the first request is handled.
CREATE TABLE idempotency_keys (
  owner TEXT NOT NULL,
  request_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (owner, request_key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
