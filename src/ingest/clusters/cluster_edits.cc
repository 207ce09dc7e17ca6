#include <algorithm>
#include <set>

#include "base/format.h"
#include "ingest/clusters/clusters.h"
#include "ingest/labels/labels.h"

namespace fit::ingest {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using Relation = ClusterRule::Relation;

constexpr std::size_t kMostApart = 2'000;  // pairs that one change remembers as apart
constexpr std::size_t kMostAnchors = 32;   // images by way of which a cluster stays merged

// A change of clusters within one transaction.
class ClusterEdit {
 public:
  ClusterEdit(SqlConnection& connection, std::int64_t generation, std::string_view by)
      : connection_(connection), generation_(generation), by_(by) {}

  Result<Cluster> get(ClusterId id) { return read_cluster(connection_, generation_, id); }

  Result<ClusterMember> member(ImageId image) {
    FIT_TRY(const auto members, read_members(connection_, generation_, std::span(&image, 1)));
    if (members.empty()) return not_found("image " + image.str() + " is in no cluster");
    return members.front();
  }

  // The members of a cluster that show one photo, by ascending id.
  Result<std::vector<ImageId>> copies(const ClusterMember& member) {
    std::vector<ImageId> images;
    FIT_CHECK(connection_.query(
        "SELECT image_id FROM cluster_members WHERE generation = $1 AND cluster_id = $2 AND photo_id = $3 "
        "ORDER BY image_id",
        {generation_, member.cluster.value, member.photo.value},
        [&images](const sql::SqlRow& row) { images.push_back({row.integer(0)}); }));
    return images;
  }

  Result<ClusterId> add_cluster(ImageId centre) {
    FIT_TRY(const std::int64_t id, take_cluster_ids(connection_, 1));
    const Timestamp time = now();
    FIT_CHECK(insert_cluster(
        connection_, generation_,
        {.id = {id}, .size = 1, .photos = 1, .centre = centre, .created_at = time, .updated_at = time}));
    return ClusterId{id};
  }

  Result<void> move_images(std::span<const ImageId> images, ClusterId to) {
    std::vector<std::int64_t> ids;
    for (const ImageId image : images) ids.push_back(image.value);
    sql::IdList list(ids);
    for (auto piece = list.next({to.value, generation_}); !piece.placeholders.empty();
         piece = list.next({to.value, generation_})) {
      FIT_CHECK(connection_.execute(
          fit::format("UPDATE cluster_members SET cluster_id = $1 WHERE generation = $2 AND image_id IN ({})",
                      piece.placeholders),
          piece.values));
    }
    return {};
  }

  Result<void> move_all(ClusterId from, ClusterId to) {
    FIT_CHECK(connection_.execute(
        "UPDATE cluster_members SET cluster_id = $3 WHERE generation = $1 AND cluster_id = $2",
        {generation_, from.value, to.value}));
    return {};
  }

  // Forgets what was said between the images of two clusters.
  Result<void> forget_rules(ClusterId one, ClusterId other) {
    for (const auto& [first, second] : {std::pair(one, other), std::pair(other, one)}) {
      FIT_CHECK(
          connection_.execute("DELETE FROM cluster_rules "
                              "WHERE one_image IN (SELECT image_id FROM cluster_members WHERE generation = "
                              "$1 AND cluster_id = $2) "
                              "AND other_image IN (SELECT image_id FROM cluster_members WHERE generation = "
                              "$1 AND cluster_id = $3)",
                              {generation_, first.value, second.value}));
    }
    return {};
  }

  // Ends what was said between the images that leave a cluster and the rest. Where the rest was merged by way
  // of an image that leaves, it stays merged by way of others.
  Result<void> part(ClusterId leaving, ClusterId rest) {
    std::vector<ImageId> merged;
    const auto add_merged = [&merged](const sql::SqlRow& row) { merged.push_back({row.integer(0)}); };
    for (const auto& [left, right] :
         {std::pair("one_image", "other_image"), std::pair("other_image", "one_image")}) {
      FIT_CHECK(connection_.query(
          fit::format(
              "SELECT r.{1} FROM cluster_rules r "
              "JOIN cluster_members l ON l.generation = $1 AND l.image_id = r.{0} AND l.cluster_id = $2 "
              "JOIN cluster_members m ON m.generation = $1 AND m.image_id = r.{1} AND m.cluster_id = $3 "
              "WHERE r.relation = $4 LIMIT $5",
              left, right),
          std::vector<sql::SqlValue>{generation_, leaving.value, rest.value,
                                     static_cast<std::int64_t>(Relation::kMerged),
                                     sql::sql_limit(kMostAnchors)},
          add_merged));
    }
    FIT_CHECK(forget_rules(leaving, rest));
    if (merged.empty()) return {};
    FIT_TRY(const auto anchors, first_images(rest, kMostAnchors));
    std::vector<ClusterRule> rules;
    for (const ImageId image : merged) {
      for (const ImageId anchor : anchors) rules.push_back({image, anchor, Relation::kMerged});
    }
    return say(rules);
  }

