#include "embed/relevance.h"

#include <algorithm>
#include <cmath>

namespace fit::embed {
namespace {

constexpr std::size_t kMaxCurveValues = 1000;

}  // namespace

Result<RelevanceCurve> RelevanceCurve::make(const std::string& field, std::vector<double> values) {
  const bool in_range = std::ranges::all_of(values, [](double value) { return value >= 0 && value <= 1; });
  if (values.size() < 2 || values.size() > kMaxCurveValues || !in_range || !std::ranges::is_sorted(values)) {
    return invalid(field, "must be 2 to 1000 numbers from 0 to 1 in ascending order");
  }
  return RelevanceCurve(std::move(values));
}

double RelevanceCurve::at(double cosine) const {
  const double position = std::clamp(cosine, 0.0, 1.0) / step();
  const auto before = std::min(static_cast<std::size_t>(position), values_.size() - 2);
  return std::lerp(values_[before], values_[before + 1], position - static_cast<double>(before));
}

std::optional<double> RelevanceCurve::least_cosine(double relevance) const {
  if (relevance <= values_.front()) return -1;
  const auto after = std::ranges::lower_bound(values_, relevance);
  if (after == values_.end()) return std::nullopt;
  const double from = *std::prev(after);
  const auto before = static_cast<double>(after - values_.begin() - 1);
  return (before + (relevance - from) / (*after - from)) * step();
}

}  // namespace fit::embed
