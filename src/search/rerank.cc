#include "search/rerank.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/format.h"
#include "base/text.h"
#include "search/shared_photo.h"

namespace fit::search {
namespace {

constexpr std::string_view kSetting = "RERANK_SPACES";

// The mean direction of the items' first images; nullopt when none has a vector.
Result<std::optional<embed::Vector>> mean_of(store::Catalogue& store, std::int64_t space,
                                             std::span<const ItemId> items) {
  FIT_TRY(const auto stored, store.vectors().of_items(space, items));
  std::optional<embed::Vector> mean;
  std::optional<ItemId> last;
  for (const domain::ImageVector& vector : stored) {
    if (last == vector.item) continue;
    last = vector.item;
    if (!mean) mean.emplace(vector.values.size());
    for (std::size_t i = 0; i < mean->size(); ++i) (*mean)[i] += vector.values[i];
  }
  if (mean && !embed::normalize(*mean, static_cast<int>(mean->size()), "examples")) mean.reset();
  return mean;
}

}  // namespace

Result<std::vector<RerankWeight>> parse_rerank_spaces(std::string_view setting) {
  std::vector<RerankWeight> weights;
  while (!trim(setting).empty()) {
    const std::size_t comma = std::min(setting.find(','), setting.size());
    const std::string_view part = trim(setting.substr(0, comma));
    setting.remove_prefix(std::min(comma + 1, setting.size()));
    const std::size_t colon = part.rfind(':');
    RerankWeight one{.space = std::string(trim(part.substr(0, colon))), .weight = 0};
    const std::string_view number = colon == std::string_view::npos ? "" : trim(part.substr(colon + 1));
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), one.weight);
    if (one.space.empty() || error != std::errc{} || end != number.data() + number.size() ||
        !(one.weight >= 0 && one.weight <= kMaxWeight)) {
      return invalid(std::string(kSetting),
                     fit::format("must be names of spaces with weights from 0 to {}, such as "
                                 "\"palette:0.5,clip:1\"; \"{}\" is none",
                                 kMaxWeight, part));
    }
    if (std::ranges::contains(weights, one.space, &RerankWeight::space)) {
      return invalid(std::string(kSetting), fit::format("names \"{}\" twice", one.space));
    }
    weights.push_back(std::move(one));
  }
  return weights;
}

Result<RerankVectors> rerank_vectors(store::Catalogue& store, std::span<const RerankSpace> spaces,
                                     const Query& query, const std::optional<media::Box>& box,
                                     const media::Limits& limits) {
  std::vector<ItemId> examples = query.like;
  if (query.item_id) examples.insert(examples.begin(), *query.item_id);
  RerankVectors vectors;
  for (const RerankSpace& one : spaces) {
    auto& vector = vectors.emplace_back();
    if (query.image.empty()) {
      FIT_TRY(vector, mean_of(store, one.space.id, examples));
    } else if (one.embedder != nullptr) {
      FIT_TRY(vector, photo_vector(query, box, *one.embedder, limits));
    }
  }
  return vectors;
}

Result<std::unordered_map<ItemId, double>> best_cosines(store::Catalogue& store, std::int64_t space,
                                                        const embed::Vector& vector,
                                                        std::span<const ItemId> items) {
  FIT_TRY(const auto stored, store.vectors().of_items(space, items));
  std::unordered_map<ItemId, double> best;
  for (const domain::ImageVector& one : stored) {
    const double cosine = embed::dot(vector, one.values);
    const auto [at, is_new] = best.try_emplace(one.item, cosine);
    if (!is_new) at->second = std::max(at->second, cosine);
  }
  return best;
}

Result<void> rerank(store::Catalogue& store, std::span<const RerankSpace> spaces,
                    const RerankVectors& vectors, std::vector<domain::Neighbor>& neighbors) {
  std::vector<ItemId> items;
  std::unordered_map<ItemId, double> scores;
  for (const domain::Neighbor& one : neighbors) {
    items.push_back(one.item);
    scores[one.item] = one.similarity;
  }
  for (std::size_t s = 0; s < spaces.size(); ++s) {
    if (!vectors[s] || spaces[s].weight == 0) continue;
    FIT_TRY(const auto best, best_cosines(store, spaces[s].space.id, *vectors[s], items));
    double mean = 0;
    for (const auto& [item, cosine] : best) mean += cosine / static_cast<double>(best.size());
    for (const ItemId item : items) {
      const auto known = best.find(item);
      scores[item] += spaces[s].weight * (known == best.end() ? mean : known->second);
    }
  }
  std::ranges::stable_sort(neighbors, std::greater(),
                           [&](const domain::Neighbor& one) { return scores.at(one.item); });
  return {};
}

}  // namespace fit::search