  Result<std::vector<ImageId>> first_images(ClusterId cluster, std::size_t most) {
    std::vector<ImageId> images;
    FIT_CHECK(
        connection_.query("SELECT image_id FROM cluster_members WHERE generation = $1 AND cluster_id = $2 "
                          "ORDER BY image_id LIMIT $3",
                          {generation_, cluster.value, sql::sql_limit(most)},
                          [&images](const sql::SqlRow& row) { images.push_back({row.integer(0)}); }));
    return images;
  }

  Result<void> say(std::span<const ClusterRule> rules) { return put_cluster_rules(connection_, rules, by_); }

  // Remembers that images do not belong to a cluster: they are apart from its centre, and from as many of its
  // members as kMostApart pairs allow.
  Result<void> say_apart(std::span<const ImageId> images, const Cluster& from) {
    FIT_TRY(auto others, first_images(from.id, kMostApart / images.size()));
    others.push_back(from.centre);
    std::vector<ClusterRule> rules;
    for (const ImageId image : images) {
      for (const ImageId other : others) rules.push_back({image, other, Relation::kApart});
    }
    return say(rules);
  }
  // Remembers that images show the same garment as another one.
  Result<void> say_same(std::span<const ImageId> images, ImageId other) {
    std::vector<ClusterRule> rules;
    for (const ImageId image : images) rules.push_back({image, other, Relation::kSame});
    return say(rules);
  }

  // Makes an image a photo of its own, unlike the others of its photo.
  Result<void> part_from_copies(const ClusterMember& member, ImageId rest) {
    FIT_CHECK(connection_.execute(
        "UPDATE cluster_members SET photo_id = $1 WHERE generation = $2 AND photo_id = $3 AND image_id <> $4",
        {rest.value, generation_, member.photo.value, member.image.value}));
    FIT_CHECK(connection_.execute(
        "UPDATE cluster_members SET photo_id = image_id WHERE generation = $1 AND image_id = $2",
        {generation_, member.image.value}));
    return {};
  }

  Result<void> recount(ClusterId id) { return recount_cluster(connection_, generation_, id); }
  Result<void> take_labels(ClusterId from, ClusterId to) {
    return merge_labels(connection_, LabelTarget::Kind::kCluster, from.value, to.value);
  }
  Result<void> remove_row(ClusterId id) {
    FIT_CHECK(connection_.execute("DELETE FROM clusters WHERE generation = $1 AND id = $2",
                                  {generation_, id.value}));
    return {};
  }

  // Makes a new cluster of members of `from`. It is apart from the rest, and stays together.
  Result<ClusterId> split_off(ClusterId from, std::span<const ImageId> images) {
    FIT_TRY(const ClusterId made, add_cluster(images.front()));
    FIT_CHECK(move_images(images, made));
    FIT_CHECK(recount(made));
    FIT_CHECK(recount(from));
    FIT_CHECK(part(made, from));
    FIT_TRY(const Cluster rest, get(from));
    FIT_CHECK(say_same(images, images.front()));
    FIT_CHECK(say_apart(images, rest));
    return made;
  }

 private:
  SqlConnection& connection_;
  const std::int64_t generation_;
  const std::string_view by_;
};

// Runs edit(ClusterEdit&) in a transaction of its own.
template <class Edit>
auto edit_clusters(sql::Database& database, std::string_view by, const Edit& edit) {
  return database.write(Ordering::kUnordered,
                        [&](SqlConnection& connection) -> decltype(edit(std::declval<ClusterEdit&>())) {
                          FIT_TRY(const ClusterState state, begin_cluster_change(connection));
                          ClusterEdit clusters(connection, state.generation, by);
                          return edit(clusters);
                        });
}

Result<void> merge_into(ClusterEdit& clusters, const Cluster& into, ClusterId from) {
  FIT_TRY(const Cluster other, clusters.get(from));
  FIT_CHECK(clusters.forget_rules(into.id, from));
  const ClusterRule merged{.one = into.centre, .other = other.centre, .relation = Relation::kMerged};
  FIT_CHECK(clusters.say(std::span(&merged, 1)));
  FIT_CHECK(clusters.move_all(from, into.id));
  FIT_CHECK(clusters.remove_row(from));
  return clusters.take_labels(from, into.id);
}

// Moves images out of the cluster that they are in.
Result<void> move_into(ClusterEdit& clusters, std::span<const ImageId> images, ClusterId from,
                       const Cluster& to) {
  // A cluster of their own, so that what is said of them and of others is told apart.
  FIT_TRY(const ClusterId moved, clusters.add_cluster(images.front()));
  FIT_CHECK(clusters.move_images(images, moved));
  FIT_CHECK(clusters.forget_rules(moved, to.id));
  FIT_CHECK(clusters.part(moved, from));
  FIT_CHECK(clusters.recount(from));
  if (const auto rest = clusters.get(from)) {
    FIT_CHECK(clusters.say_apart(images, *rest));
  } else if (rest.error().code != ErrorCode::kNotFound) {
    return rest.error();
  }
  FIT_CHECK(clusters.say_same(images, to.centre));
  FIT_CHECK(clusters.move_all(moved, to.id));
  FIT_CHECK(clusters.remove_row(moved));
  return clusters.recount(to.id);
}

}  // namespace

