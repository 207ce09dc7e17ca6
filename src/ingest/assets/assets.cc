#include "ingest/assets/assets.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/format.h"
#include "ingest/assets/asset_changes.h"
#include "ingest/assets/asset_rows.h"
#include "jobs/add_jobs.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

constexpr std::int64_t kReconciledAtOnce = 200;
constexpr std::int64_t kDigestsAtOnce = 10'000;
constexpr std::size_t kRemovedAtOnce = 500;

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;
using sql::ticks;

std::string_view state(AssetState state) {
  return to_string(state);
}

jobs::NewJob job_of(AssetId id, std::string_view media_type, const std::string& submitter) {
  return {.kind = std::string(is_video(media_type) ? kVideoJob : kAssetJob),
          .payload = dump_json({{"asset", id.str()}}),
          .submitter = submitter};
}

// Removes what belongs to an asset whose row is removed.
Result<void> forget_asset(SqlConnection& connection, AssetId id) {
  FIT_CHECK(connection.execute("DELETE FROM labels WHERE target = 'asset' AND target_id = $1", {id.value}));
  return note_asset_change(connection, id);
}

// An asset that gets a job.
struct JobTaker {
  AssetId asset;
  bool had_job = false;
};

// What a sent file does to the asset with the same bytes.
struct Known {
  AssetId id;
  std::int64_t job = 0;
  bool is_failed = false;
  bool has_item = false;  // it has an item, or a job makes one
};

Result<Known> read_known(SqlConnection& connection, const std::string& sha256) {
  std::optional<Known> known;
  FIT_CHECK(connection.query(
      "SELECT a.id, a.job_id, a.state, CASE WHEN i.id IS NOT NULL OR (a.make_item = 1 AND a.state IN "
      "('queued', 'working')) THEN 1 ELSE 0 END "
      "FROM assets a LEFT JOIN items i ON i.id = a.item_id WHERE a.sha256 = $1",
      {std::string_view(sha256)}, [&known](const SqlRow& row) {
        known = Known{.id = {row.integer(0)},
                      .job = row.integer(1),
                      .is_failed = row.text(2) == state(AssetState::kFailed),
                      .has_item = row.integer(3) != 0};
      }));
  if (known) return *known;
  // It was removed between the two statements.
  return Error{ErrorCode::kUnavailable, "the asset has just been removed; send the file again", {}, {}};
}

// Adds one asset without its job. Sets `needs_job` when it needs one.
Result<AddedAsset> add_one(SqlConnection& connection, const NewAsset& asset, Timestamp time,
                           bool& needs_job) {
  const std::string tags = dump_json(asset.metadata.tags);
  std::optional<AddedAsset> added;
  FIT_CHECK(
      connection.query(kInsertAsset,
                       {asset.sha256.empty() ? SqlValue() : SqlValue(std::string_view(asset.sha256)),
                        std::string_view(asset.media_type), asset.size_bytes, std::string_view(asset.name),
                        std::string_view(asset.url), std::string_view(asset.metadata.title),
                        std::string_view(asset.metadata.source), std::string_view(asset.metadata.external_id),
                        std::string_view(tags), std::int64_t{asset.metadata.make_item},
                        std::string_view(asset.owner), ticks(time)},
                       [&added](const SqlRow& row) { added = AddedAsset{.id = {row.integer(0)}}; }));
  needs_job = true;
  if (added) return *added;
  FIT_TRY(const Known known, read_known(connection, asset.sha256));
  const bool wants_item = asset.metadata.make_item && !known.has_item;
  needs_job = known.is_failed || wants_item;
  if (wants_item) {
    FIT_CHECK(connection.execute(
        "UPDATE assets SET title = $1, source = $2, external_id = $3, tags = $4, make_item = 1 WHERE id = $5",
        {std::string_view(asset.metadata.title), std::string_view(asset.metadata.source),
         std::string_view(asset.metadata.external_id), std::string_view(tags), known.id.value}));
  }
  return AddedAsset{.id = known.id, .job = known.job, .is_known = true};
}

