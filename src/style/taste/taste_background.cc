#include "style/taste/taste_background.h"

#include <algorithm>
#include <cmath>

#include "index/kernels/kernels.h"

namespace fit::style {
namespace {

constexpr std::size_t kPairs = 4'000;       // of which the deviation of cosines is measured
constexpr double kMinDeviation = 0.02;      // of cosines
constexpr double kMinPriceDeviation = 0.1;  // of the logarithm
constexpr std::size_t kMaxValueBytes = 1'000;

bool is_finite(std::span<const float> vector) {
  return std::ranges::all_of(vector, [](float value) { return std::isfinite(value); });
}

// The vector of a space, unless it is missing or of another size.
std::span<const float> vector_of(const TasteItem& item, std::size_t space, std::size_t dimensions) {
  if (space >= item.vectors.size()) return {};
  const std::span<const float> vector = item.vectors[space];
  if (vector.size() != dimensions || !is_finite(vector)) return {};
  return vector;
}

// The dimensions of a space: those of the first vector in the sample.
std::size_t dimensions_of(std::size_t space, std::span<const TasteItem> sample) {
  for (const TasteItem& item : sample) {
    if (space < item.vectors.size() && !item.vectors[space].empty()) return item.vectors[space].size();
  }
  return 0;
}

// The value of an attribute; empty when it is not known.
std::string attribute_value(const TasteItem& item, std::size_t attribute) {
  std::string value;
  if (attribute < domain::kProperties.size()) {
    if (item.properties != nullptr) value = (*item.properties)[attribute];
  } else if (attribute == kBrandAttribute) {
    value = item.brand;
  } else if (!item.size.empty() && item.properties != nullptr) {
    // A size means something among garments of one category only.
    value = (*item.properties)[domain::kCategory];
    value += ' ';
    value += item.size;
  }
  if (value.size() > kMaxValueBytes) value.clear();
  return value;
}

std::optional<double> log_price(const TasteItem& item) {
  if (!item.price || item.currency.empty() || !std::isfinite(*item.price) || !(*item.price > 0)) {
    return std::nullopt;
  }
  return std::log(*item.price);
}

// The direction of a vector from the mean; empty: it has none.
std::vector<float> about_mean(const std::vector<float>& mean, std::span<const float> vector) {
  std::vector<float> centred(mean.size());
  double squares = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    centred[i] = vector[i] - mean[i];
    squares += double{centred[i]} * double{centred[i]};
  }
  // The mean itself has no direction, nor has what overflows.
  if (!(squares > 1e-12) || !std::isfinite(squares)) return {};
  const auto scale = static_cast<float>(1 / std::sqrt(squares));
  for (float& value : centred) value *= scale;
  return centred;
}

}  // namespace

std::string_view attribute_name(std::size_t attribute) {
  if (attribute == kBrandAttribute) return "brand";
  if (attribute == kSizeAttribute) return "size";
  return domain::kProperties.at(attribute);
}

float taste_cosine(std::span<const float> a, std::span<const float> b) {
  static const auto kDot = index::best_kernels().dot;
  return kDot(a.data(), b.data(), a.size());
}

TasteBackground::TasteBackground(std::vector<std::string> spaces, std::span<const TasteItem> sample,
                                 const TasteOptions& options)
    : options_(options), names_(std::move(spaces)) {
  for (std::size_t space = 0; space < names_.size(); ++space) spaces_.push_back(learn_space(space, sample));
  for (const TasteItem& item : sample) {
    for (std::size_t attribute = 0; attribute < kAttributeCount; ++attribute) {
      std::string value = attribute_value(item, attribute);
      if (value.empty()) continue;
      ++counts_[attribute].by_value[std::move(value)];
      ++counts_[attribute].total;
    }
  }
  learn_prices(sample);
}

TasteBackground::Space TasteBackground::learn_space(std::size_t space, std::span<const TasteItem> sample) {
  const std::size_t dimensions = dimensions_of(space, sample);
  std::vector<std::span<const float>> vectors;
  for (const TasteItem& item : sample) {
    const auto vector = vector_of(item, space, dimensions);
    if (!vector.empty()) vectors.push_back(vector);
  }
  if (vectors.size() < kMinSample) return {};
  std::vector<double> sum(dimensions);
  for (const auto& vector : vectors) {
    for (std::size_t i = 0; i < dimensions; ++i) sum[i] += double{vector[i]};
  }
  Space learned;
  for (const double value : sum) {
    learned.mean.push_back(static_cast<float>(value / static_cast<double>(vectors.size())));
  }
  std::vector<std::vector<float>> centred;
  for (const auto& vector : vectors) {
    auto one = about_mean(learned.mean, vector);
    if (!one.empty()) centred.push_back(std::move(one));
  }
  if (centred.size() < kMinSample) return {};
  // Pairs at all distances in the sample, the same in each run.
  double squares = 0;
  double total = 0;
  for (std::size_t pair = 0; pair < kPairs; ++pair) {
    const std::size_t one = pair % centred.size();
    const std::size_t step = 1 + (pair * 7919) % (centred.size() - 1);
    const double cosine = double{taste_cosine(centred[one], centred[(one + step) % centred.size()])};
    total += cosine;
    squares += cosine * cosine;
  }
  const double mean = total / kPairs;
  learned.deviation = std::max(kMinDeviation, std::sqrt(std::max(0.0, squares / kPairs - mean * mean)));
  return learned;
}

void TasteBackground::learn_prices(std::span<const TasteItem> sample) {
  std::map<std::string, std::vector<double>> logarithms;
  for (const TasteItem& item : sample) {
    if (const auto value = log_price(item)) logarithms[std::string(item.currency)].push_back(*value);
  }
  for (const auto& [currency, values] : logarithms) {
    if (values.size() < kMinSample) continue;
    const auto count = static_cast<double>(values.size());
    Prices prices;
    for (const double value : values) prices.mean += value / count;
    double squares = 0;
    for (const double value : values) squares += (value - prices.mean) * (value - prices.mean) / count;
    prices.deviation = std::max(kMinPriceDeviation, std::sqrt(squares));
    prices_[currency] = prices;
  }
}

double TasteBackground::share(std::size_t attribute, const std::string& value) const {
  const Counts& counts = counts_.at(attribute);
  const auto found = counts.by_value.find(value);
  const auto count = static_cast<double>(found == counts.by_value.end() ? 0 : found->second);
  return (count + 1) /
         static_cast<double>(counts.total + static_cast<std::int64_t>(counts.by_value.size()) + 2);
}

std::optional<TasteBackground::Prices> TasteBackground::prices(const std::string& currency) const {
  const auto found = prices_.find(currency);
  if (found == prices_.end()) return std::nullopt;
  return found->second;
}

PreparedItem TasteBackground::prepare(const TasteItem& item) const {
  PreparedItem prepared;
  for (std::size_t space = 0; space < spaces_.size(); ++space) {
    const std::vector<float>& mean = spaces_[space].mean;
    const auto vector = mean.empty() ? std::span<const float>() : vector_of(item, space, mean.size());
    prepared.vectors.push_back(vector.empty() ? std::vector<float>() : about_mean(mean, vector));
  }
  for (std::size_t attribute = 0; attribute < kAttributeCount; ++attribute) {
    prepared.values.at(attribute) = attribute_value(item, attribute);
  }
  prepared.currency = item.currency;
  const auto known = prices(prepared.currency);
  const auto price = log_price(item);
  if (known && price) prepared.log_price = (*price - known->mean) / known->deviation;
  return prepared;
}

}  // namespace fit::style
