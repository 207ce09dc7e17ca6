#include "ingest/clusters/cluster_scale.h"

#include <algorithm>
#include <array>
#include <vector>

#include "ingest/clusters/cluster.h"

namespace fit::ingest {
namespace {

// The share of pairs of product photos with the same type of garment by their cosine in CLIP ViT-B/32, at
// 0, 0.02, ... 1.
constexpr std::array kClipRelevance = {
    0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,
    0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,   0.0,
    0.0,   0.0,   0.001, 0.001, 0.001, 0.002, 0.003, 0.005, 0.007, 0.011, 0.017, 0.027, 0.044,
    0.077, 0.119, 0.197, 0.273, 0.357, 0.455, 0.566, 0.693, 0.785, 0.94,  0.99,  1.0};

}  // namespace

double cluster_cosine(double clip_cosine, const embed::Space& space) {
  if (!space.relevance.photo) return std::min(clip_cosine, kSamePhotoCosine);
  const auto clip =
      embed::RelevanceCurve::make("clip", std::vector<double>(kClipRelevance.begin(), kClipRelevance.end()));
  if (!clip) return kSamePhotoCosine;
  const auto cosine = space.relevance.photo->least_cosine(clip->at(clip_cosine));
  return std::min(cosine.value_or(kSamePhotoCosine), kSamePhotoCosine);
}

}  // namespace fit::ingest
