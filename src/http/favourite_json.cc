#include "http/favourite_json.h"

namespace fit::http {

Json favourite_list_json(const accounts::FavouriteList& list) {
  Json ids = Json::array();
  for (const accounts::Favourite& one : list.items) ids.push_back(one.item.str());
  return {{"id", std::to_string(list.id)},
          {"tenant", list.tenant},
          {"name", list.name},
          {"created_at", to_rfc3339(list.created_at)},
          {"item_ids", std::move(ids)}};
}

}  // namespace fit::http