Result<Cluster> Clusters::merge(std::span<const ClusterId> clusters, std::string_view by) {
  const std::set<ClusterId> different(clusters.begin(), clusters.end());
  if (different.size() < 2 || different.size() != clusters.size()) {
    return invalid("cluster_ids", "must be at least two different clusters");
  }
  return edit_clusters(*database_, by, [&](ClusterEdit& edit) -> Result<Cluster> {
    for (const ClusterId from : clusters.subspan(1)) {
      FIT_TRY(const Cluster into, edit.get(clusters.front()));
      FIT_CHECK(merge_into(edit, into, from));
    }
    FIT_CHECK(edit.recount(clusters.front()));
    return edit.get(clusters.front());
  });
}

Result<std::pair<Cluster, Cluster>> Clusters::split(ClusterId id, std::span<const ImageId> images,
                                                    std::string_view by) {
  const std::set<ImageId> different(images.begin(), images.end());
  const std::vector<ImageId> leaving(different.begin(), different.end());
  return edit_clusters(*database_, by, [&](ClusterEdit& edit) -> Result<std::pair<Cluster, Cluster>> {
    FIT_TRY(const Cluster before, edit.get(id));
    for (const ImageId image : leaving) {
      const auto member = edit.member(image);
      if (!member && member.error().code != ErrorCode::kNotFound) return member.error();
      if (!member || member->cluster != id) {
        return invalid("image_ids", fit::format("image {} is not in cluster {}", image.value, id.value));
      }
    }
    if (leaving.empty() || static_cast<std::int64_t>(leaving.size()) >= before.size) {
      return invalid("image_ids", "must leave at least one image in the cluster, and take at least one out");
    }
    FIT_TRY(const ClusterId made, edit.split_off(id, leaving));
    FIT_TRY(const Cluster part, edit.get(made));
    FIT_TRY(const Cluster rest, edit.get(id));
    return std::pair(part, rest);
  });
}

Result<Cluster> Clusters::move(ImageId image, ClusterId to, std::string_view by) {
  return edit_clusters(*database_, by, [&](ClusterEdit& edit) -> Result<Cluster> {
    FIT_TRY(const ClusterMember member, edit.member(image));
    FIT_TRY(Cluster target, edit.get(to));
    if (member.cluster == to) return target;
    FIT_TRY(const auto images, edit.copies(member));
    FIT_CHECK(move_into(edit, images, member.cluster, target));
    return edit.get(to);
  });
}

Result<std::pair<Cluster, Cluster>> Clusters::separate(ImageId image, ImageId other, std::string_view by) {
  if (image == other) return invalid("other_image_id", "must be another image");
  return edit_clusters(*database_, by, [&](ClusterEdit& edit) -> Result<std::pair<Cluster, Cluster>> {
    FIT_TRY(const ClusterMember leaving, edit.member(image));
    FIT_TRY(const ClusterMember staying, edit.member(other));
    ClusterId cluster = leaving.cluster;
    if (cluster == staying.cluster) {
      std::vector<ImageId> images{image};
      if (leaving.photo == staying.photo) {
        FIT_CHECK(edit.part_from_copies(leaving, other));
      } else {
        FIT_TRY(images, edit.copies(leaving));
      }
      FIT_TRY(cluster, edit.split_off(staying.cluster, images));
    }
    const ClusterRule apart{.one = image, .other = other, .relation = Relation::kApart};
    FIT_CHECK(edit.say(std::span(&apart, 1)));
    FIT_TRY(const Cluster one, edit.get(cluster));
    FIT_TRY(const Cluster second, edit.get(staying.cluster));
    return std::pair(one, second);
  });
}

}  // namespace fit::ingest
