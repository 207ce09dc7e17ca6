-- What people own and wear. Times are microseconds since 1970, UTC; dates are texts, "2026-03-01". Texts are '' when not
-- given.

-- Who has a wardrobe. changes grows with each change of it: one person's changes wait for each other there.
CREATE TABLE wardrobes (
  user_id BIGINT NOT NULL PRIMARY KEY,
  changes BIGINT NOT NULL
);

-- price is what the person paid, in major units of currency. tags are separated by ";". state: "ready", "in_the_wash",
-- "lent" or "retired". properties is a JSON object of what the person says; a value "-" says that the garment has none.
-- item_id is the listing that was made of the garment, which may be gone.
CREATE TABLE garments (
  id {identity},
  user_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  brand TEXT NOT NULL,
  size TEXT NOT NULL,
  price DOUBLE PRECISION,
  currency TEXT NOT NULL,
  bought_on TEXT NOT NULL,
  notes TEXT NOT NULL,
  care TEXT NOT NULL,
  tags TEXT NOT NULL,
  state TEXT NOT NULL,
  properties TEXT NOT NULL,
  item_id BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX garments_user ON garments (user_id, id);

-- The photos of a garment are assets, which may be gone. is_sent: 1 where the asset came with the garment and goes with
-- the last garment that has it.
CREATE TABLE garment_photos (
  garment_id BIGINT NOT NULL REFERENCES garments (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  asset_id BIGINT NOT NULL,
  is_sent BIGINT NOT NULL,
  PRIMARY KEY (garment_id, position)
);
CREATE INDEX garment_photos_asset ON garment_photos (asset_id);

-- The days on which a garment was worn.
CREATE TABLE garment_wears (
  garment_id BIGINT NOT NULL REFERENCES garments (id) ON DELETE CASCADE,
  worn_on TEXT NOT NULL,
  PRIMARY KEY (garment_id, worn_on)
);
