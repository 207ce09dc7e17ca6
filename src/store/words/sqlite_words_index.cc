#include "store/words/sqlite_words_index.h"

namespace fit::store {

// The texts are stored in items only; the index reads them there
// (https://www.sqlite.org/fts5.html#external_content_tables).
constexpr std::string_view kSqliteWordsIndex = R"sql(
CREATE VIRTUAL TABLE item_words USING fts5(title, brand, description, content='items', content_rowid='id',
                                           tokenize='unicode61 remove_diacritics 2');

CREATE TRIGGER item_words_added AFTER INSERT ON items BEGIN
  INSERT INTO item_words (rowid, title, brand, description)
    VALUES (new.id, new.title, new.brand, new.description);
END;

CREATE TRIGGER item_words_removed AFTER DELETE ON items BEGIN
  INSERT INTO item_words (item_words, rowid, title, brand, description)
    VALUES ('delete', old.id, old.title, old.brand, old.description);
END;

CREATE TRIGGER item_words_changed AFTER UPDATE OF id, title, brand, description ON items
WHEN old.id <> new.id OR old.title <> new.title OR old.brand <> new.brand OR old.description <> new.description BEGIN
  INSERT INTO item_words (item_words, rowid, title, brand, description)
    VALUES ('delete', old.id, old.title, old.brand, old.description);
  INSERT INTO item_words (rowid, title, brand, description)
    VALUES (new.id, new.title, new.brand, new.description);
END;

INSERT INTO item_words (item_words) VALUES ('rebuild');

CREATE VIRTUAL TABLE item_words_vocabulary USING fts5vocab('item_words', 'col');
INSERT INTO catalogue_words (word, length, in_brand)
  SELECT term, length(term), MAX(col = 'brand') FROM item_words_vocabulary
  WHERE col <> 'description' AND length(term) BETWEEN 3 AND 32 AND term NOT GLOB '*[0-9]*' GROUP BY term;
DROP TABLE item_words_vocabulary;
)sql";

// The first letter of a text names its field, because FTS5 does not pass the column to the tokenizer. The
// index stores no texts (https://www.sqlite.org/fts5.html#contentless_tables).
constexpr std::string_view kSqliteTermsIndex = R"sql(
CREATE VIRTUAL TABLE item_terms USING fts5(title, brand, description, size, content='', tokenize='fit');

CREATE TRIGGER item_terms_added AFTER INSERT ON items BEGIN
  INSERT INTO item_terms (rowid, title, brand, description, size)
    VALUES (new.id, 't' || new.title, 'b' || new.brand, 'd' || new.description, 's' || new.size);
END;

CREATE TRIGGER item_terms_removed AFTER DELETE ON items BEGIN
  INSERT INTO item_terms (item_terms, rowid, title, brand, description, size)
    SELECT 'delete', old.id, 't' || old.title, 'b' || old.brand, 'd' || old.description, 's' || old.size
    WHERE EXISTS (SELECT 1 FROM item_terms_docsize WHERE id = old.id);
END;

CREATE TRIGGER item_terms_changed AFTER UPDATE OF id, title, brand, description, size ON items
WHEN old.id <> new.id OR old.title <> new.title OR old.brand <> new.brand OR old.description <> new.description
     OR old.size <> new.size BEGIN
  INSERT INTO item_terms (item_terms, rowid, title, brand, description, size)
    SELECT 'delete', old.id, 't' || old.title, 'b' || old.brand, 'd' || old.description, 's' || old.size
    WHERE EXISTS (SELECT 1 FROM item_terms_docsize WHERE id = old.id);
  INSERT INTO item_terms (rowid, title, brand, description, size)
    VALUES (new.id, 't' || new.title, 'b' || new.brand, 'd' || new.description, 's' || new.size);
END;
)sql";

constexpr std::string_view kSqliteIndexItem = R"sql(
INSERT INTO item_terms (rowid, title, brand, description, size)
  SELECT id, 't' || title, 'b' || brand, 'd' || description, 's' || size FROM items
  WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM item_terms_docsize WHERE id = $1)
)sql";

constexpr std::string_view kSqliteDropWordsIndex = R"sql(
DROP TRIGGER IF EXISTS item_words_added;
DROP TRIGGER IF EXISTS item_words_removed;
DROP TRIGGER IF EXISTS item_words_changed;
DROP TABLE IF EXISTS item_words;
)sql";

}  // namespace fit::store
