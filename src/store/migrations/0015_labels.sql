-- What people and models say of assets and clusters. Times are microseconds since 1970, UTC.

-- slot is '' for the one label of a field that has one value, and the value itself for the labels of a field that has
-- many (tags) and for what a person has removed (removed = 1). So a field has at most one label with slot '', whoever
-- writes. origin is 'person' or 'model'; author is the person's principal or the model's name, version the model's.
CREATE TABLE labels (
  target TEXT NOT NULL,
  target_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  slot TEXT NOT NULL,
  value TEXT NOT NULL,
  language TEXT NOT NULL,
  confidence DOUBLE PRECISION NOT NULL,
  origin TEXT NOT NULL,
  author TEXT NOT NULL,
  version TEXT NOT NULL,
  removed BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (target, target_id, field, slot)
);

-- The requests that were sent to the provider of captions, by day since 1970 in UTC.
CREATE TABLE caption_requests (
  day BIGINT NOT NULL PRIMARY KEY,
  requests BIGINT NOT NULL
);
