#include "ingest/assets/asset_copy.h"

#include <array>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/format.h"
#include "ingest/assets/asset_changes.h"
#include "sql/sql_connection.h"

namespace fit::ingest {
namespace {

constexpr std::int64_t kCopiedAssetsAtOnce = 100;
constexpr std::string_view kCopyMark = "copy";  // the metadata that catalog::copy_catalogue() keeps in a copy

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

// A table by its columns. Texts and integers may be NULL; at most one column holds bytes, the last.
struct CopiedTable {
  std::string_view name;
  std::span<const std::string_view> texts;
  std::span<const std::string_view> integers;
  std::string_view bytes = {};
};

constexpr auto kAssetTexts = std::to_array<std::string_view>(
    {"sha256", "media_type", "name", "url", "state", "title", "source", "external_id", "tags", "owner",
     "properties", "error_code", "error_field", "error", "codec", "poster"});
constexpr auto kAssetIntegers = std::to_array<std::string_view>(
    {"id", "size_bytes", "make_item", "width", "height", "perceptual_hash", "pipeline", "item_id", "same_as",
     "job_id", "created_at", "updated_at", "finished_at", "duration_ms", "has_sound"});
constexpr auto kFrameTexts = std::to_array<std::string_view>({"sha256"});
constexpr auto kFrameIntegers = std::to_array<std::string_view>(
    {"id", "asset_id", "position", "at_ms", "width", "height", "perceptual_hash"});
constexpr auto kVectorIntegers = std::to_array<std::string_view>({"space_id", "frame_id"});

constexpr CopiedTable kAssetTable{"assets", kAssetTexts, kAssetIntegers};
constexpr CopiedTable kFrameTable{"asset_frames", kFrameTexts, kFrameIntegers};
constexpr CopiedTable kVectorTable{"asset_vectors", {}, kVectorIntegers, "embedding"};

std::string columns_of_table(const CopiedTable& table) {
  std::string columns;
  for (const auto& names : {table.texts, table.integers}) {
    for (const std::string_view name : names) {
      columns += fit::format("{}{}", columns.empty() ? "" : ", ", name);
    }
  }
  if (!table.bytes.empty()) columns += fit::format(", {}", table.bytes);
  return columns;
}

std::string insert_into_table(const CopiedTable& table) {
  const std::size_t count = table.texts.size() + table.integers.size() + (table.bytes.empty() ? 0 : 1);
  std::string places;
  for (std::size_t i = 1; i <= count; ++i) places += fit::format("{}${}", i == 1 ? "" : ", ", i);
  return fit::format("INSERT INTO {} ({}) VALUES ({})", table.name, columns_of_table(table), places);
}

// Inserts the rows that `condition` selects, after `change` has changed the first integer of each; a row
// whose first integer becomes 0 is left out.
template <class Change>
Result<void> copy_table(SqlConnection& from, SqlConnection& to, const CopiedTable& table,
                        std::string_view condition, std::span<const SqlValue> values, const Change& change) {
  const std::string insert = insert_into_table(table);
  Result<void> copied;
  FIT_CHECK(from.query(fit::format("SELECT {} FROM {} {}", columns_of_table(table), table.name, condition),
                       values, [&](const SqlRow& row) {
                         if (!copied) return;
                         std::vector<SqlValue> fields;
                         int column = 0;
                         for (std::size_t i = 0; i < table.texts.size(); ++i, ++column) {
                           fields.push_back(row.is_null(column) ? SqlValue() : SqlValue(row.text(column)));
                         }
                         for (std::size_t i = 0; i < table.integers.size(); ++i, ++column) {
                           fields.push_back(row.is_null(column) ? SqlValue() : SqlValue(row.integer(column)));
                         }
                         if (!table.bytes.empty()) fields.emplace_back(row.blob(column));
                         std::int64_t& first = std::get<std::int64_t>(fields[table.texts.size()]);
                         first = change(first);
                         if (first == 0) return;
                         const auto inserted = to.execute(insert, fields);
                         if (!inserted) copied = inserted.error();
                       }));
  return copied;
}

// An asset by what tells whether it has changed.
struct AssetVersion {
  std::int64_t id = 0;
  std::int64_t updated_at = 0;

  friend bool operator==(const AssetVersion&, const AssetVersion&) = default;
};

class AssetCopier {
 public:
  AssetCopier(store::Catalogue& from, store::Catalogue& to, const Progress& progress,
              const std::stop_token& stop, AssetCopyReport& report)
      : from_(from), to_(to), progress_(progress), stop_(stop), report_(report) {}

  Result<void> run() {
    FIT_CHECK(map_spaces());
    FIT_TRY(const auto total, from_.database().read([](SqlConnection& connection) {
      return connection.query_integer("SELECT count(*) FROM assets", {});
    }));
    std::int64_t last = 0;
    for (;;) {
      if (stop_.stop_requested()) return cancelled();
      FIT_TRY(const std::vector<AssetVersion> page, versions(from_, last, kCopiedAssetsAtOnce));
      if (page.empty()) break;
      FIT_CHECK(copy_page(page, last));
      last = page.back().id;
      report_.of += std::ssize(page);
      progress_(report_.of, std::max(total.value_or(0), report_.of));
    }
    return finish(last);
  }

