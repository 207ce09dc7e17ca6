#include "search/filter.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/format.h"
#include "domain/filter_columns.h"
#include "text/currency.h"
#include "text/edit_distance.h"

namespace fit::search {
namespace {

constexpr std::size_t kMaxValues = 100;
constexpr std::size_t kMaxValueBytes = 200;
constexpr std::size_t kShownNameBytes = 64;
constexpr std::string_view kRangeForm = "must be two numbers [lowest, highest]; null leaves an end open";

// The name for an error message, truncated between characters of UTF-8.
std::string shown(std::string_view name) {
  std::size_t size = std::min(name.size(), kShownNameBytes);
  while (size > 0 && size < name.size() && (static_cast<unsigned char>(name[size]) & 0xC0U) == 0x80U) --size;
  return std::string(name.substr(0, size));
}

Error unknown_name(std::string field, std::string_view name, std::string_view what,
                   std::span<const std::string_view> known) {
  std::string message = fit::format("is not a known {}", what);
  if (const auto nearest = text::nearest_name(name, known))
    message += fit::format("; did you mean {}?", *nearest);
  message += " Known are ";
  for (std::size_t i = 0; i < known.size(); ++i) message += fit::format("{}{}", i == 0 ? "" : ", ", known[i]);
  return invalid(std::move(field), std::move(message));
}

Result<std::string> text_value(const std::string& field, const Json& value) {
  if (!value.is_string()) return invalid(field, "must be a text or a list of texts");
  auto text = value.get<std::string>();
  if (text.empty()) return invalid(field, "must not be empty");
  if (text.size() > kMaxValueBytes) {
    return invalid(field, fit::format("must be no longer than {} bytes", kMaxValueBytes));
  }
  if (has_control_characters(text)) return invalid(field, "must not have control characters");
  return text;
}

Result<ValueSet> parse_values(const std::string& field, const std::string& name, const Json& value) {
  ValueSet condition{name, {}};
  if (!value.is_array()) {
    FIT_TRY(std::string text, text_value(field, value));
    condition.values.push_back(std::move(text));
  } else {
    if (value.empty()) return invalid(field, "must not be an empty list");
    if (value.size() > kMaxValues) {
      return invalid(field, fit::format("must have at most {} values", kMaxValues));
    }
    for (const Json& element : value) {
      FIT_TRY(std::string text, text_value(field, element));
      condition.values.push_back(std::move(text));
    }
  }
  if (name == "status") {
    for (const std::string& status : condition.values) {
      if (!std::ranges::contains(domain::kStatuses, status) && status != domain::kFlaggedStatus) {
        return invalid(field, "must be active, reserved, sold, hidden, removed or flagged");
      }
    }
  }
  return condition;
}

Result<void> parse_column(const std::string& field, const std::string& name, const Json& value,
                          Filter& filter) {
  if (!value.is_object()) {
    FIT_TRY(ValueSet condition, parse_values(field, name, value));
    filter.any_of.push_back(std::move(condition));
    return {};
  }
  if (value.empty()) return invalid(field, "must have \"any\", \"not\" or both");
  for (const auto& [word, values] : value.items()) {
    if (word != "any" && word != "not") return invalid(field, "may have \"any\" and \"not\" only");
    FIT_TRY(ValueSet condition, parse_values(field, name, values));
    (word == "any" ? filter.any_of : filter.none_of).push_back(std::move(condition));
  }
  return {};
}

Result<std::optional<double>> parse_price(const std::string& field, const Json& value) {
  if (value.is_null()) return std::optional<double>();
  if (!value.is_number()) return invalid(field, std::string(kRangeForm));
  const double price = value.get<double>();
  if (!std::isfinite(price) || price < 0) return invalid(field, "must not be negative");
  return std::optional(price);
}

// Reads a code of three letters in any letter case.
Result<std::string> parse_currency(const std::string& field, std::string code) {
  std::ranges::transform(code, code.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  if (!text::has_code_form(code)) {
    return invalid(field, "must be a currency code of three letters, such as EUR");
  }
  return code;
}

Result<void> parse_price_range(const std::string& field, const Json& value, Filter& filter) {
  domain::PriceRange range;
  if (value.is_object() && !value.empty()) {
    for (const auto& [name, part] : value.items()) {
      if (name == "currency") {
        if (!part.is_string()) return invalid(field, "must have a text as its currency");
        FIT_TRY(range.currency, parse_currency(field, part.get<std::string>()));
        continue;
      }
      if (name != "min" && name != "max")
        return invalid(field, "may have \"min\", \"max\" and \"currency\" only");
      FIT_TRY((name == "min" ? range.min : range.max), parse_price(field, part));
    }
  } else {
    if (!value.is_array() || value.size() != 2) return invalid(field, std::string(kRangeForm));
    FIT_TRY(range.min, parse_price(field, value[0]));
    FIT_TRY(range.max, parse_price(field, value[1]));
  }
  if (range.min && range.max && *range.min > *range.max) {
    return invalid(field, "is reversed: the lowest price comes first");
  }
  if (range.currency.empty()) {
    filter.min_price = range.min;
    filter.max_price = range.max;
    return {};
  }
  if (!range.min && !range.max) return invalid(field, "must have \"min\" or \"max\" beside \"currency\"");
  filter.price_in.push_back(std::move(range));
  return {};
}

Result<std::vector<std::string>> parse_currencies(const std::string& field, const Json& value) {
  FIT_TRY(ValueSet codes, parse_values(field, "currency", value));
  for (std::string& code : codes.values) {
    FIT_TRY(code, parse_currency(field, std::move(code)));
  }
  return std::move(codes.values);
}

}  // namespace

bool has_control_characters(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == 0x7F || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

Result<Filter> parse_filter(const Json& object) {
  if (!object.is_object()) return invalid("filters", "must be an object");
  Filter filter;
  for (const auto& [name, value] : object.items()) {
    const std::string field = "filters." + shown(name);
    if (name == "price_range") {
      FIT_CHECK(parse_price_range(field, value, filter));
    } else if (name == "listed_after") {
      if (!value.is_string()) return invalid(field, "must be a time such as 2026-11-22T12:30:00Z");
      FIT_TRY(filter.listed_after, parse_rfc3339(field, value.get<std::string>()));
    } else if (name == "currency") {
      FIT_TRY(filter.currencies, parse_currencies(field, value));
    } else if (name == "external_id") {
      FIT_TRY(ValueSet ids, parse_values(field, name, value));
      filter.external_ids = std::move(ids.values);
    } else if (domain::text_column(name)) {
      FIT_CHECK(parse_column(field, name, value, filter));
    } else {
      std::vector<std::string_view> known = {"price_range", "currency", "listed_after", "external_id"};
      known.insert(known.end(), domain::kTextColumns.begin(), domain::kTextColumns.end());
      return unknown_name(field, name, "filter", known);
    }
  }
  return filter;
}

Result<std::vector<std::string>> parse_facets(const Json& names) {
  if (!names.is_array()) return invalid("facets", "must be a list of names");
  std::vector<std::string_view> known(domain::kTextColumns.begin(), domain::kTextColumns.end());
  known.emplace_back(domain::kPriceColumn);
  std::vector<std::string> facets;
  for (const Json& element : names) {
    if (!element.is_string()) return invalid("facets", "must be a list of names");
    auto name = element.get<std::string>();
    if (!std::ranges::contains(known, name)) {
      return unknown_name("facets", name, "facet: " + shown(name), known);
    }
    if (std::ranges::contains(facets, name)) return invalid("facets", "has " + name + " twice");
    facets.push_back(std::move(name));
  }
  return facets;
}

}  // namespace fit::search
