#include "style/taste/taste.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace fit::style {
namespace {

constexpr double kMaxLogit = 12;
constexpr double kLeastPrices = 2.5;  // the weight of three likes, the oldest of which have faded a little
constexpr double kBandDeviations = 1.2816;  // of a normal distribution, four fifths lie so near to the mean

}  // namespace

double Taste::confidence() const {
  if (memories_ == nullptr) return 0;
  const double weight = memories_->long_term.weight();
  const double amount = weight / (weight + memories_->background->options().confidence_prior);
  return amount * memories_->mix.agreement();
}

TasteScore Taste::score(const TasteItem& item) const {
  if (memories_ == nullptr) return {};
  return score(memories_->background->prepare(item));
}

TasteScore Taste::score(const PreparedItem& item) const {
  if (memories_ == nullptr) return {};
  const TasteMix& mix = memories_->mix;
  const double both = mix.long_term + mix.short_term;
  const double long_share = both > 0 ? mix.long_term / both : 0.5;
  const TasteLogit long_logit = memories_->long_term.logit(item);
  const TasteLogit short_logit = memories_->short_term.logit(item);
  TasteScore scored;
  double sum = 0;
  const auto add = [&](std::string_view prefix, std::string_view name, double long_part, double short_part) {
    const double logit = long_share * long_part + (1 - long_share) * short_part;
    sum += logit;
    if (logit != 0) scored.parts.push_back({std::string(prefix) + std::string(name), logit});
  };
  for (std::size_t space = 0; space < long_logit.spaces.size(); ++space) {
    add("vector:", memories_->background->spaces()[space], long_logit.spaces[space],
        short_logit.spaces[space]);
  }
  for (std::size_t i = 0; i < kAttributeCount; ++i) {
    add("", attribute_name(i), long_logit.attributes.at(i), short_logit.attributes.at(i));
  }
  add("", "price", long_logit.price, short_logit.price);
  scored.score = 1 / (1 + std::exp(-std::clamp(sum, -kMaxLogit, kMaxLogit)));
  return scored;
}

std::vector<ValuePreference> Taste::preferences() const {
  std::vector<ValuePreference> preferences;
  if (memories_ == nullptr) return preferences;
  const TasteMemory& memory = memories_->long_term;
  for (std::size_t i = 0; i < kAttributeCount; ++i) {
    const auto begin = static_cast<std::ptrdiff_t>(preferences.size());
    for (const auto& [value, weight] : memory.values(i)) {
      preferences.push_back({.attribute = std::string(attribute_name(i)),
                             .value = value,
                             .liked = weight.liked,
                             .disliked = weight.disliked,
                             .share = memory.liked_share(i, value),
                             .usual_share = memories_->background->share(i, value)});
    }
    std::stable_sort(preferences.begin() + begin, preferences.end(),
                     [](const ValuePreference& one, const ValuePreference& other) {
                       return one.liked - one.disliked > other.liked - other.disliked;
                     });
  }
  return preferences;
}

std::vector<PriceRange> Taste::prices() const {
  std::vector<PriceRange> ranges;
  if (memories_ == nullptr) return ranges;
  for (const std::string& currency : memories_->long_term.currencies()) {
    const TasteMemory::PriceBand band = memories_->long_term.price_band(currency);
    const auto usual = memories_->background->prices(currency);
    if (!usual || band.weight < kLeastPrices) continue;
    const auto price = [&](double deviations) {
      return std::exp(usual->mean + usual->deviation * (band.mean + deviations * band.deviation));
    };
    ranges.push_back({.currency = currency, .low = price(-kBandDeviations), .high = price(kBandDeviations)});
  }
  return ranges;
}

std::vector<TasteCentre> Taste::centres(std::size_t space) const {
  std::vector<TasteCentre> centres;
  if (memories_ == nullptr) return centres;
  centres = memories_->long_term.liked_centres(space).centres();
  const std::vector<TasteCentre>& recent = memories_->short_term.liked_centres(space).centres();
  centres.insert(centres.end(), recent.begin(), recent.end());
  std::ranges::stable_sort(centres, std::greater(), &TasteCentre::weight);
  return centres;
}

}  // namespace fit::style
