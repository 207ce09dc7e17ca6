-- The catalogue: items, their images in order, one vector an image and space, and the order of changes.
-- Times are microseconds since 1970 in UTC. Texts are UTF-8; '' means not given.

CREATE TABLE store_meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE counters (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('position', 0);

CREATE TABLE spaces (
  id {identity},
  name TEXT NOT NULL,
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  dimensions BIGINT NOT NULL,
  UNIQUE (name, version)
);

-- What filters read comes first and the long texts last: a scan of the facts then never leaves the row's page.
CREATE TABLE items (
  id {identity},
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  brand TEXT NOT NULL,
  size TEXT NOT NULL,
  status TEXT NOT NULL,
  price DOUBLE PRECISION,
  listed_at BIGINT,
  category TEXT NOT NULL,
  subcategory TEXT NOT NULL,
  primary_color TEXT NOT NULL,
  secondary_color TEXT NOT NULL,
  pattern TEXT NOT NULL,
  material TEXT NOT NULL,
  style TEXT NOT NULL,
  fit TEXT NOT NULL,
  neckline TEXT NOT NULL,
  sleeve_length TEXT NOT NULL,
  garment_length TEXT NOT NULL,
  closure TEXT NOT NULL,
  season TEXT NOT NULL,
  occasion TEXT NOT NULL,
  gender TEXT NOT NULL,
  condition TEXT NOT NULL,
  currency TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  content_hash TEXT NOT NULL,
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  UNIQUE (source, external_id)
);

CREATE TABLE images (
  id {identity},
  item_id BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  perceptual_hash BIGINT NOT NULL,
  format TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  location TEXT NOT NULL
);

CREATE INDEX images_by_item ON images (item_id, position);

-- embedding: the space's dimensions as float32, little-endian.
CREATE TABLE vectors (
  space_id BIGINT NOT NULL REFERENCES spaces (id),
  image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  embedding {blob} NOT NULL,
  PRIMARY KEY (space_id, image_id)
);

CREATE INDEX vectors_by_image ON vectors (image_id);

-- The latest change of every item that there ever was; removed is 0 or 1. Apart from items, so that a new vector
-- moves an item to the end of the history without rewriting its long row.
CREATE TABLE item_changes (
  item_id BIGINT NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL,
  removed BIGINT NOT NULL
);

CREATE UNIQUE INDEX item_changes_by_position ON item_changes (position);
