#include "alerts/stored_filter.h"

#include "base/json_reader.h"
#include "base/json_time.h"

namespace fit::alerts {
namespace {

Json sets_json(const std::vector<domain::ValueSet>& sets) {
  Json json = Json::array();
  for (const domain::ValueSet& one : sets) json.push_back({{"column", one.column}, {"values", one.values}});
  return json;
}

Json denied_json(const std::vector<domain::DeniedWord>& words) {
  Json json = Json::array();
  for (const domain::DeniedWord& one : words) {
    json.push_back({{"forms", one.forms}, {"unless", one.unless}, {"names", one.in_names_only}});
  }
  return json;
}

Json number_json(const std::optional<double>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json ranges_json(const std::vector<domain::PriceRange>& ranges) {
  Json json = Json::array();
  for (const domain::PriceRange& one : ranges) {
    json.push_back(
        {{"currency", one.currency}, {"min", number_json(one.min)}, {"max", number_json(one.max)}});
  }
  return json;
}

std::vector<domain::ValueSet> stored_sets(JsonReader& reader, const std::string& key) {
  std::vector<domain::ValueSet> sets;
  for (JsonReader& one : reader.objects(key)) {
    sets.push_back({.column = one.text("column"), .values = one.optional_texts("values")});
  }
  return sets;
}

std::optional<double> stored_number(JsonReader& reader, const std::string& key) {
  const Json* const value = reader.find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    reader.fail(key, "must be a number");
    return std::nullopt;
  }
  return value->get<double>();
}

}  // namespace

Json filter_json(const domain::ItemFilter& filter) {
  return {{"any_of", sets_json(filter.any_of)},
          {"none_of", sets_json(filter.none_of)},
          {"min_price", number_json(filter.min_price)},
          {"max_price", number_json(filter.max_price)},
          {"price_in", ranges_json(filter.price_in)},
          {"listed_after", time_or_null(filter.listed_after)},
          {"currencies", filter.currencies},
          {"external_ids", filter.external_ids},
          {"selects_none", filter.external_ids.empty() && filter.among && filter.among->empty()},
          {"no_words", denied_json(filter.no_words)}};
}

Result<domain::ItemFilter> stored_filter(const Json& json) {
  JsonReader reader(json);
  domain::ItemFilter filter{.any_of = stored_sets(reader, "any_of"),
                            .none_of = stored_sets(reader, "none_of"),
                            .min_price = stored_number(reader, "min_price"),
                            .max_price = stored_number(reader, "max_price")};
  const std::string listed_after = reader.optional_text("listed_after");
  if (reader.find("price_in") != nullptr) {  // filters of older versions have none
    for (JsonReader& one : reader.objects("price_in")) {
      filter.price_in.push_back({.currency = one.text("currency"),
                                 .min = stored_number(one, "min"),
                                 .max = stored_number(one, "max")});
    }
  }
  filter.currencies = reader.optional_texts("currencies");
  filter.external_ids = reader.optional_texts("external_ids");
  if (reader.flag("selects_none")) filter.among.emplace();
  for (JsonReader& one : reader.objects("no_words")) {
    filter.no_words.push_back({.forms = one.optional_texts("forms"),
                               .unless = one.optional_texts("unless"),
                               .in_names_only = one.flag("names")});
  }
  if (!listed_after.empty()) {
    const auto time = parse_rfc3339("listed_after", listed_after);
    if (time) filter.listed_after = *time;
    if (!time) reader.fail("listed_after", "is no time");
  }
  if (const auto read = reader.result(); !read) {
    return Error{ErrorCode::kDamaged, "a stored filter is damaged", {}, read.error().describe()};
  }
  return filter;
}

}  // namespace fit::alerts
