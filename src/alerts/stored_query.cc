#include "alerts/stored_query.h"

#include <algorithm>

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

// Which part of the photo is meant; null: the whole.
Json part_json(const search::PhotoPart& part) {
  if (part.box) return {{"box", {part.box->left, part.box->top, part.box->right, part.box->bottom}}};
  if (part.garment) return {{"garment", *part.garment}};
  if (part.is_detected) return {{"detect", true}};
  return nullptr;
}

search::PhotoPart stored_part(JsonReader& reader) {
  search::PhotoPart part;
  auto json = reader.optional_object("part");
  if (!json) return part;
  if (const Json* const box = json->find("box")) {
    const auto is_number = [](const Json& one) { return one.is_number(); };
    if (!box->is_array() || box->size() != 4 || !std::ranges::all_of(*box, is_number)) {
      return reader.fail("part", "is no part of a photo"), part;
    }
    const auto side = [box](std::size_t at) { return (*box)[at].get<double>(); };
    part.box = {.left = side(0), .top = side(1), .right = side(2), .bottom = side(3)};
  }
  if (const auto garment = json->optional_count("garment")) part.garment = static_cast<std::size_t>(*garment);
  part.is_detected = json->find("detect") != nullptr;
  return part;
}

}  // namespace

Json query_json(const search::Query& query) {
  return {{"text", query.text},
          {"item_id", query.item_id ? Json(query.item_id->str()) : Json(nullptr)},
          {"part", part_json(query.part)},
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
  query.part = stored_part(reader);
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
