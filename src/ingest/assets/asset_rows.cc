#include "ingest/assets/asset_rows.h"

#include <algorithm>
#include <bit>

#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::SqlRow;

AssetState state_of(std::string_view name) {
  const auto* const found = std::ranges::find(kAssetStates, name);
  return found == kAssetStates.end() ? AssetState::kFailed
                                     : static_cast<AssetState>(found - kAssetStates.begin());
}

// The code with this name; kInternal for a name that a newer version has written.
ErrorCode code_of(std::string_view name) {
  constexpr int kCodes = static_cast<int>(ErrorCode::kStorageFull) + 1;
  for (int i = 0; i < kCodes; ++i) {
    if (to_string(static_cast<ErrorCode>(i)) == name) return static_cast<ErrorCode>(i);
  }
  return ErrorCode::kInternal;
}

// JSON that this program has written.
Json stored_json(std::string_view text, Json::value_t type) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.type() == type ? json : Json(type);
}

}  // namespace

Asset asset_of(const SqlRow& row) {
  Asset asset;
  asset.id = {row.integer(0)};
  if (!row.is_null(1)) asset.sha256 = row.text(1);
  asset.media_type = row.text(2);
  asset.size_bytes = row.integer(3);
  asset.name = row.text(4);
  asset.url = row.text(5);
  asset.state = state_of(row.text(6));
  asset.metadata.title = row.text(7);
  asset.metadata.source = row.text(8);
  asset.metadata.external_id = row.text(9);
  for (const Json& tag : stored_json(row.text(10), Json::value_t::array)) {
    if (tag.is_string()) asset.metadata.tags.push_back(tag.get<std::string>());
  }
  asset.metadata.make_item = row.integer(11) != 0;
  asset.owner = row.text(12);
  asset.width = static_cast<int>(row.integer(13));
  asset.height = static_cast<int>(row.integer(14));
  asset.perceptual_hash = std::bit_cast<std::uint64_t>(row.integer(15));
  asset.properties = stored_json(row.text(16), Json::value_t::object);
  asset.pipeline = static_cast<int>(row.integer(17));
  if (!row.is_null(18)) asset.item = ItemId{row.integer(18)};
  if (!row.is_null(19)) asset.same_as = AssetId{row.integer(19)};
  asset.job = row.integer(20);
  if (!row.text(21).empty()) {
    asset.failure = Error{.code = code_of(row.text(21)),
                          .message = std::string(row.text(23)),
                          .field = std::string(row.text(22)),
                          .detail = {}};
  }
  asset.created_at = sql::time_at(row, 24);
  asset.updated_at = sql::time_at(row, 25);
  asset.finished_at = sql::optional_time_at(row, 26);
  asset.duration = std::chrono::milliseconds(row.integer(27));
  asset.codec = row.text(28);
  asset.has_sound = row.integer(29) != 0;
  asset.poster = row.text(30);
  return asset;
}

Result<std::vector<Stranded>> read_stranded(sql::SqlConnection& connection, std::int64_t after,
                                            std::int64_t limit) {
  std::vector<Stranded> found;
  FIT_CHECK(connection.query(
      "SELECT a.id, a.owner, j.state, a.media_type FROM assets a LEFT JOIN jobs j ON j.id = a.job_id "
      "WHERE a.state IN ('queued', 'working') AND a.id > $1 "
      "AND (j.id IS NULL OR j.state IN ('done', 'dead', 'cancelled', 'discarded')) ORDER BY a.id LIMIT $2",
      {after, limit}, [&found](const SqlRow& row) {
        found.push_back({.id = {row.integer(0)},
                         .owner = std::string(row.text(1)),
                         .media_type = std::string(row.text(3)),
                         .job_ended = !row.is_null(2) && row.text(2) != "done"});
      }));
  return found;
}

Result<void> fail_stranded(sql::SqlConnection& connection, const Stranded& asset, Timestamp time) {
  FIT_CHECK(connection.execute(
      "UPDATE assets SET state = 'failed', updated_at = $1, finished_at = $1, "
      "error_code = COALESCE((SELECT NULLIF(j.error_code, '') FROM jobs j WHERE j.id = assets.job_id), "
      "'cancelled'), "
      "error_field = COALESCE((SELECT j.error_field FROM jobs j WHERE j.id = assets.job_id), ''), "
      "error = COALESCE((SELECT NULLIF(j.error_message, '') FROM jobs j WHERE j.id = assets.job_id), "
      "'its job was cancelled') WHERE id = $2",
      {sql::ticks(time), asset.id.value}));
  return {};
}

}  // namespace fit::ingest
