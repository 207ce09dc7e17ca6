#include "ingest/clusters/clusters.h"

#include "base/format.h"
#include "ingest/labels/labels.h"

namespace fit::ingest {
namespace {

using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

constexpr std::string_view kCurrentGeneration =
    "(SELECT value FROM counters WHERE name = 'clusters_generation')";

// A statement with its parameters, which borrow from the query.
struct ListStatement {
  std::string sql;
  std::vector<SqlValue> values;

  // Adds a value, and returns its placeholder.
  std::string add(SqlValue value) {
    values.push_back(value);
    return fit::format("${}", values.size());
  }
};

ListStatement list_statement(const ClusterQuery& query) {
  ListStatement statement;
  std::string where = fit::format("WHERE c.generation = {}", kCurrentGeneration);
  if (query.min_size > 1) where += " AND c.size >= " + statement.add(query.min_size);
  if (query.has_copies) where += " AND c.photos < c.size";
  std::string order;
  switch (query.order) {
    case ClusterQuery::Order::kSize:
      order = "c.size DESC, c.id DESC";
      if (query.after) {
        const std::string size = statement.add(query.after->size);
        where += fit::format(" AND (c.size, c.id) < ({}, {})", size, statement.add(query.after->id.value));
      }
      break;
    case ClusterQuery::Order::kNewest:
      order = "c.id DESC";
      if (query.after) where += " AND c.id < " + statement.add(query.after->id.value);
      break;
    case ClusterQuery::Order::kLabel:
      order = "labels.value, c.id";
      where += " AND labels.value IS NOT NULL";
      if (query.after) {
        const std::string label = statement.add(std::string_view(query.after->label));
        where +=
            fit::format(" AND (labels.value, c.id) > ({}, {})", label, statement.add(query.after->id.value));
      }
      break;
  }
  const std::string limit = statement.add(sql::sql_limit(query.limit));
  statement.sql = fit::format("{}{} ORDER BY {} LIMIT {}", select_clusters(), where, order, limit);
  return statement;
}

}  // namespace

Result<std::vector<Cluster>> Clusters::list(const ClusterQuery& query) {
  const ListStatement statement = list_statement(query);
  return database_->read_without_transaction([&](SqlConnection& connection) -> Result<std::vector<Cluster>> {
    std::vector<Cluster> clusters;
    FIT_CHECK(connection.query(statement.sql, statement.values,
                               [&clusters](const SqlRow& row) { clusters.push_back(cluster_of_row(row)); }));
    return clusters;
  });
}

Result<Cluster> Clusters::get(ClusterId id) {
  return database_->read([&](SqlConnection& connection) -> Result<Cluster> {
    FIT_TRY(const ClusterState state, read_cluster_state(connection));
    return read_cluster(connection, state.generation, id);
  });
}

Result<std::vector<ClusterMember>> Clusters::members(ClusterId id, ImageId after, std::size_t limit) {
  return database_->read_without_transaction([&](SqlConnection& connection)
                                                 -> Result<std::vector<ClusterMember>> {
    std::vector<ClusterMember> members;
    FIT_CHECK(connection.query(
        fit::format("SELECT {} FROM cluster_members WHERE generation = {} AND cluster_id = $1 AND image_id > "
                    "$2 ORDER BY image_id LIMIT $3",
                    kMemberColumns, kCurrentGeneration),
        std::vector<SqlValue>{id.value, after.value, sql::sql_limit(limit)},
        [&members](const SqlRow& row) { members.push_back(member_of_row(row)); }));
    return members;
  });
}

Result<std::vector<ClusterMember>> Clusters::find(std::span<const ImageId> images) {
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<ClusterMember>> {
    FIT_TRY(const ClusterState state, read_cluster_state(connection));
    return read_members(connection, state.generation, images);
  });
}

Result<Cluster> Clusters::set_label(ClusterId id, const std::optional<Label>& label, std::string_view by) {
  const LabelTarget target{.kind = LabelTarget::Kind::kCluster, .id = id.value};
  FIT_TRY(const Cluster cluster, get(id));
  if (!label) {
    if (!cluster.label.empty()) FIT_CHECK(Labels(*database_).remove(target, kTitleField, "", by));
    return get(id);
  }
  return database_->write(sql::Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Cluster> {
    FIT_TRY(const ClusterState state, begin_cluster_change(connection));
    FIT_CHECK(read_cluster(connection, state.generation, id));
    FIT_CHECK(ingest::set_label(connection, target, *label));
    return read_cluster(connection, state.generation, id);
  });
}

}  // namespace fit::ingest
