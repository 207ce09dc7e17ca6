#include "store/words/word_backfill.h"

#include <charconv>
#include <vector>

#include "store/words/catalogue_words.h"

namespace fit::store {
namespace {

struct StoredText {
  std::int64_t id = 0;
  domain::Listing listing;
};

// The texts of the items with the largest ids up to `last`.
Result<std::vector<StoredText>> read_texts(sql::SqlConnection& connection, std::int64_t last,
                                           std::size_t limit) {
  std::vector<StoredText> texts;
  FIT_CHECK(connection.query(
      "SELECT id, title, brand, size, description FROM items WHERE id <= $1 ORDER BY id DESC LIMIT $2",
      {last, sql::sql_limit(limit)}, [&texts](const sql::SqlRow& row) {
        StoredText& text = texts.emplace_back();
        text.id = row.integer(0);
        text.listing.title = row.text(1);
        text.listing.brand = row.text(2);
        text.listing.size = row.text(3);
        text.listing.description = row.text(4);
      }));
  return texts;
}

}  // namespace

Result<std::optional<std::int64_t>> pending_items(sql::SqlConnection& connection) {
  std::optional<std::int64_t> pending;
  FIT_CHECK(connection.query("SELECT value FROM store_meta WHERE name = 'words_pending'", {},
                             [&pending](const sql::SqlRow& row) {
                               const std::string_view text = row.text(0);
                               std::int64_t last = 0;
                               std::from_chars(text.data(), text.data() + text.size(), last);
                               pending = last;
                             }));
  return pending;
}

Result<WordBackfill> backfill_words(sql::SqlConnection& connection, const WordEngine& engine,
                                    std::size_t limit) {
  FIT_TRY(const auto pending, pending_items(connection));
  if (!pending) return WordBackfill{.is_complete = true};
  FIT_TRY(const auto texts, read_texts(connection, *pending, limit));
  std::vector<ItemWords> items;
  for (const StoredText& text : texts) items.push_back({ItemId{text.id}, &text.listing});
  FIT_CHECK(add_catalogue_words(connection, items));
  FIT_CHECK(engine.index_stored(connection, items));
  if (texts.size() < limit) {
    if (engine.finish_backfill != nullptr) FIT_CHECK(engine.finish_backfill(connection));
    FIT_CHECK(connection.execute("DELETE FROM store_meta WHERE name = 'words_pending'", {}));
    return WordBackfill{.is_complete = true};
  }
  const std::int64_t next = texts.back().id - 1;
  const std::string text = std::to_string(next);
  FIT_CHECK(connection.execute("UPDATE store_meta SET value = $1 WHERE name = 'words_pending'",
                               {std::string_view(text)}));
  return WordBackfill{.is_complete = false, .next = next};
}

}  // namespace fit::store
