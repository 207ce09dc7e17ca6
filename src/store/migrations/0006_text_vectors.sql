-- One vector an item and text space. It was made from texts whose hash is text_hash, and they were last looked at when
-- the item's updated_at was item_updated_at: an item that was written since is looked at again, and embedded again when
-- its texts differ. So a program that knows nothing of this may write items beside one that does.
CREATE TABLE item_vectors (
  space_id BIGINT NOT NULL REFERENCES spaces (id),
  item_id BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  item_updated_at BIGINT NOT NULL,
  text_hash TEXT NOT NULL,
  embedding {blob} NOT NULL,
  PRIMARY KEY (space_id, item_id)
);

CREATE INDEX item_vectors_by_item ON item_vectors (item_id);
