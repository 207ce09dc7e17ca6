#include "evaluate/fusion_queries.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <utility>

#include "evaluate/simulated_person.h"
#include "search/ranking.h"

namespace fit::evaluate {
namespace {

constexpr std::size_t kQueries = 200;
constexpr std::size_t kCandidates = search::kRankedDepth;
constexpr std::size_t kAgreeing =
    30;  // candidates of a composed query that have the colour, and that are of the kind

// The parts of composed queries, as search::kFusedParts has them.
constexpr std::array<std::size_t, 3> kComposedParts = {0, 3, 4};

double item_cosine(const FusionSample::Space& space, std::size_t one, std::size_t other) {
  const std::span<const float> all(space.vectors);
  const auto of = [&](std::size_t item) { return all.subspan(item * space.dimensions, space.dimensions); };
  const auto a = of(one);
  const auto b = of(other);
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// All other items, the nearest to an item in the searched space first.
std::vector<std::size_t> nearest_to(const FusionSample& sample, std::size_t query) {
  std::vector<std::pair<double, std::size_t>> found;
  for (std::size_t item = 0; item < sample.size(); ++item) {
    if (item != query) found.emplace_back(-item_cosine(sample.spaces.front(), query, item), item);
  }
  std::ranges::sort(found);
  std::vector<std::size_t> items;
  for (const auto& [distance, item] : found) items.push_back(item);
  return items;
}

// The weighted sums of the signals.
std::vector<double> sums_of(const FusionQuery& query, std::span<const double> weights) {
  std::vector<double> sums;
  for (const auto& values : query.signals) {
    sums.push_back(std::inner_product(values.begin(), values.end(), weights.begin(), 0.0));
  }
  return sums;
}

}  // namespace

std::vector<std::size_t> FusionQuery::ranking(std::span<const double> weights) const {
  const auto sums = sums_of(*this, weights);
  std::vector<std::size_t> order(sums.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t candidate) { return sums[candidate]; });
  return order;
}

std::vector<double> FusionQuery::gains(std::span<const double> weights) const {
  auto sums = sums_of(*this, weights);
  const auto [least, most] = std::ranges::minmax(sums);
  for (double& sum : sums) sum = most > least ? (sum - least) / (most - least) : 0;
  return sums;
}

FusionQueries::FusionQueries(style::FusionType type, search::FusionWeights fixed,
                             std::vector<std::string> spaces)
    : type_(type), fixed_(std::move(fixed)), signals_(style::fusion_signals(fixed_, spaces)) {}

FusionQueries FusionQueries::photos(const FusionSample& sample, std::uint64_t seed) {
  std::vector<std::string> names;
  for (const FusionSample::Space& space : sample.spaces) names.push_back(space.name);
  search::FusionWeights fixed{.parts = {1, 0, 0, 0, 0}, .spaces = std::vector<double>(names.size(), 1)};
  FusionQueries queries(style::FusionType::kPhoto, std::move(fixed), std::move(names));
  queries.signal_count_ = sample.spaces.size();
  SeededDraws draws(seed);
  for (std::size_t i = 0; i < kQueries; ++i) {
    const std::size_t item = draws.below(sample.size());
    auto candidates = nearest_to(sample, item);
    candidates.resize(std::min(kCandidates, candidates.size()));
    FusionQuery& query = queries.queries_.emplace_back();
    for (const std::size_t candidate : candidates) {
      auto& values = query.signals.emplace_back();
      for (const FusionSample::Space& space : sample.spaces)
        values.push_back(item_cosine(space, item, candidate));
    }
  }
  return queries;
}

FusionQueries FusionQueries::composed(const FusionSample& sample, std::uint64_t seed) {
  search::FusionWeights fixed{.parts = {1, 0, 0, 1, 1}, .spaces = {0}};
  FusionQueries queries(style::FusionType::kComposed, std::move(fixed), {sample.spaces.front().name});
  queries.signal_count_ = kComposedParts.size();
  SeededDraws draws(seed + 1);
  for (std::size_t i = 0; i < kQueries; ++i) {
    const std::size_t item = draws.below(sample.size());
    // The words name the kind and the colour of other items.
    const std::string& kind = sample.kinds[draws.below(sample.size())];
    const std::string& color = sample.colors[draws.below(sample.size())];
    FusionQuery& query = queries.queries_.emplace_back();
    std::size_t rank = 0;
    std::size_t of_kind = 0;
    std::size_t of_color = 0;
    for (const std::size_t candidate : nearest_to(sample, item)) {
      ++rank;
      const bool has_kind = !kind.empty() && sample.kinds[candidate] == kind;
      const bool has_color = !color.empty() && sample.colors[candidate] == color;
      of_kind += has_kind ? 1 : 0;
      of_color += has_color ? 1 : 0;
      const bool is_listed = rank <= kCandidates;
      const bool agrees = (has_kind && of_kind <= kAgreeing) || (has_color && of_color <= kAgreeing);
      if (!is_listed && !agrees) continue;
      const double image = (search::kRankOffset + 1) / (search::kRankOffset + static_cast<double>(rank));
      query.signals.push_back({is_listed ? image : 0, has_kind ? 1.0 : 0.0, has_color ? 1.0 : 0.0});
    }
  }
  return queries;
}

std::vector<double> FusionQueries::adapted(const style::FusionTypeState& everybody,
                                           const style::FusionPersonState& person) const {
  const auto weights = style::adapted_weights(fixed_, signals_, everybody, &person);
  if (type_ == style::FusionType::kPhoto) return weights.spaces;
  std::vector<double> parts;
  for (const std::size_t part : kComposedParts) parts.push_back(weights.parts.at(part));
  return parts;
}

style::ShownSearch FusionQueries::shown(const FusionQuery& query, std::span<const std::size_t> shown,
                                        std::span<const search::Team> teams) const {
  style::ShownSearch search{.signals = signals_, .hits = {}};
  for (std::size_t i = 0; i < shown.size(); ++i) {
    search::InterleavedHit& hit = search.hits.emplace_back();
    hit.item = ItemId{static_cast<std::int64_t>(shown[i])};
    hit.is_adapted = teams[i] == search::Team::kB;
    hit.is_fixed = teams[i] == search::Team::kA;
    const auto& values = query.signals[shown[i]];
    if (type_ == style::FusionType::kPhoto) {
      hit.spaces = values;
    } else {
      for (std::size_t k = 0; k < kComposedParts.size(); ++k) hit.parts.at(kComposedParts.at(k)) = values[k];
      hit.spaces = {0};
    }
  }
  return search;
}

}  // namespace fit::evaluate
