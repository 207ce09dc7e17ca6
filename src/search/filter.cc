#include "search/filter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <format>

#include "store/records.h"

namespace fit::search {
namespace {

constexpr std::size_t kMaxValues = 100;
constexpr std::size_t kMaxValueBytes = 200;
constexpr std::array<std::string_view, 4> kListingColumns = {"brand", "size", "source", "status"};

std::string known_names() {
  std::string names = "price_range, listed_after";
  for (const std::string_view name : kListingColumns) names += std::format(", {}", name);
  for (const std::string_view name : store::kProperties) names += std::format(", {}", name);
  return names;
}

Result<std::string> text_value(const std::string& field, const Json& value) {
  if (!value.is_string()) return invalid(field, "must be a text or a list of texts");
  auto text = value.get<std::string>();
  if (text.empty()) return invalid(field, "must not be empty");
  if (text.size() > kMaxValueBytes) {
    return invalid(field, std::format("must be no longer than {} bytes", kMaxValueBytes));
  }
  return text;
}

Result<AnyOf> parse_any_of(const std::string& field, const std::string& name, const Json& value) {
  AnyOf condition{name, {}};
  if (!value.is_array()) {
    FIT_TRY(std::string text, text_value(field, value));
    condition.values.push_back(std::move(text));
    return condition;
  }
  if (value.empty()) return invalid(field, "must not be an empty list");
  if (value.size() > kMaxValues)
    return invalid(field, std::format("must have at most {} values", kMaxValues));
  for (const Json& element : value) {
    FIT_TRY(std::string text, text_value(field, element));
    condition.values.push_back(std::move(text));
  }
  return condition;
}

Result<std::optional<double>> parse_price(const std::string& field, const Json& value) {
  if (value.is_null()) return std::optional<double>();
  if (!value.is_number())
    return invalid(field, "must be two numbers [lowest, highest]; null leaves an end open");
  const double price = value.get<double>();
  if (!std::isfinite(price) || price < 0) return invalid(field, "must not be negative");
  return std::optional(price);
}

Result<void> parse_price_range(const std::string& field, const Json& value, Filter& filter) {
  if (!value.is_array() || value.size() != 2) {
    return invalid(field, "must be two numbers [lowest, highest]; null leaves an end open");
  }
  FIT_TRY(filter.min_price, parse_price(field, value[0]));
  FIT_TRY(filter.max_price, parse_price(field, value[1]));
  if (filter.min_price && filter.max_price && *filter.min_price > *filter.max_price) {
    return invalid(field, "is reversed: the lowest price comes first");
  }
  return {};
}

}  // namespace

Result<Filter> parse_filter(const Json& object) {
  if (!object.is_object()) return invalid("filters", "must be an object");
  Filter filter;
  for (const auto& [name, value] : object.items()) {
    const std::string field = "filters." + name.substr(0, 64);
    if (name == "price_range") {
      FIT_CHECK(parse_price_range(field, value, filter));
    } else if (name == "listed_after") {
      if (!value.is_string()) return invalid(field, "must be a time such as 2026-11-22T12:30:00Z");
      FIT_TRY(filter.listed_after, parse_rfc3339(field, value.get<std::string>()));
    } else if (std::ranges::contains(kListingColumns, name) || store::property_index(name)) {
      FIT_TRY(AnyOf condition, parse_any_of(field, name, value));
      if (name == "status") {
        for (const std::string& status : condition.values) {
          if (!std::ranges::contains(store::kStatuses, status)) {
            return invalid(field, "must be active, reserved, sold or hidden");
          }
        }
      }
      filter.any_of.push_back(std::move(condition));
    } else {
      return invalid(field, "is not a known filter; known are " + known_names());
    }
  }
  return filter;
}

}  // namespace fit::search
