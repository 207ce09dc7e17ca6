#include "search/same_image.h"

#include <algorithm>

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

void mark_same_images(const Query& query, const ResolvedQuery& resolved, int image_short_side,
                      const media::Limits& limits, std::vector<Hit>& hits) {
  if (!resolved.image_vector) return;
  const auto is_near = [](const Hit& hit) { return hit.similarity >= kSameCosine; };
  if (std::ranges::none_of(hits, is_near)) return;
  std::vector<std::uint64_t> hashes = resolved.example_hashes;
  if (!query.image.empty()) {
    if (const auto hash = photo_hash(query, image_short_side, limits)) hashes.push_back(*hash);
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
