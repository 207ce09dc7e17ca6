-- A space's vectors are of pictures, or (1) of items' texts: one an item.
ALTER TABLE spaces ADD COLUMN of_texts BIGINT NOT NULL DEFAULT 0;

{text_vector_tables}
