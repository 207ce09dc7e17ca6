-- The outfits that people save. Times are microseconds since 1970, UTC; dates are texts, "2026-03-01". Texts are '' when
-- not given. An outfit goes with the wardrobe of its user.

-- share_token is what the link has by which everybody reads the outfit; NULL: it is not shared.
CREATE TABLE saved_outfits (
  id {identity},
  user_id BIGINT NOT NULL REFERENCES wardrobes (user_id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  notes TEXT NOT NULL,
  share_token TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX saved_outfits_user ON saved_outfits (user_id, id);
CREATE UNIQUE INDEX saved_outfits_share_token ON saved_outfits (share_token);

-- The pieces of an outfit. Either item_id or garment_id is set; what it names may be gone.
CREATE TABLE saved_outfit_pieces (
  outfit_id BIGINT NOT NULL REFERENCES saved_outfits (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  item_id BIGINT,
  garment_id BIGINT,
  PRIMARY KEY (outfit_id, position)
);

-- The days for which an outfit is planned.
CREATE TABLE saved_outfit_plans (
  outfit_id BIGINT NOT NULL REFERENCES saved_outfits (id) ON DELETE CASCADE,
  planned_for TEXT NOT NULL,
  PRIMARY KEY (outfit_id, planned_for)
);

-- The days on which an outfit was worn.
CREATE TABLE saved_outfit_wears (
  outfit_id BIGINT NOT NULL REFERENCES saved_outfits (id) ON DELETE CASCADE,
  worn_on TEXT NOT NULL,
  PRIMARY KEY (outfit_id, worn_on)
);