// Notes that the latest job of an asset is followed by another one.
Result<void> keep_job(SqlConnection& connection, AssetId asset, std::int64_t next) {
  FIT_CHECK(connection.execute(
      "INSERT INTO asset_jobs (asset_id, job_id) SELECT id, job_id FROM assets WHERE id = $1 AND job_id > 0 "
      "AND job_id <> $2 ON CONFLICT (asset_id, job_id) DO NOTHING",
      {asset.value, next}));
  return {};
}

// Adds the jobs of these assets and notes them in their rows.
Result<std::vector<jobs::AddedJob>> give_jobs(SqlConnection& connection, std::span<const JobTaker> takers,
                                              std::span<const jobs::NewJob> jobs, Timestamp time) {
  FIT_TRY(std::vector<jobs::AddedJob> added, jobs::add_jobs(connection, jobs));
  for (std::size_t i = 0; i < takers.size(); ++i) {
    const std::int64_t job = added[i].id.value;
    if (takers[i].had_job) FIT_CHECK(keep_job(connection, takers[i].asset, job));
    FIT_CHECK(connection.execute(
        "UPDATE assets SET job_id = $1, state = 'queued', updated_at = $2, finished_at = NULL WHERE id = $3",
        {job, ticks(time), takers[i].asset.value}));
  }
  return added;
}

Result<std::vector<AddedAsset>> add_all(SqlConnection& connection, std::span<const NewAsset> assets) {
  const Timestamp time = now();
  // In one order for all writers, so that no two of them wait for each other.
  std::vector<std::size_t> order(assets.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {},
                           [assets](std::size_t i) -> const std::string& { return assets[i].sha256; });
  std::vector<AddedAsset> added(assets.size());
  std::vector<JobTaker> waiting;
  std::vector<std::size_t> places;
  std::vector<jobs::NewJob> jobs;
  for (const std::size_t i : order) {
    bool needs_job = false;
    FIT_TRY(added[i], add_one(connection, assets[i], time, needs_job));
    const auto same = std::ranges::find(waiting, added[i].id, &JobTaker::asset);
    places.push_back(static_cast<std::size_t>(same - waiting.begin()));
    if (!needs_job || same != waiting.end()) continue;
    waiting.push_back({.asset = added[i].id, .had_job = added[i].is_known});
    jobs.push_back(job_of(added[i].id, assets[i].media_type, assets[i].owner));
  }
  FIT_TRY(const std::vector<jobs::AddedJob> jobs_added, give_jobs(connection, waiting, jobs, time));
  for (std::size_t at = 0; at < order.size(); ++at) {
    if (places[at] < waiting.size()) added[order[at]].job = jobs_added[places[at]].id.value;
  }
  return added;
}

}  // namespace

Result<std::vector<AddedAsset>> Assets::add(std::span<const NewAsset> assets) {
  if (assets.empty()) return std::vector<AddedAsset>();
  return database_->write(Ordering::kUnordered,
                          [assets](SqlConnection& connection) { return add_all(connection, assets); });
}

Result<Asset> Assets::get(AssetId id) {
  const std::string sql = fit::format("{}WHERE a.id = $1", kSelectAssets);
  return database_->read([&](SqlConnection& connection) -> Result<Asset> {
    std::optional<Asset> asset;
    FIT_CHECK(connection.query(sql, {id.value}, [&asset](const SqlRow& row) { asset = asset_of(row); }));
    if (!asset) return not_found("there is no asset " + id.str());
    return *std::move(asset);
  });
}

Result<std::vector<Asset>> Assets::list(const AssetQuery& query) {
  // Each text has the conditions that an index serves.
  std::string sql(kSelectAssets);
  std::vector<SqlValue> values;
  const auto where = [&sql, &values](std::string_view condition, const SqlValue& value) {
    sql += values.empty() ? "WHERE " : "AND ";
    values.push_back(value);
    sql += fit::format("{} ${} ", condition, values.size());
  };
  if (query.state) where("a.state =", state(*query.state));
  if (!query.owner.empty()) where("a.owner =", std::string_view(query.owner));
  if (query.before > 0) where("a.id <", query.before);
  values.emplace_back(sql::sql_limit(query.limit));
  sql += fit::format("ORDER BY a.id DESC LIMIT ${}", values.size());
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<Asset>> {
    std::vector<Asset> assets;
    FIT_CHECK(
        connection.query(sql, values, [&assets](const SqlRow& row) { assets.push_back(asset_of(row)); }));
    return assets;
  });
}

