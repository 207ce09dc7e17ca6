#include "http/search_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/percent_encoding.h"
#include "base/text.h"
#include "http/message.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxHeadValues = 8;
constexpr std::size_t kHeadValueCharacters = 40;
constexpr const char* kPriceRange = "price_range";

// The columns whose values a head shows, in this order.
constexpr auto kShownColumns =
    std::to_array<std::string_view>({"brand", "primary_color", "subcategory", "category", "pattern",
                                     "material", "gender", "size", "condition"});

std::optional<double> amount_of(std::string_view text) {
  double amount = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (failed != std::errc{} || end != text.data() + text.size() || !(amount >= 0)) return std::nullopt;
  return amount;
}

Json amount_or_null(std::string_view text) {
  const auto amount = amount_of(text);
  return amount ? Json(*amount) : Json(nullptr);
}

// "20-60-EUR" of an address.
Json range_of_address(std::string_view text) {
  const std::size_t first = text.find('-');
  if (first == std::string_view::npos) return nullptr;
  const std::string_view rest = text.substr(first + 1);
  const std::size_t second = std::min(rest.find('-'), rest.size());
  Json range{{"min", amount_or_null(text.substr(0, first))}, {"max", amount_or_null(rest.substr(0, second))}};
  if (second < rest.size()) range["currency"] = rest.substr(second + 1);
  return range;
}

// Adds the value, or the values, of a member of filters.
void add_values(const Json& value, std::vector<std::string>& values) {
  if (value.is_array()) {
    for (const Json& one : value) {
      if (values.size() < kMaxHeadValues && one.is_string()) add_values(one, values);
    }
  } else if (value.is_string() && values.size() < kMaxHeadValues) {
    values.push_back(head_text(value.get<std::string>(), kHeadValueCharacters));
  }
}

// "20 – 60 EUR", "– 60"; empty for what is no range of prices.
std::string range_text(const Json& range) {
  const auto bound = [&range](std::size_t index, const char* name) -> std::string {
    const Json value = range.is_array() && index < range.size()    ? range[index]
                       : range.is_object() && range.contains(name) ? range[name]
                                                                   : Json();
    return value.is_number() ? head_price(value.get<double>(), "") : std::string();
  };
  const std::string low = bound(0, "min");
  const std::string high = bound(1, "max");
  if (low.empty() && high.empty()) return {};
  std::string text = low.empty() ? "≤ " + high : high.empty() ? "≥ " + low : low + "–" + high;
  const std::string currency = range.is_object() ? json_text(range, "currency") : std::string();
  return currency.empty() ? text : text + " " + head_text(currency, 3);
}

}  // namespace

Json filters_of_address(std::string_view url_query) {
  Json filters = Json::object();
  for (const auto& [name, value] : query_parameters(url_query)) {
    if (name == "price") {
      filters[kPriceRange] = range_of_address(value);
    } else if (std::ranges::contains(kShownColumns, std::string_view(name)) &&
               filters[name].size() < kMaxHeadValues) {
      filters[name].push_back(value);
    }
  }
  return filters;
}

PageHead search_head(std::string_view words, const Json& filters) {
  std::vector<std::string> values;
  std::string range;
  if (filters.is_object()) {
    for (const std::string_view column : kShownColumns) {
      const auto found = filters.find(std::string(column));
      if (found != filters.end()) add_values(*found, values);
    }
    const auto found = filters.find(kPriceRange);
    if (found != filters.end()) range = range_text(*found);
  }
  std::string chosen;
  for (const std::string& one : values) chosen = joined_head_texts({chosen, one});
  chosen = joined_head_texts({chosen, range});
  PageHead head;
  head.is_for_search_engines = false;
  head.title = trim(words).empty() ? chosen : std::string(words);
  head.description = joined_head_texts({words, chosen});
  return head;
}

PageHead start_head(std::string_view url_query, const HeadSite& site) {
  const std::string words = head_text(query_parameter(url_query, "q").value_or(""), kHeadTitleCharacters);
  PageHead head = search_head(words, filters_of_address(url_query));
  head.is_for_search_engines = head.title.empty();
  head.url = site.origin + "/";
  if (!words.empty()) head.url += "?q=" + percent_encode(words);
  return head;
}

}  // namespace fit::http
