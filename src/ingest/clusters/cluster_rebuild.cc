#include "ingest/clusters/cluster_rebuild.h"

#include "ingest/clusters/cluster_generation.h"
#include "ingest/clusters/cluster_rows.h"
#include "ingest/clusters/frame_index.h"
#include "ingest/clusters/graph_linking.h"
#include "ingest/clusters/member_searcher.h"
#include "ingest/clusters/neighbour_graph.h"
#include "ingest/clusters/rebuild_lease.h"

namespace fit::ingest {

Result<ClusterRebuildReport> rebuild_clusters(store::Catalogue& store, const search::VectorSearcher& searcher,
                                              const ClusterRebuildOptions& options, const Progress& progress,
                                              const std::stop_token& stop) {
  sql::Database& database = store.database();
  FIT_TRY(const auto lease, RebuildLease::take(database));
  FIT_CHECK(remove_unread_generations(database, stop));  // of a rebuild that was interrupted
  // What changes from here on is looked at again by the follower.
  FIT_TRY(std::int64_t position, store.changes().position());
  if (const auto reached = searcher.position()) position = std::min(position, *reached);
  FrameIndex frames(database, searcher.space());
  FIT_CHECK(frames.catch_up(stop));
  const MemberSearcher members(searcher, frames);
  FIT_TRY(auto images, read_graph_images(store, stop));
  FIT_TRY(NeighbourGraph graph, make_neighbour_graph(std::move(images), members, options.threshold,
                                                     options.threads, progress.stage("graph"), stop));
  FIT_TRY(const auto rules, database.read(read_cluster_rules));
  FIT_TRY(const LinkedImages linked,
          link_graph(graph, rules, members, {.threshold = options.threshold, .threads = options.threads},
                     progress.stage("link"), stop));
  graph.pairs = {};
  ClusterRebuildReport report;
  FIT_TRY(ClusterGeneration made, ClusterGeneration::match(database, *lease, graph, linked, report));
  FIT_CHECK(made.write(progress.stage("write"), stop));
  FIT_CHECK(made.publish(*lease, position, frames.position()));
  // The next rebuild removes what remains if this is stopped.
  if (const auto removed = remove_old_generations(database, stop);
      !removed && removed.error().code != ErrorCode::kCancelled) {
    return removed.error();
  }
  return report;
}

}  // namespace fit::ingest
