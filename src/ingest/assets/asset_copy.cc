#include "ingest/assets/asset_copy.h"

#include <array>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/assets/asset_changes.h"
#include "sql/sql_connection.h"
#include "sql/table_copy.h"

namespace fit::ingest {
namespace {

constexpr std::int64_t kCopiedAssetsAtOnce = 100;
constexpr std::string_view kCopyMark = "copy";  // the metadata that catalog::copy_catalogue() keeps in a copy

using sql::CopiedTable;
using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

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

constexpr auto kVectorBytes = std::to_array<std::string_view>({"embedding"});

constexpr CopiedTable kAssetTable{"assets", kAssetIntegers, kAssetTexts};
constexpr CopiedTable kFrameTable{"asset_frames", kFrameIntegers, kFrameTexts};
constexpr CopiedTable kVectorTable{"asset_vectors", kVectorIntegers, {}, {}, kVectorBytes};

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
    FIT_CHECK(copy_table_rows(theirs, mine, kAssetTable, "WHERE id > $1 AND id <= $2", span));
    FIT_CHECK(copy_table_rows(theirs, mine, kFrameTable, "WHERE asset_id > $1 AND asset_id <= $2", span));
    FIT_CHECK(copy_table_rows(theirs, mine, kVectorTable,
                              "WHERE frame_id IN (SELECT id FROM asset_frames WHERE asset_id > $1 AND "
                              "asset_id <= $2)",
                              span, [this](std::span<SqlValue> row) { return put_space(row[0]); }));
    // Their jobs are not here.
    FIT_CHECK(
        mine.execute("UPDATE assets SET job_id = 0, state = CASE WHEN state = 'working' THEN 'queued' ELSE "
                     "state END WHERE "
                     "id > $1 AND id <= $2",
                     span));
    return {};
  }

  // Puts the id of the copy's space in the place of that of `from_`. Returns whether the copy has the space.
  bool put_space(SqlValue& space) const {
    const auto found = spaces_.find(std::get<std::int64_t>(space));
    if (found == spaces_.end()) return false;
    space = found->second;
    return true;
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
