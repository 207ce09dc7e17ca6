#include "ingest/labels/label_service.h"

#include <algorithm>

#include "base/format.h"
#include "ingest/assets/assets.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kRequestedAtOnce = 500;

// The targets of a run with ids greater than `after`.
Result<std::vector<std::int64_t>> targets_of_run(sql::Database& database, LabelTarget::Kind kind,
                                                 LabelRun run, std::int64_t after) {
  const bool is_asset = kind == LabelTarget::Kind::kAsset;
  std::string sql = is_asset
                        ? "SELECT t.id FROM assets t WHERE t.id > $1 AND t.state = 'done' AND t.sha256 IS "
                          "NOT NULL"
                        : "SELECT t.id FROM clusters t JOIN counters g ON g.name = 'clusters_generation' "
                          "AND t.generation = g.value WHERE t.id > $1";
  if (run != LabelRun::kAll) {
    sql += fit::format(
        " AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.target = '{}' AND l.target_id = t.id AND l.origin = "
        "'model'{})",
        to_string(kind),
        run == LabelRun::kUncaptioned ? " AND (l.author LIKE 'gemini:%' OR l.author LIKE 'openai:%')" : "");
  }
  sql += " ORDER BY t.id LIMIT $2";
  return database.read([&](sql::SqlConnection& connection) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> ids;
    FIT_CHECK(connection.query(sql, {after, sql::sql_limit(kRequestedAtOnce)},
                               [&ids](const sql::SqlRow& row) { ids.push_back(row.integer(0)); }));
    return ids;
  });
}

}  // namespace

LabelService::LabelService(LabelWorker::Parts parts, const LabelWorker::Options& options, jobs::Queue& queue)
    : database_(parts.database),
      ontology_(parts.ontology),
      cluster_centre_(parts.cluster_centre),
      queue_(queue),
      worker_(std::move(parts), options) {}

Result<void> LabelService::check_target(const LabelTarget& target) {
  if (target.kind == LabelTarget::Kind::kAsset) {
    FIT_CHECK(Assets(database_).get({target.id}));
    return {};
  }
  FIT_TRY(const auto centre, cluster_centre_(target.id));
  if (!centre) return not_found(fit::format("there is no cluster {}", target.id));
  return {};
}

Result<jobs::AddedJob> LabelService::request(const LabelTarget& target, std::string_view submitter) {
  FIT_CHECK(check_target(target));
  FIT_CHECK(worker_.check_enabled());
  return queue_.add(label_job(target, submitter));
}

Result<std::int64_t> request_labels(sql::Database& database, jobs::Queue& queue, LabelTarget::Kind kind,
                                    LabelRun run, const std::stop_token& stop) {
  std::int64_t added = 0;
  for (std::int64_t after = 0; !stop.stop_requested();) {
    FIT_TRY(const std::vector<std::int64_t> ids, targets_of_run(database, kind, run, after));
    if (ids.empty()) break;
    after = ids.back();
    std::vector<jobs::NewJob> jobs;
    for (const std::int64_t id : ids) jobs.push_back(label_job({.kind = kind, .id = id}, "fit labels run"));
    FIT_TRY(const auto done, queue.add(jobs));
    added += std::ranges::count(done, true, &jobs::AddedJob::is_new);
  }
  return added;
}

}  // namespace fit::ingest
