#include "ingest/clusters/cluster_rows.h"

#include <algorithm>

#include "base/format.h"
#include "ingest/labels/labels.h"
#include "sql/multi_row.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::SqlConnection;
using sql::SqlRow;

Error no_such_cluster(ClusterId cluster) {
  return not_found("there is no cluster " + cluster.str());
}

template <class Ids>
std::vector<std::int64_t> numbers_of(const Ids& ids) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(ids.size());
  for (const auto& id : ids) numbers.push_back(id.value);
  return numbers;
}

Result<std::vector<ClusterMember>> members_where(SqlConnection& connection, std::int64_t generation,
                                                 std::string_view column, std::vector<std::int64_t> ids) {
  std::vector<ClusterMember> members;
  sql::IdList list(ids);
  for (auto piece = list.next({generation}); !piece.placeholders.empty(); piece = list.next({generation})) {
    FIT_CHECK(connection.query(
        fit::format("SELECT {} FROM cluster_members WHERE generation = $1 AND {} IN ({})", kMemberColumns,
                    column, piece.placeholders),
        piece.values, [&members](const SqlRow& row) { members.push_back(member_of_row(row)); }));
  }
  return members;
}

}  // namespace

Result<ClusterState> read_cluster_state(SqlConnection& connection) {
  ClusterState state;
  FIT_CHECK(
      connection.query("SELECT name, value FROM counters WHERE name IN ('clusters', 'clusters_generation', "
                       "'clusters_position', 'clusters_assets', 'clusters_rebuild')",
                       {}, [&state](const SqlRow& row) {
                         const std::string_view name = row.text(0);
                         if (name == "clusters") state.version = row.integer(1);
                         if (name == "clusters_generation") state.generation = row.integer(1);
                         if (name == "clusters_position") state.position = row.integer(1);
                         if (name == "clusters_assets") state.assets = row.integer(1);
                         if (name == "clusters_rebuild") state.rebuild_until = sql::time_at(row, 1);
                       }));
  return state;
}

Result<ClusterState> begin_cluster_change(SqlConnection& connection) {
  FIT_CHECK(connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'clusters'", {}));
  FIT_TRY(const ClusterState state, read_cluster_state(connection));
  if (state.rebuild_until <= now()) return state;
  return Error{ErrorCode::kConflict, "the clusters are being rebuilt; try again when that has ended", {}, {}};
}

Result<bool> continue_clusters(SqlConnection& connection, std::int64_t version) {
  FIT_TRY(const std::int64_t changed,
          connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'clusters' AND value = $1",
                             {version}));
  return changed == 1;
}

Result<void> set_cluster_counter(SqlConnection& connection, std::string_view name, std::int64_t value) {
  FIT_CHECK(connection.execute("UPDATE counters SET value = $1 WHERE name = $2", {value, name}));
  return {};
}

Result<std::int64_t> take_cluster_ids(SqlConnection& connection, std::int64_t count) {
  FIT_CHECK(
      connection.execute("UPDATE counters SET value = value + $1 WHERE name = 'clusters_last_id'", {count}));
  FIT_TRY(const auto last,
          connection.query_integer("SELECT value FROM counters WHERE name = 'clusters_last_id'", {}));
  return last.value_or(0) - count + 1;
}

Result<std::vector<ClusterMember>> read_members(SqlConnection& connection, std::int64_t generation,
                                                std::span<const ImageId> images) {
  return members_where(connection, generation, "image_id", numbers_of(images));
}

Result<std::vector<ClusterMember>> read_members_of_items(SqlConnection& connection, std::int64_t generation,
                                                         std::span<const ItemId> items) {
  return members_where(connection, generation, "item_id", numbers_of(items));
}

Result<void> insert_members(SqlConnection& connection, std::int64_t generation,
                            std::span<const ClusterMember> members) {
  constexpr std::size_t kWidth = 6;
  std::vector<sql::SqlValue> values;
  values.reserve(members.size() * kWidth);
  for (const ClusterMember& member : members) {
    values.insert(values.end(), {generation, member.image.value, member.item.value, member.cluster.value,
                                 member.photo.value, double{member.similarity}});
  }
  return sql::insert_rows(connection,
                          fit::format("INSERT INTO cluster_members (generation, {})", kMemberColumns), kWidth,
                          values, "");
}

Result<void> insert_cluster(SqlConnection& connection, std::int64_t generation, const Cluster& cluster) {
  FIT_CHECK(connection.execute(
      "INSERT INTO clusters (generation, id, size, photos, centre, created_at, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {generation, cluster.id.value, cluster.size, cluster.photos, cluster.centre.value,
       sql::ticks(cluster.created_at), sql::ticks(cluster.updated_at)}));
  return {};
}

Result<void> recount_cluster(SqlConnection& connection, std::int64_t generation, ClusterId cluster) {
  FIT_TRY(
      const std::int64_t removed,
      connection.execute("DELETE FROM clusters WHERE generation = $1 AND id = $2 AND NOT EXISTS (SELECT 1 "
                         "FROM cluster_members WHERE generation = $1 AND cluster_id = $2)",
                         {generation, cluster.value}));
  if (removed > 0) return erase_labels(connection, LabelTarget::Kind::kCluster, std::span(&cluster.value, 1));
  FIT_CHECK(connection.execute(
      "UPDATE clusters SET "
      "size = (SELECT COUNT(*) FROM cluster_members WHERE generation = $1 AND cluster_id = $2), "
      "photos = (SELECT COUNT(DISTINCT photo_id) FROM cluster_members WHERE generation = $1 AND cluster_id = "
      "$2), "
      "centre = CASE WHEN EXISTS (SELECT 1 FROM cluster_members WHERE generation = $1 AND image_id = centre "
      "AND cluster_id = $2) THEN centre ELSE (SELECT MIN(image_id) FROM cluster_members WHERE generation = "
      "$1 "
      "AND cluster_id = $2) END, updated_at = $3 WHERE generation = $1 AND id = $2",
      {generation, cluster.value, sql::ticks(now())}));
  return {};
}