 private:
  Result<void> map_spaces() {
    FIT_TRY(const auto spaces, from_.spaces().list());
    for (const domain::SpaceRecord& space : spaces) {
      FIT_TRY(const domain::SpaceRecord made, to_.spaces().ensure(space));
      spaces_[space.id] = made.id;
    }
    return {};
  }

  static Result<std::vector<AssetVersion>> versions(store::Catalogue& store, std::int64_t after,
                                                    std::int64_t limit) {
    return store.database().read([&](SqlConnection& connection) -> Result<std::vector<AssetVersion>> {
      std::vector<AssetVersion> found;
      FIT_CHECK(connection.query(
          "SELECT id, updated_at FROM assets WHERE id > $1 ORDER BY id LIMIT $2", {after, limit},
          [&found](const SqlRow& row) { found.push_back({row.integer(0), row.integer(1)}); }));
      return found;
    });
  }

  // Makes the assets after `after`, up to the last of the page, those of the page.
  Result<void> copy_page(const std::vector<AssetVersion>& page, std::int64_t after) {
    // One more shows whether the copy has assets between these.
    FIT_TRY(auto ours, versions(to_, after, std::ssize(page) + 1));
    const std::int64_t last = page.back().id;
    std::erase_if(ours, [last](const AssetVersion& one) { return one.id > last; });
    if (ours == page) return {};
    report_.copied += std::ssize(page);
    return from_.database().read([&](SqlConnection& theirs) {
      return to_.database().write(Ordering::kUnordered, [&](SqlConnection& mine) -> Result<void> {
        FIT_CHECK(mine.execute("DELETE FROM assets WHERE id > $1 AND id <= $2", {after, last}));
        FIT_CHECK(copy_rows(theirs, mine, after, last));
        std::set<AssetId> changed;
        for (const AssetVersion& one : ours) changed.insert({one.id});
        for (const AssetVersion& one : page) changed.insert({one.id});
        for (const AssetId asset : changed) FIT_CHECK(note_asset_change(mine, asset));
        return {};
      });
    });
  }

  Result<void> copy_rows(SqlConnection& theirs, SqlConnection& mine, std::int64_t after, std::int64_t last) {
    const std::array<SqlValue, 2> span = {after, last};
    const auto same = [](std::int64_t id) { return id; };
    FIT_CHECK(copy_table(theirs, mine, kAssetTable, "WHERE id > $1 AND id <= $2", span, same));
    FIT_CHECK(copy_table(theirs, mine, kFrameTable, "WHERE asset_id > $1 AND asset_id <= $2", span, same));
    FIT_CHECK(copy_table(theirs, mine, kVectorTable,
                         "WHERE frame_id IN (SELECT id FROM asset_frames WHERE asset_id > $1 AND asset_id <= "
                         "$2)",
                         span, [this](std::int64_t space) {
                           const auto found = spaces_.find(space);
                           return found == spaces_.end() ? 0 : found->second;
                         }));
    // Their jobs are not here.
    FIT_CHECK(
        mine.execute("UPDATE assets SET job_id = 0, state = CASE WHEN state = 'working' THEN 'queued' ELSE "
                     "state END WHERE "
                     "id > $1 AND id <= $2",
                     span));
    return {};
  }

  Result<void> finish(std::int64_t last) {
    return to_.database().write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
      std::vector<AssetId> removed;
      FIT_CHECK(connection.query("SELECT id FROM assets WHERE id > $1", {last},
                                 [&removed](const SqlRow& row) { removed.push_back({row.integer(0)}); }));
      FIT_CHECK(connection.execute("DELETE FROM assets WHERE id > $1", {last}));
      for (const AssetId asset : removed) FIT_CHECK(note_asset_change(connection, asset));
      FIT_CHECK(sql::advance_identity(connection, "assets"));
      FIT_CHECK(sql::advance_identity(connection, "asset_frames"));
      FIT_TRY(const auto unfinished,
              connection.query_integer("SELECT count(*) FROM assets WHERE state = 'queued'", {}));
      report_.unfinished = unfinished.value_or(0);
      return {};
    });
  }

  store::Catalogue& from_;
  store::Catalogue& to_;
  const Progress& progress_;
  const std::stop_token stop_;
  std::map<std::int64_t, std::int64_t> spaces_;  // id in `from_` -> id in `to_`
  AssetCopyReport& report_;
};

}  // namespace

Result<void> check_asset_copy(store::Catalogue& to) {
  FIT_TRY(const std::string mark, to.metadata().get(std::string(kCopyMark)));
  if (!mark.empty()) return {};
  FIT_TRY(const auto assets, to.database().read([](SqlConnection& connection) {
    return connection.query_integer("SELECT id FROM assets LIMIT 1", {});
  }));
  if (!assets) return {};
  return Error{ErrorCode::kConflict,
               "the catalogue that is copied to has assets of its own; copy to an empty one",
               {},
               {}};
}

Result<void> copy_assets(store::Catalogue& from, store::Catalogue& to, const Progress& progress,
                         const std::stop_token& stop, AssetCopyReport& report) {
  report = {};
  return AssetCopier(from, to, progress, stop, report).run();
}

}  // namespace fit::ingest