Result<void> Assets::remove(AssetId id) {
  return database_->write(Ordering::kUnordered, [id](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const auto removed, connection.execute("DELETE FROM assets WHERE id = $1", {id.value}));
    if (removed == 0) return not_found("there is no asset " + id.str());
    return forget_asset(connection, id);
  });
}

Result<void> Assets::remove_without_item(std::span<const std::int64_t> ids) {
  while (!ids.empty()) {
    const auto piece = ids.first(std::min(ids.size(), kRemovedAtOnce));
    ids = ids.subspan(piece.size());
    const auto remove = [piece](SqlConnection& connection) -> Result<void> {
      for (const std::int64_t id : piece) {
        FIT_TRY(const auto removed,
                connection.execute("DELETE FROM assets WHERE id = $1 AND item_id IS NULL AND id NOT IN "
                                   "(SELECT asset_id FROM garment_photos WHERE asset_id = $1)",
                                   {id}));
        if (removed > 0) FIT_CHECK(forget_asset(connection, {id}));
      }
      return {};
    };
    FIT_CHECK(database_->write(Ordering::kUnordered, remove));
  }
  return {};
}

Result<void> Assets::begin_work(AssetId id, std::int64_t job) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(keep_job(connection, id, job));
    FIT_CHECK(
        connection.execute("UPDATE assets SET state = 'working', job_id = $1, updated_at = $2 WHERE id = $3",
                           {job, ticks(now()), id.value}));
    return {};
  });
}

Result<bool> Assets::set_fetched(AssetId id, const NewAsset& file) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    const std::string_view sha256 = file.sha256;
    FIT_TRY(const auto other, connection.query_integer("SELECT id FROM assets WHERE sha256 = $1", {sha256}));
    const std::int64_t time = ticks(now());
    if (other && *other != id.value) {
      FIT_CHECK(
          connection.execute("UPDATE assets SET state = 'done', same_as = $1, media_type = $2, size_bytes = "
                             "$3, error_code = '', "
                             "error_field = '', error = '', updated_at = $4, finished_at = $4 WHERE id = $5",
                             {*other, std::string_view(file.media_type), file.size_bytes, time, id.value}));
      return false;
    }
    FIT_CHECK(connection.execute(
        "UPDATE assets SET sha256 = $1, media_type = $2, size_bytes = $3, updated_at = $4 WHERE id = $5",
        {sha256, std::string_view(file.media_type), file.size_bytes, time, id.value}));
    return true;
  });
}

Result<std::vector<AssetFrame>> Assets::images_of(const Asset& asset) {
  FIT_TRY(std::vector<AssetFrame> images, frames().of(asset.id));
  const bool is_old = images.empty() && asset.state == AssetState::kDone && !asset.sha256.empty();
  if (is_old && !is_video(asset)) {
    images.push_back({.sha256 = asset.sha256,
                      .width = asset.width,
                      .height = asset.height,
                      .perceptual_hash = asset.perceptual_hash});
  }
  return images;
}

Result<void> Assets::queue_video(const Asset& asset) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    const JobTaker taker{.asset = asset.id, .had_job = true};
    const jobs::NewJob job = job_of(asset.id, asset.media_type, asset.owner);
    FIT_CHECK(give_jobs(connection, std::span(&taker, 1), std::span(&job, 1), now()));
    return {};
  });
}

Result<void> Assets::set_video(AssetId id, const VideoFacts& facts) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const auto changed,
            connection.execute(
                "UPDATE assets SET width = $1, height = $2, duration_ms = $3, codec = $4, "
                "has_sound = $5, poster = $6, updated_at = $7 WHERE id = $8",
                {std::int64_t{facts.width}, std::int64_t{facts.height}, std::int64_t{facts.duration.count()},
                 std::string_view(facts.codec), std::int64_t{facts.has_sound}, std::string_view(facts.poster),
                 ticks(now()), id.value}));
    if (changed == 0) return {};
    return write_frames(connection, id, facts.frames);
  });
}

