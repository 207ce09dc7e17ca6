#include "style/taste/taste_memory.h"

#include <algorithm>
#include <cmath>
#include <ranges>

namespace fit::style {

double TasteLogit::sum() const {
  double total = price;
  for (const double one : spaces) total += one;
  for (const double one : attributes) total += one;
  return total;
}

TasteMemory::TasteMemory(const TasteBackground& background)
    : background_(background), options_(background.options()) {
  for (std::size_t space = 0; space < background.spaces().size(); ++space) {
    spaces_.push_back({.liked = TasteCentres(options_), .disliked = TasteCentres(options_)});
  }
}

void TasteMemory::fade(double factor) {
  for (Space& space : spaces_) {
    space.liked.fade(factor);
    space.disliked.fade(factor);
  }
  for (Attribute& attribute : attributes_) {
    for (ValueWeight& weight : attribute.values | std::views::values) {
      weight.liked *= factor;
      weight.disliked *= factor;
    }
    attribute.total.liked *= factor;
    attribute.total.disliked *= factor;
  }
  for (PriceSums& sums : prices_ | std::views::values) {
    sums.weight *= factor;
    sums.sum *= factor;
    sums.squares *= factor;
  }
  weight_ *= factor;
}

void TasteMemory::add(const PreparedItem& item, double weight) {
  const double size = std::abs(weight);
  const bool is_liked = weight > 0;
  for (std::size_t space = 0; space < spaces_.size(); ++space) {
    if (item.vectors[space].empty()) continue;
    (is_liked ? spaces_[space].liked : spaces_[space].disliked).add(item.vectors[space], size);
  }
  for (std::size_t i = 0; i < kAttributeCount; ++i) {
    if (item.values.at(i).empty()) continue;
    Attribute& attribute = attributes_.at(i);
    ValueWeight& value = attribute.values[item.values.at(i)];
    (is_liked ? value.liked : value.disliked) += size;
    (is_liked ? attribute.total.liked : attribute.total.disliked) += size;
  }
  if (is_liked && item.log_price) {
    PriceSums& sums = prices_[item.currency];
    sums.weight += size;
    sums.sum += size * *item.log_price;
    sums.squares += size * *item.log_price * *item.log_price;
  }
  weight_ += size;
}

TasteLogit TasteMemory::logit(const PreparedItem& item) const {
  TasteLogit logit;
  std::size_t known = 0;
  for (std::size_t space = 0; space < spaces_.size(); ++space) {
    double& part = logit.spaces.emplace_back();
    const std::vector<float>& vector = item.vectors[space];
    if (vector.empty()) continue;
    part = (spaces_[space].liked.nearest(vector) -
            options_.disliked_vector * spaces_[space].disliked.nearest(vector)) /
           background_.deviation(space);
    ++known;
  }
  // Several spaces share the weight of one: they see the same item.
  for (double& part : logit.spaces) {
    part *= options_.vector_weight / static_cast<double>(std::max<std::size_t>(known, 1));
  }
  for (std::size_t i = 0; i < kAttributeCount; ++i) {
    if (!item.values.at(i).empty()) {
      logit.attributes.at(i) = options_.value_weights.at(i) * value_logit(i, item.values.at(i));
    }
  }
  if (item.log_price) {
    const PriceBand band = price_band(item.currency);
    const double own = (*item.log_price - band.mean) / band.deviation;
    const double other = *item.log_price;
    const double lift = (other * other - own * own) / 2 - std::log(band.deviation);
    logit.price = std::clamp(options_.price_weight * lift, -options_.max_price_part, options_.max_price_part);
  }
  return logit;
}

double TasteMemory::value_logit(std::size_t index, const std::string& value) const {
  const Attribute& attribute = attributes_.at(index);
  const double share = background_.share(index, value);
  const double prior = options_.value_prior;
  const auto found = attribute.values.find(value);
  const ValueWeight weight = found == attribute.values.end() ? ValueWeight{} : found->second;
  const double liked = (weight.liked + prior * share) / (attribute.total.liked + prior);
  const double disliked = (weight.disliked + prior * share) / (attribute.total.disliked + prior);
  return std::log(liked / share) - options_.disliked_value * std::log(disliked / share);
}

double TasteMemory::liked_share(std::size_t index, const std::string& value) const {
  const Attribute& attribute = attributes_.at(index);
  const auto found = attribute.values.find(value);
  const double liked = found == attribute.values.end() ? 0 : found->second.liked;
  return (liked + options_.value_prior * background_.share(index, value)) /
         (attribute.total.liked + options_.value_prior);
}

TasteMemory::PriceBand TasteMemory::price_band(const std::string& currency) const {
  const auto found = prices_.find(currency);
  if (found == prices_.end()) return {};
  const PriceSums& sums = found->second;
  // The prior is the catalogue: mean 0 and deviation 1.
  const double weight = sums.weight + options_.price_prior;
  const double mean = sums.sum / weight;
  const double squares = (sums.squares + options_.price_prior) / weight - mean * mean;
  return {.mean = mean, .deviation = std::sqrt(std::max(squares, 0.01)), .weight = sums.weight};
}

std::vector<std::string> TasteMemory::currencies() const {
  std::vector<std::string> names;
  for (const std::string& name : prices_ | std::views::keys) names.push_back(name);
  return names;
}

}  // namespace fit::style
