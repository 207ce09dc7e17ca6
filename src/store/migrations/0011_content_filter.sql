-- What the content filter found. Times are microseconds since 1970 in UTC.

-- The status that the seller gave an item that waits for a review; its status is then 'flagged'. '' for other items.
ALTER TABLE items ADD COLUMN listed_status TEXT NOT NULL DEFAULT '';
CREATE INDEX items_flagged ON items (id) WHERE status = 'flagged';

-- The images that the filter flagged, by their content. approved_at: when a person approved the image, else NULL.
-- scores: a JSON object with the probability of each class, or ''.
CREATE TABLE image_reviews (
  sha256 TEXT NOT NULL PRIMARY KEY,
  reason TEXT NOT NULL,
  scores TEXT NOT NULL,
  flagged_at BIGINT NOT NULL,
  approved_at BIGINT,
  approved_by TEXT NOT NULL
);
CREATE INDEX image_reviews_open ON image_reviews (sha256) WHERE approved_at IS NULL;

-- The block list. Images whose perceptual hash is near one of these are refused or flagged.
CREATE TABLE blocked_images (
  id {identity},
  perceptual_hash BIGINT NOT NULL UNIQUE,
  note TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Counts the changes of the block list, so that processes notice those of others.
INSERT INTO counters (name, value) VALUES ('blocked_images', 0);
