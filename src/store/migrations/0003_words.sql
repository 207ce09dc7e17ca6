-- The words of items' titles, brands and descriptions, kept in step by the database itself, so that no write forgets
-- them, not even an older program's beside this one.

-- The words of titles and brands, once each, to find what a mistyped or unfinished one was meant to be. Words that no
-- item has any more may stay. length: in characters; in_brand: 1 when a brand has it.
CREATE TABLE catalogue_words (
  word TEXT NOT NULL PRIMARY KEY,
  length BIGINT NOT NULL,
  in_brand BIGINT NOT NULL
);

CREATE INDEX catalogue_words_by_length ON catalogue_words (length, word);

{words_index}
