#include "search/same_image.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "search/shared_photo.h"

namespace fit::search {
namespace {

constexpr int kSameHashBits = 6;  // hashes of copies differ in at most 6 bits
constexpr double kSameCosine = 0.98;

}  // namespace

bool is_same_image(std::uint64_t one_hash, std::uint64_t other_hash, double cosine) {
  return cosine >= kSameCosine && media::hamming_distance(one_hash, other_hash) <= kSameHashBits;
}

const domain::ImageRecord* image_of(const Hit& hit) {
  const auto found = std::ranges::find(hit.item.images, hit.best_image, &domain::ImageRecord::id);
  if (found != hit.item.images.end()) return &*found;
  return hit.item.images.empty() ? nullptr : hit.item.images.data();
}

Result<std::vector<std::size_t>> find_first_copies(std::span<const Hit* const> hits,
                                                   const VectorSearcher& searcher) {
  std::vector<ItemId> items;
  for (const Hit* hit : hits) items.push_back(hit->item.id);
  std::unordered_map<ImageId, std::vector<float>> vectors;
  FIT_TRY(auto stored, searcher.vectors_of(items));
  for (domain::ImageVector& vector : stored) vectors[vector.image] = std::move(vector.values);
  const auto shows_same = [&vectors](const domain::ImageRecord& image, const Hit& before) {
    const domain::ImageRecord* const other = image_of(before);
    if (other == nullptr) return false;
    if (media::hamming_distance(image.perceptual_hash, other->perceptual_hash) > kSameHashBits) return false;
    const auto a = vectors.find(image.id);
    const auto b = vectors.find(other->id);
    return a != vectors.end() && b != vectors.end() &&
           is_same_image(image.perceptual_hash, other->perceptual_hash, embed::dot(a->second, b->second));
  };
  std::vector<std::size_t> first;
  std::vector<std::size_t> distinct;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const domain::ImageRecord* const image = image_of(*hits[i]);
    const auto copied = std::ranges::find_if(
        distinct, [&](std::size_t before) { return image != nullptr && shows_same(*image, *hits[before]); });
    first.push_back(copied == distinct.end() ? i : *copied);
    if (copied == distinct.end()) distinct.push_back(i);
  }
  return first;
}

void mark_same_images(const Query& query, const ResolvedQuery& resolved, int image_short_side,
                      const media::Limits& limits, std::vector<Hit>& hits) {
  if (!resolved.image_vector) return;
  const auto is_near = [](const Hit& hit) { return hit.similarity >= kSameCosine; };
  if (std::ranges::none_of(hits, is_near)) return;
  std::vector<std::uint64_t> hashes = resolved.example_hashes;
  if (!query.image.empty()) {
    if (const auto hash = photo_hash(query, resolved.searched_box, image_short_side, limits))
      hashes.push_back(*hash);
  }
  for (Hit& hit : hits) {
    const domain::ImageRecord* const image = image_of(hit);
    if (image == nullptr) continue;
    hit.is_same_image = std::ranges::any_of(hashes, [&](std::uint64_t hash) {
      return is_same_image(hash, image->perceptual_hash, hit.similarity);
    });
  }
}

}  // namespace fit::search
