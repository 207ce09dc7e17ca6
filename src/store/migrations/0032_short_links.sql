-- Searches that people have shared by a short link. Times are microseconds since 1970, UTC. owner: "user:3", "key:7",
-- "device:ID"; '': nobody in particular. query: the search as POST /api/v1/search takes it, without a photo, a JSON object.
-- first_item_id: an item that the search found at first; it may be gone. photo_bytes: the size of the photo, 0 without one.
CREATE TABLE short_links (
  code TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  query TEXT NOT NULL,
  first_item_id BIGINT,
  photo_bytes BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX short_links_owner ON short_links (owner);
CREATE INDEX short_links_expiry ON short_links (expires_at);

-- The photos of searches, JPEG. They are apart, so that links are counted without reading them.
CREATE TABLE short_link_photos (
  code TEXT NOT NULL PRIMARY KEY REFERENCES short_links (code) ON DELETE CASCADE,
  photo {blob} NOT NULL
);
