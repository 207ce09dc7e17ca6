-- Words folded alike in items and queries, with the size of items among them.

-- The names of brands without blanks and marks ("thenorthface", "hm"), also without a leading "the". Names that no item
-- has any more may stay.
CREATE TABLE catalogue_brands (
  name TEXT NOT NULL PRIMARY KEY
);

{folded_words_index}

-- Items up to this id are indexed by a backfill, from the latest to the first. The row goes when all are.
INSERT INTO store_meta (name, value) SELECT 'words_pending', CAST(COALESCE(MAX(id), 0) AS TEXT) FROM items;
