-- How hosts are asked by sources: by one process at a time, and for images only when they have changed. Times are
-- microseconds since 1970, UTC.

-- The hosts (with their port) that processes ask. owner is a random number of the process that asked last. While
-- lease_until is in the future, it may be asking; it extends the lease during a long request. ended_at is when its last
-- request ended, delay the least time until the next one, paused_until when a host that has refused may be asked again.
CREATE TABLE host_leases (
  host TEXT NOT NULL PRIMARY KEY,
  owner BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  delay BIGINT NOT NULL,
  paused_until BIGINT NOT NULL
);

-- The validators (ETag, Last-Modified) that the servers of a source's images have sent, each for the content with the
-- SHA-256. url_hash is a number of the URL.
CREATE TABLE source_images (
  source_id BIGINT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  url_hash BIGINT NOT NULL,
  url TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  etag TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  PRIMARY KEY (source_id, url_hash)
);
