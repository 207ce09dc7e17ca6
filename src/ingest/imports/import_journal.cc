#include "ingest/imports/import_journal.h"

#include <map>

#include "ingest/imports/former_item.h"

namespace fit::ingest {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

constexpr int kUndoAttempts = 5;

constexpr std::string_view kDeleted = "deleted";
constexpr std::string_view kRestored = "restored";
constexpr std::string_view kChanged = "changed";
constexpr std::string_view kRemoved = "removed";

struct Entry {
  domain::ItemKey key;
  std::string content_hash;
  std::string former;  // empty: the import created the item
};

// The items that the writes replace, by their places.
Result<std::map<std::size_t, domain::ItemRecord>> stored_items(catalog::ItemWriter& writer,
                                                               std::span<const domain::ItemWrite> items) {
  std::vector<domain::ItemKey> keys;
  for (const domain::ItemWrite& item : items) keys.push_back({item.listing.source, item.listing.external_id});
  FIT_TRY(const auto known, writer.database().items().find(keys));
  std::vector<ItemId> ids;
  std::map<ItemId, std::size_t> places;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!known[i]) continue;
    ids.push_back(known[i]->id);
    places[known[i]->id] = i;
  }
  std::map<std::size_t, domain::ItemRecord> stored;
  if (ids.empty()) return stored;
  FIT_TRY(auto records, writer.database().items().get(ids));
  for (domain::ItemRecord& record : records) {
    const std::size_t place = places.at(record.id);
    stored.emplace(place, std::move(record));
  }
  return stored;
}

// Gives an item its former state. Returns the outcome.
Result<std::string_view> restore(catalog::ItemWriter& writer, const Entry& entry,
                                 const domain::ItemVersion& present) {
  FIT_TRY(domain::ItemWrite write, former_item_write(entry.former));
  for (const domain::ImageWrite& image : write.images) writer.files().renew_original(image.location);
  write.expected_version = present;
  FIT_CHECK(writer.write(std::span(&write, 1)));
  return kRestored;
}

// Undoes one entry. Returns the outcome.
Result<std::string_view> undo_entry(catalog::ItemWriter& writer, const Entry& entry) {
  const std::string former_hash =
      entry.former.empty() ? std::string()
                           : former_item_write(entry.former).value_or(domain::ItemWrite{}).content_hash;
  for (int attempt = 0;; ++attempt) {
    FIT_TRY(const auto known, writer.database().items().find(std::span(&entry.key, 1)));
    if (!known.front()) return entry.former.empty() ? kDeleted : kRemoved;
    const store::KnownItem& item = *known.front();
    if (!entry.former.empty() && item.content_hash == former_hash) return kRestored;
    if (item.content_hash != entry.content_hash) return kChanged;
    auto undone = Result<std::string_view>(kDeleted);
    if (!entry.former.empty()) {
      undone = restore(writer, entry, item);
    } else if (auto removed = writer.remove(static_cast<const domain::ItemVersion&>(item)); !removed) {
      undone = std::move(removed).error();
    }
    // Another writer was faster: what it has left decides.
    if (undone || undone.error().code != ErrorCode::kConflict || attempt >= kUndoAttempts) return undone;
  }
}

}  // namespace

Result<ImportJournal::Written> ImportJournal::count() {
  return database_.read([this](SqlConnection& connection) -> Result<Written> {
    Written written;
    FIT_CHECK(
        connection.query("SELECT SUM(CASE WHEN former = '' THEN 1 ELSE 0 END), COUNT(*) FROM import_changes "
                         "WHERE import_id = $1",
                         {import_.value}, [&written](const SqlRow& row) {
                           written.created = row.is_null(0) ? 0 : row.integer(0);
                           written.updated = row.integer(1) - written.created;
                         }));
    return written;
  });
}

Result<std::vector<bool>> ImportJournal::add(catalog::ItemWriter& writer,
                                             std::span<const domain::ItemWrite> items) {
  FIT_TRY(const auto stored, stored_items(writer, items));
  std::vector<std::string> former(items.size());
  for (const auto& [place, record] : stored) former[place] = former_item_json(record);
  std::vector<bool> is_added(items.size());
  const auto add_all = [&](SqlConnection& connection) -> Result<void> {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const domain::ItemWrite& item = items[i];
      FIT_TRY(const auto inserted,
              connection.execute("INSERT INTO import_changes (import_id, source, external_id, title, "
                                 "content_hash, former, outcome) VALUES ($1, $2, $3, $4, $5, $6, '') ON "
                                 "CONFLICT (import_id, source, external_id) DO NOTHING",
                                 {import_.value, item.listing.source, item.listing.external_id,
                                  item.listing.title, item.content_hash, former[i]}));
      is_added[i] = inserted > 0;
      if (inserted > 0) continue;
      // An attempt of before has ended before the item was written, or somebody has changed the item since:
      // what it is now is its former state then.
      const auto present = stored.find(i);
      const std::string hash = present == stored.end() ? std::string() : present->second.content_hash;
      FIT_CHECK(connection.execute(
          "UPDATE import_changes SET former = CASE WHEN content_hash = $4 THEN former ELSE $5 END, "
          "content_hash = $6, title = $7 WHERE import_id = $1 AND source = $2 AND external_id = $3",
          {import_.value, item.listing.source, item.listing.external_id, hash, former[i], item.content_hash,
           item.listing.title}));
    }
    return {};
  };
  FIT_CHECK(database_.write(Ordering::kUnordered, add_all));
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (is_added[i]) ++(former[i].empty() ? created_ : updated_);
  }
  return is_added;
}

