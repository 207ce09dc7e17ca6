#include "style/outfits/compatibility.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "style/outfits/builtin_compatibility.h"

namespace fit::style {

Result<Compatibility> Compatibility::load() {
  return parse(builtin_compatibility());
}

Result<Compatibility> Compatibility::parse(std::string_view json) {
  FIT_TRY(CompatibilityFile file, read_compatibility_file(json));
  return Compatibility(std::move(file));
}

Compatibility::Compatibility(CompatibilityFile file)
    : names_(std::move(file.categories)), by_name_(names_.size()), shares_(std::move(file.shares)) {
  std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
  std::ranges::sort(by_name_, {}, [this](std::size_t index) { return std::string_view(names_[index]); });
  for (std::vector<double>& biases : file.size_bias) {
    for (std::size_t c = 0; c < names_.size(); ++c) biases[c] += file.bias[c];
    size_bias_.push_back(std::move(biases));
  }
  pairs_.reserve(names_.size() * names_.size());
  for (std::size_t given = 0; given < names_.size(); ++given) {
    for (std::size_t c = 0; c < names_.size(); ++c) {
      double pair = given == c ? file.repeat : 0;
      for (std::size_t k = 0; k < file.weights.size(); ++k)
        pair += file.weights[k] * file.factors[given][k] * file.factors[c][k];
      pairs_.push_back(pair);
    }
  }
}

std::optional<std::size_t> Compatibility::find(std::string_view category) const {
  const auto name_of = [this](std::size_t index) { return std::string_view(names_[index]); };
  const auto found = std::ranges::lower_bound(by_name_, category, {}, name_of);
  if (found == by_name_.end() || names_[*found] != category) return std::nullopt;
  return *found;
}

Result<std::vector<std::size_t>> Compatibility::find_all(std::span<const std::string> categories) const {
  std::vector<std::size_t> indexes;
  for (const std::string& category : categories) {
    const auto index = find(category);
    if (!index) return invalid("category", "the category \"" + category + "\" is unknown");
    indexes.push_back(*index);
  }
  return indexes;
}

std::vector<double> Compatibility::scores(std::span<const std::size_t> rest) const {
  // Sorted, so that sums of floats do not depend on the order.
  std::vector<std::size_t> pieces(rest.begin(), rest.end());
  std::ranges::sort(pieces);
  const auto repeated = std::ranges::unique(pieces);
  pieces.erase(repeated.begin(), repeated.end());
  if (pieces.empty()) return std::vector<double>(names_.size(), 0.0);

  std::vector<double> scores = size_bias_[std::min(pieces.size(), size_bias_.size()) - 1];
  for (const std::size_t piece : pieces) {
    const auto row = std::span(pairs_).subspan(piece * names_.size(), names_.size());
    for (std::size_t c = 0; c < scores.size(); ++c) scores[c] += row[c];
  }
  const double highest = std::ranges::max(scores);
  double sum = 0;
  for (std::size_t c = 0; c < scores.size(); ++c) sum += shares_[c] * std::exp(scores[c] - highest);
  const double normaliser = highest + std::log(sum);
  for (double& score : scores) score -= normaliser;
  return scores;
}

double Compatibility::score(std::size_t candidate, std::span<const std::size_t> rest) const {
  return scores(rest)[candidate];
}

double Compatibility::score_outfit(std::span<const std::size_t> pieces) const {
  if (pieces.size() < 2) return 0;
  std::vector<std::size_t> sorted(pieces.begin(), pieces.end());
  std::ranges::sort(sorted);
  double sum = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    std::vector<std::size_t> rest = sorted;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    sum += score(sorted[i], rest);
  }
  return sum / static_cast<double>(sorted.size());
}

}  // namespace fit::style