Result<void> set_cluster_centre(SqlConnection& connection, ClusterId cluster, ImageId centre) {
  FIT_CHECK(connection.execute(
      "UPDATE clusters SET centre = $1 WHERE id = $2 AND centre <> $1 AND generation = (SELECT value FROM "
      "counters WHERE name = 'clusters_generation') AND EXISTS (SELECT 1 FROM cluster_members m WHERE "
      "m.generation = clusters.generation AND m.cluster_id = clusters.id AND m.image_id = $1)",
      {centre.value, cluster.value}));
  return {};
}

std::string_view select_clusters() {
  static const std::string kText = fit::format(
      "SELECT c.id, c.size, c.photos, c.centre, c.created_at, c.updated_at, labels.value, labels.origin "
      "FROM clusters c LEFT JOIN labels ON {} ",
      kTitleOfCluster);
  return kText;
}

Cluster cluster_of_row(const SqlRow& row) {
  Cluster cluster{.id = {row.integer(0)},
                  .size = row.integer(1),
                  .photos = row.integer(2),
                  .centre = {row.integer(3)},
                  .created_at = sql::time_at(row, 4),
                  .updated_at = sql::time_at(row, 5)};
  if (!row.is_null(6)) {
    cluster.label = row.text(6);
    cluster.label_origin =
        row.text(7) == to_string(LabelOrigin::kPerson) ? LabelOrigin::kPerson : LabelOrigin::kModel;
  }
  return cluster;
}

ClusterMember member_of_row(const SqlRow& row) {
  return {.image = {row.integer(0)},
          .item = {row.integer(1)},
          .cluster = {row.integer(2)},
          .photo = {row.integer(3)},
          .similarity = static_cast<float>(row.real(4))};
}

Result<Cluster> read_cluster(SqlConnection& connection, std::int64_t generation, ClusterId cluster) {
  std::optional<Cluster> found;
  FIT_CHECK(connection.query(fit::format("{}WHERE c.generation = $1 AND c.id = $2", select_clusters()),
                             std::vector<sql::SqlValue>{generation, cluster.value},
                             [&found](const SqlRow& row) { found = cluster_of_row(row); }));
  if (!found) return no_such_cluster(cluster);
  return *std::move(found);
}

Result<void> put_cluster_rules(SqlConnection& connection, std::span<const ClusterRule> rules,
                               std::string_view by) {
  constexpr std::size_t kWidth = 5;
  std::map<std::pair<ImageId, ImageId>, ClusterRule::Relation> latest;
  for (const ClusterRule& rule : rules) {
    if (rule.one != rule.other) latest[std::minmax(rule.one, rule.other)] = rule.relation;
  }
  const std::int64_t time = sql::ticks(now());
  std::vector<sql::SqlValue> values;
  for (const auto& [images, relation] : latest) {
    values.insert(values.end(),
                  {images.first.value, images.second.value, static_cast<std::int64_t>(relation), by, time});
  }
  return sql::insert_rows(
      connection, "INSERT INTO cluster_rules (one_image, other_image, relation, decided_by, decided_at)",
      kWidth, values,
      "ON CONFLICT (one_image, other_image) DO UPDATE SET relation = EXCLUDED.relation, decided_by = "
      "EXCLUDED.decided_by, decided_at = EXCLUDED.decided_at");
}

Result<void> rename_in_rules(SqlConnection& connection, ImageId from, ImageId to) {
  // The smaller id comes first.
  FIT_CHECK(connection.execute(
      "INSERT INTO cluster_rules (one_image, other_image, relation, decided_by, decided_at) SELECT "
      "CASE WHEN r.rest < r.given THEN r.rest ELSE r.given END, "
      "CASE WHEN r.rest < r.given THEN r.given ELSE r.rest END, r.relation, r.decided_by, r.decided_at FROM "
      "(SELECT CASE WHEN one_image = $1 THEN other_image ELSE one_image END AS rest, CAST($2 AS BIGINT) AS "
      "given, relation, decided_by, decided_at FROM cluster_rules WHERE one_image = $1 OR other_image = $1) "
      "r "
      "WHERE r.rest <> r.given ON CONFLICT (one_image, other_image) DO NOTHING",
      {from.value, to.value}));
  FIT_CHECK(
      connection.execute("DELETE FROM cluster_rules WHERE one_image = $1 OR other_image = $1", {from.value}));
  return {};
}

Result<std::vector<ClusterRule>> read_cluster_rules(SqlConnection& connection) {
  std::vector<ClusterRule> rules;
  FIT_CHECK(connection.query(
      "SELECT one_image, other_image, relation FROM cluster_rules ORDER BY one_image, other_image", {},
      [&rules](const SqlRow& row) {
        rules.push_back(
            {{row.integer(0)}, {row.integer(1)}, static_cast<ClusterRule::Relation>(row.integer(2))});
      }));
  return rules;
}

}  // namespace fit::ingest