// The removed entries are counted out: whether an item was to be created is read before.
Result<void> ImportJournal::drop(std::span<const domain::ItemWrite> items,
                                 const std::vector<bool>& is_added) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!is_added[i]) continue;
      const domain::Listing& listing = items[i].listing;
      FIT_TRY(const auto created,
              connection.execute("DELETE FROM import_changes WHERE import_id = $1 AND source = $2 AND "
                                 "external_id = $3 AND former = ''",
                                 {import_.value, listing.source, listing.external_id}));
      if (created == 0) {
        FIT_CHECK(connection.execute(
            "DELETE FROM import_changes WHERE import_id = $1 AND source = $2 AND external_id = $3",
            {import_.value, listing.source, listing.external_id}));
      }
      --(created > 0 ? created_ : updated_);
    }
    return {};
  });
}

Result<std::vector<store::UpsertOutcome>> ImportJournal::write(catalog::ItemWriter& writer,
                                                               std::span<const domain::ItemWrite> items) {
  FIT_TRY(const auto is_added, add(writer, items));
  auto outcomes = writer.write(items);
  // After other errors the items may be stored.
  if (!outcomes &&
      (outcomes.error().code == ErrorCode::kInvalid || outcomes.error().code == ErrorCode::kForbidden))
    FIT_CHECK(drop(items, is_added));
  return outcomes;
}

Result<std::size_t> ImportJournal::undo_some(catalog::ItemWriter& writer, std::size_t limit) {
  std::vector<Entry> entries;
  FIT_CHECK(database_.read([&](SqlConnection& connection) {
    return connection.query(
        "SELECT source, external_id, content_hash, former FROM import_changes WHERE "
        "import_id = $1 AND outcome = '' ORDER BY source, external_id LIMIT $2",
        {import_.value, sql::sql_limit(limit)}, [&entries](const SqlRow& row) {
          entries.push_back({.key = {std::string(row.text(0)), std::string(row.text(1))},
                             .content_hash = std::string(row.text(2)),
                             .former = std::string(row.text(3))});
        });
  }));
  std::vector<std::string_view> outcomes;
  for (const Entry& entry : entries) {
    FIT_TRY(const std::string_view outcome, undo_entry(writer, entry));
    outcomes.push_back(outcome);
  }
  const auto note = [&](SqlConnection& connection) -> Result<void> {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      FIT_CHECK(connection.execute(
          "UPDATE import_changes SET outcome = $4 WHERE import_id = $1 AND source = $2 AND external_id = $3",
          {import_.value, entries[i].key.source, entries[i].key.external_id, outcomes[i]}));
    }
    return {};
  };
  FIT_CHECK(database_.write(Ordering::kUnordered, note));
  return entries.size();
}

Result<UndoCounts> ImportJournal::undo_counts() {
  return database_.read([this](SqlConnection& connection) -> Result<UndoCounts> {
    UndoCounts counts;
    FIT_CHECK(
        connection.query("SELECT outcome, COUNT(*) FROM import_changes WHERE import_id = $1 GROUP BY outcome",
                         {import_.value}, [&counts](const SqlRow& row) {
                           const std::string_view outcome = row.text(0);
                           std::int64_t& count = outcome == kDeleted    ? counts.deleted
                                                 : outcome == kRestored ? counts.restored
                                                 : outcome == kChanged  ? counts.changed
                                                 : outcome == kRemoved  ? counts.removed
                                                                        : counts.open;
                           count = row.integer(1);
                         }));
    return counts;
  });
}

Result<std::vector<KeptItem>> ImportJournal::kept(std::size_t limit) {
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<KeptItem>> {
    std::vector<KeptItem> kept;
    FIT_CHECK(connection.query(
        "SELECT source, external_id, title, outcome FROM import_changes WHERE import_id = $1 AND outcome IN "
        "('changed', 'removed') ORDER BY source, external_id LIMIT $2",
        {import_.value, sql::sql_limit(limit)}, [&kept](const SqlRow& row) {
          kept.push_back({.source = std::string(row.text(0)),
                          .external_id = std::string(row.text(1)),
                          .title = std::string(row.text(2)),
                          .why = std::string(row.text(3))});
        }));
    return kept;
  });
}

}  // namespace fit::ingest
