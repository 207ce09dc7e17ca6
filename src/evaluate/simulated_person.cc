#include "evaluate/simulated_person.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <unordered_map>
#include <utility>

namespace fit::evaluate {
namespace {

constexpr std::size_t kLikedValues = 3;  // kinds, colours and brands of a person
constexpr std::size_t kMinJudged = 5;    // items of a kind whose best are good
constexpr double kGoodShare = 0.3;
constexpr double kBestShare = 0.1;
constexpr double kLookWeight = 0.5;  // of a deviation of the cosine, where a liked kind counts 1
constexpr double kWhim = 0.4;
constexpr double kLikedQueries = 0.7;

// The values that at least `least` items have, in alphabetical order.
std::vector<std::string> frequent_values(const TasteSample& sample, std::string TasteSample::Item::* value,
                                         std::size_t least) {
  std::map<std::string, std::size_t> counts;
  for (const TasteSample::Item& item : sample.items) ++counts[item.*value];
  std::vector<std::string> values;
  for (const auto& [name, count] : counts) {
    if (!name.empty() && count >= least) values.push_back(name);
  }
  return values;
}

// What the best `share` of the items like at least.
double quantile_of(std::vector<double> liking, double share) {
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(liking.size()));
  std::ranges::nth_element(liking, liking.begin() + place, std::greater());
  return liking[static_cast<std::size_t>(place)];
}

domain::Properties properties_of(const TasteSample::Item& item) {
  domain::Properties properties;
  const auto set = [&properties](std::string_view name, const std::string& value) {
    properties.at(*domain::property_index(name)) = value;
  };
  set("category", item.category);
  set("subcategory", item.kind);
  set("primary_color", item.color);
  set("gender", item.gender);
  set("season", item.season);
  set("occasion", item.occasion);
  return properties;
}

}  // namespace

Result<TasteCatalogue> TasteCatalogue::prepare(const TasteSample& sample) {
  TasteCatalogue catalogue;
  catalogue.sample = &sample;
  const std::size_t count = sample.items.size();
  std::vector<domain::Properties> properties;
  for (const TasteSample::Item& item : sample.items) properties.push_back(properties_of(item));
  std::vector<style::TasteItem> items(count);
  for (std::size_t i = 0; i < count; ++i) {
    items[i].vectors = {std::span(sample.vectors).subspan(i * sample.dimensions, sample.dimensions)};
    items[i].properties = &properties[i];
    items[i].brand = sample.items[i].brand;
  }
  catalogue.background =
      std::make_shared<const style::TasteBackground>(std::vector<std::string>{"sample"}, items);
  for (const style::TasteItem& item : items) catalogue.items.push_back(catalogue.background->prepare(item));

  std::map<std::string, std::size_t> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    const auto [at, is_new] = numbers.try_emplace(sample.items[i].kind, numbers.size());
    if (is_new) catalogue.members.emplace_back();
    catalogue.kinds.push_back(at->second);
    catalogue.members[at->second].push_back(i);
  }
  const std::size_t frequent = std::max<std::size_t>(10, count / 50);
  for (std::size_t kind = 0; kind < catalogue.members.size(); ++kind) {
    const std::vector<std::size_t>& members = catalogue.members[kind];
    if (members.size() < frequent) continue;
    catalogue.frequent_kinds.push_back(kind);
    catalogue.queries.insert(catalogue.queries.end(), members.begin(), members.end());
  }
  catalogue.frequent_colors =
      frequent_values(sample, &TasteSample::Item::color, std::max<std::size_t>(8, count / 60));
  catalogue.frequent_brands =
      frequent_values(sample, &TasteSample::Item::brand, std::max<std::size_t>(6, count / 120));
  if (std::min({catalogue.frequent_kinds.size(), catalogue.frequent_colors.size(),
                catalogue.frequent_brands.size()}) < kLikedValues) {
    return invalid("path", "needs at least three frequent kinds, colours and brands");
  }
  return catalogue;
}

double SeededDraws::normal() {
  // Box and Muller, 1958.
  const double radius = std::sqrt(-2 * std::log(1 - share()));
  return radius * std::cos(2 * std::numbers::pi * share());
}

SimulatedPerson::SimulatedPerson(const TasteCatalogue& catalogue, SeededDraws& draws) {
  const std::vector<std::size_t> kinds = draws.some_of(catalogue.frequent_kinds, kLikedValues);
  const std::vector<std::string> colors = draws.some_of(catalogue.frequent_colors, kLikedValues);
  const std::vector<std::string> brands = draws.some_of(catalogue.frequent_brands, kLikedValues);
  for (const std::size_t kind : kinds) {
    const std::vector<std::size_t>& members = catalogue.members[kind];
    liked_items.insert(liked_items.end(), members.begin(), members.end());
  }
  const style::PreparedItem& look = catalogue.items[liked_items[draws.below(liked_items.size())]];
  for (std::size_t i = 0; i < catalogue.size(); ++i) {
    const TasteSample::Item& item = catalogue.sample->items[i];
    double liked = std::ranges::contains(kinds, catalogue.kinds[i]) ? 1 : 0;
    if (std::ranges::contains(colors, item.color)) liked += 1;
    if (std::ranges::contains(brands, item.brand)) liked += 1;
    const std::vector<float>& vector = catalogue.items[i].vectors.front();
    if (!vector.empty() && !look.vectors.front().empty()) {
      liked += kLookWeight * double{style::taste_cosine(look.vectors.front(), vector)} /
               catalogue.background->deviation(0);
    }
    liking.push_back(liked + kWhim * draws.normal());
  }
  good.resize(catalogue.size());
  for (const std::vector<std::size_t>& members : catalogue.members) {
    if (members.size() < kMinJudged) continue;
    std::vector<double> of_kind;
    for (const std::size_t item : members) of_kind.push_back(liking[item]);
    const double least = quantile_of(std::move(of_kind), kGoodShare);
    for (const std::size_t item : members) good[item] = liking[item] >= least ? 1 : 0;
  }
  const double least = quantile_of(liking, kBestShare);
  for (const double one : liking) best.push_back(one >= least ? 1 : 0);
}

std::size_t SimulatedPerson::query(const TasteCatalogue& catalogue, SeededDraws& draws) const {
  const std::vector<std::size_t>& items = draws.share() < kLikedQueries ? liked_items : catalogue.queries;
  return items[draws.below(items.size())];
}

}  // namespace fit::evaluate