Result<std::vector<std::int64_t>> Assets::jobs_of(const Asset& asset) {
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> jobs;
    FIT_CHECK(connection.query(
        "SELECT job_id FROM asset_jobs WHERE asset_id = $1 AND job_id <> $2 ORDER BY job_id DESC LIMIT $3",
        {asset.id.value, asset.job, kMaxJobs - 1},
        [&jobs](const SqlRow& row) { jobs.push_back(row.integer(0)); }));
    std::ranges::reverse(jobs);
    if (asset.job > 0) jobs.push_back(asset.job);
    return jobs;
  });
}

Result<void> Assets::finish(const Asset& asset, const AssetFacts& facts, int pipeline) {
  const std::string properties = dump_json(facts.properties);
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(
        const auto changed,
        connection.execute(
            "UPDATE assets SET state = 'done', width = $1, height = $2, perceptual_hash = $3, properties = "
            "$4, item_id = $5, pipeline = $6, error_code = '', error_field = '', error = '', updated_at = "
            "$7, finished_at = $7 WHERE id = $8 AND make_item = $9",
            {std::int64_t{facts.width}, std::int64_t{facts.height},
             std::bit_cast<std::int64_t>(facts.perceptual_hash), std::string_view(properties),
             facts.item ? SqlValue(facts.item->value) : SqlValue(), std::int64_t{pipeline}, ticks(now()),
             asset.id.value, std::int64_t{asset.metadata.make_item}}));
    if (changed == 0) return {};
    return write_frames(connection, asset.id, facts.frames);
  });
}

Result<void> Assets::fail(AssetId id, const Error& error, bool is_final) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    const std::int64_t time = ticks(now());
    FIT_CHECK(connection.execute(
        "UPDATE assets SET state = $1, error_code = $2, error_field = $3, error = $4, updated_at = $5, "
        "finished_at = $6 WHERE id = $7 AND state <> 'done'",
        {state(is_final ? AssetState::kFailed : AssetState::kQueued), to_string(error.code),
         std::string_view(error.field), std::string_view(error.message), time,
         is_final ? SqlValue(time) : SqlValue(), id.value}));
    return {};
  });
}

Result<Assets::Reconciled> Assets::reconcile() {
  Reconciled done;
  for (std::int64_t after = 0;;) {
    FIT_TRY(const std::vector<Stranded> page, database_->read([after](SqlConnection& connection) {
      return read_stranded(connection, after, kReconciledAtOnce);
    }));
    if (page.empty()) return done;
    after = page.back().id.value;
    const auto settle = [&](SqlConnection& connection) -> Result<void> {
      const Timestamp time = now();
      std::vector<JobTaker> takers;
      std::vector<jobs::NewJob> jobs;
      for (const Stranded& asset : page) {
        if (!asset.job_ended) {
          takers.push_back({.asset = asset.id, .had_job = true});
          jobs.push_back(job_of(asset.id, asset.media_type, asset.owner));
          continue;
        }
        FIT_CHECK(fail_stranded(connection, asset, time));
        ++done.failed;
      }
      done.queued += std::ssize(takers);
      FIT_CHECK(give_jobs(connection, takers, jobs, time));
      return {};
    };
    FIT_CHECK(database_->write(Ordering::kUnordered, settle));
  }
}

Result<void> Assets::each_digest(const std::function<Result<void>(std::string_view sha256)>& visit) {
  for (std::int64_t after = 0;;) {
    std::vector<std::string> page;
    const std::int64_t before = after;
    FIT_CHECK(database_->read([&](SqlConnection& connection) {
      page.clear();
      return connection.query(
          "SELECT id, sha256 FROM assets WHERE id > $1 AND sha256 IS NOT NULL ORDER BY id LIMIT $2",
          {before, kDigestsAtOnce}, [&](const SqlRow& row) {
            after = row.integer(0);
            page.emplace_back(row.text(1));
          });
    }));
    if (page.empty()) return frames().each_digest(visit);
    for (const std::string& sha256 : page) FIT_CHECK(visit(sha256));
  }
}

}  // namespace fit::ingest
