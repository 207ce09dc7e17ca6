#include "alerts/stored_query.h"

#include "alerts/stored_filter.h"
#include "base/json_reader.h"

namespace fit::alerts {
namespace {

Json ids_json(const std::vector<ItemId>& items) {
  Json json = Json::array();
  for (const ItemId item : items) json.push_back(item.str());
  return json;
}

std::vector<ItemId> stored_ids(JsonReader& reader, const std::string& key) {
  std::vector<ItemId> items;
  for (const std::string& text : reader.optional_texts(key)) {
    const auto id = parse_id(key, text);
    if (!id) {
      reader.fail(key, "is no list of ids");
      return {};
    }
    items.push_back(ItemId{*id});
  }
  return items;
}

Json bound_json(const std::optional<double>& number) {
  return number ? Json(*number) : Json(nullptr);
}

std::optional<double> stored_bound(JsonReader& reader, const std::string& key) {
  const Json* const value = reader.find(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

}  // namespace

Json query_json(const search::Query& query) {
  return {{"text", query.text},
          {"item_id", query.item_id ? Json(query.item_id->str()) : Json(nullptr)},
          {"like", ids_json(query.like)},
          {"unlike", ids_json(query.unlike)},
          {"filter", filter_json(query.filter)},
          {"required", query.required.empty() ? Json(nullptr) : filter_json(query.required)},
          {"min_similarity", bound_json(query.min_similarity)},
          {"min_relevance", bound_json(query.min_relevance)},
          {"close_only", query.close_only},
          {"browse", query.browse}};
}

Result<search::Query> stored_query(const Json& json) {
  JsonReader reader(json);
  search::Query query;
  query.text = reader.optional_text("text");
  if (const std::string id = reader.optional_text("item_id"); !id.empty()) {
    FIT_TRY(const std::int64_t number, parse_id("item_id", id));
    query.item_id = ItemId{number};
  }
  query.like = stored_ids(reader, "like");
  query.unlike = stored_ids(reader, "unlike");
  query.min_similarity = stored_bound(reader, "min_similarity");
  query.min_relevance = stored_bound(reader, "min_relevance");
  query.close_only = reader.flag("close_only");
  query.browse = reader.flag("browse");
  const Json* const filter = reader.require("filter");
  const Json* const required = reader.find("required");
  if (const auto read = reader.result(); !read) {
    return Error{ErrorCode::kDamaged, "a stored query is damaged", {}, read.error().describe()};
  }
  FIT_TRY(query.filter, stored_filter(*filter));
  if (required != nullptr) {
    FIT_TRY(query.required, stored_filter(*required));
  }
  return query;
}

}  // namespace fit::alerts
