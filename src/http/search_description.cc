#include "http/search_description.h"

#include "base/json.h"
#include "base/text.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxTextBytes = 1000;
constexpr std::size_t kMaxFilterBytes = 2000;

Json ids_of(const std::vector<ItemId>& items) {
  Json list = Json::array();
  for (const ItemId item : items) list.push_back(item.str());
  return list;
}

}  // namespace

std::string describe_search(const SearchRequest& request) {
  const search::Query& query = request.query;
  Json described = Json::object();
  if (!query.text.empty()) {
    const std::string_view text = query.text;
    described["text"] = text.size() <= kMaxTextBytes ? text : utf8_prefix(text, kMaxTextBytes);
  }
  if (!request.filters.empty() && request.filters.size() <= kMaxFilterBytes) {
    if (auto filters = parse_json("filters", request.filters)) described["filters"] = *std::move(filters);
  }
  if (query.item_id) described["item_id"] = query.item_id->str();
  if (!query.like.empty()) described["like"] = ids_of(query.like);
  if (!query.unlike.empty()) described["unlike"] = ids_of(query.unlike);
  if (!request.tenants.empty()) described["tenants"] = request.tenants;
  if (!request.item_tenant.empty()) described["item_tenant"] = request.item_tenant;
  if (query.has_photo() || !request.image_url.empty()) described["has_photo"] = true;
  return dump_json(described);
}

}  // namespace fit::http
