#include "ingest/clusters/cluster_assigner.h"

#include <algorithm>
#include <utility>

#include "index/kernels/kernels.h"
#include "search/same_image.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kFirstNeighbours = 16;
constexpr std::size_t kMostNeighbours = 256;
// By how much a cosine that the database computes may differ from that of the vectors that it returns.
constexpr double kCosineTolerance = 0.002;

search::Selection select_all() {
  search::Filter filter;
  std::vector<std::string> statuses(domain::kStatuses.begin(), domain::kStatuses.end());
  statuses.emplace_back(domain::kFlaggedStatus);
  filter.any_of.push_back({"status", std::move(statuses)});
  return {.filter = std::move(filter), .selects_all = true};
}

float vector_cosine(const std::vector<float>& one, const std::vector<float>& other) {
  static const auto kDot = index::best_kernels().dot;
  return kDot(one.data(), other.data(), std::min(one.size(), other.size()));
}

}  // namespace

const search::Selection& all_items() {
  static const search::Selection kAll = select_all();
  return kAll;
}

bool is_same_photo(std::uint64_t one_hash, std::uint64_t other_hash, double cosine) {
  return cosine >= kSamePhotoCosine && search::is_same_image(one_hash, other_hash, cosine);
}

Result<std::vector<ClusterAssigner::Near>> ClusterAssigner::known_members(
    std::vector<std::pair<ImageId, double>> near) const {
  std::ranges::sort(near, [](const auto& one, const auto& other) {
    return std::pair(-one.second, one.first) < std::pair(-other.second, other.first);
  });
  std::vector<ImageId> stored;
  for (const auto& [image, cosine] : near) {
    if (!places_.contains(image)) stored.push_back(image);
  }
  std::unordered_map<ImageId, ClusterMember> members;
  if (!stored.empty()) {
    FIT_TRY(const auto read, parts_.members(stored));
    for (const ClusterMember& member : read) members.emplace(member.image, member);
  }
  std::vector<Near> known;
  for (const auto& [image, cosine] : near) {
    const auto placed = places_.find(image);
    if (placed != places_.end()) {
      known.push_back({placed_[placed->second], cosine});
    } else if (const auto member = members.find(image); member != members.end()) {
      known.push_back({member->second, cosine});
    }
  }
  return known;
}

Result<std::vector<ClusterAssigner::Near>> ClusterAssigner::near_members(
    const domain::ImageVector& vector, std::span<const domain::ImageVector> own) const {
  for (std::size_t limit = kFirstNeighbours;; limit = std::min(limit * 4, kMostNeighbours)) {
    FIT_TRY(const auto neighbours, parts_.searcher.nearest(vector.values, limit, all_items()));
    std::vector<ItemId> items;
    bool has_more = neighbours.size() == limit && limit < kMostNeighbours;
    for (const domain::Neighbor& neighbour : neighbours) {
      if (neighbour.similarity < threshold_ - kCosineTolerance) {
        has_more = false;
      } else if (neighbour.item != vector.item) {
        items.push_back(neighbour.item);
      }
    }
    std::vector<std::pair<ImageId, double>> near;
    const auto add = [&](const domain::ImageVector& other) {
      const double cosine = vector_cosine(vector.values, other.values);
      if (other.image != vector.image && cosine >= threshold_) near.emplace_back(other.image, cosine);
    };
    for (const domain::ImageVector& other : own) add(other);
    if (!items.empty()) {
      FIT_TRY(const auto vectors, parts_.searcher.vectors_of(items));
      for (const domain::ImageVector& other : vectors) add(other);
    }
    FIT_TRY(auto known, known_members(std::move(near)));
    if (!known.empty() || !has_more) return known;
  }
}

// The nearest member that shows the same photo; null if there is none.
Result<const ClusterAssigner::Near*> ClusterAssigner::same_photo(const domain::ImageRecord& image,
                                                                 std::span<const Near> near) const {
  std::vector<ItemId> items;
  for (const Near& one : near) {
    if (one.cosine >= kSamePhotoCosine) items.push_back(one.member.item);
  }
  if (items.empty()) return nullptr;
  std::unordered_map<ImageId, std::uint64_t> hashes;
  FIT_TRY(const auto records, parts_.items(items));
  for (const domain::ItemRecord& record : records) {
    for (const domain::ImageRecord& other : record.images) hashes.emplace(other.id, other.perceptual_hash);
  }
  const auto found = std::ranges::find_if(near, [&](const Near& one) {
    const auto hash = hashes.find(one.member.image);
    return hash != hashes.end() && is_same_photo(image.perceptual_hash, hash->second, one.cosine);
  });
  return found == near.end() ? nullptr : &*found;
}

Result<void> ClusterAssigner::place(const domain::ImageRecord& image,
                                    std::span<const domain::ImageVector> own) {
  const auto vector = std::ranges::find(own, image.id, &domain::ImageVector::image);
  if (vector == own.end()) return {};
  FIT_TRY(const auto near, near_members(*vector, own));
  ClusterMember member{
      .image = image.id, .item = image.item, .cluster = {last_new_ - 1}, .photo = image.id, .similarity = 1};
  if (near.empty()) {
    --last_new_;
  } else {
    FIT_TRY(const Near* const copy, same_photo(image, near));
    const Near& joined = copy == nullptr ? near.front() : *copy;
    member.cluster = joined.member.cluster;
    member.similarity = static_cast<float>(std::min(joined.cosine, 1.0));
    if (copy != nullptr) member.photo = copy->member.photo;
  }
  add(member);
  return {};
}

void ClusterAssigner::add(const ClusterMember& member) {
  places_.emplace(member.image, placed_.size());
  placed_.push_back(member);
}

}  // namespace fit::ingest
