#include "http/saved_search_json.h"

#include "base/json_time.h"
#include "net/url.h"

namespace fit::http {

Json saved_search_json(const alerts::SavedSearch& search, const SavedSearchContext& context) {
  Json json{{"id", search.id.str()}, {"name", search.options.name}, {"query", search.request}};
  json["has_photo"] = search.has_photo;
  json["photo_url"] =
      search.has_photo ? Json("/api/v1/saved-searches/" + search.id.str() + "/photo") : Json(nullptr);
  json.update(alerts::options_json(search.options));
  json["email"] = context.recipient.email.empty() ? Json(nullptr) : Json(context.recipient.email);
  json["is_confirmed"] = context.recipient.takes_mail();
  json["is_active"] = search.is_active;
  json["problem"] = search.problem.empty() ? Json(nullptr) : Json(search.problem);
  json["created_at"] = to_rfc3339(search.created_at);
  json["updated_at"] = to_rfc3339(search.updated_at);
  json["feed_url"] = context.links.feed_url(search);
  json["found"] = context.found.count;
  json["last_found_at"] = time_or_null(context.found.latest);
  return json;
}

Json alert_json(const alerts::Alert& alert, Json item) {
  const auto price = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  const bool is_gone = item.is_null();
  return {{"id", alert.id.str()},
          {"event", alerts::to_string(alert.event)},
          {"item_id", alert.item.str()},
          {"item", std::move(item)},
          {"is_gone", is_gone},
          {"price", price(alert.price)},
          {"old_price", price(alert.old_price)},
          {"currency", alert.currency},
          {"created_at", to_rfc3339(alert.created_at)}};
}

Json push_subscription_json(const alerts::PushSubscription& browser) {
  const auto url = net::parse_url(browser.endpoint);
  return {{"id", std::to_string(browser.id)},
          {"host", url ? url->host : ""},
          {"created_at", to_rfc3339(browser.created_at)}};
}

Json push_device_json(const alerts::PushDevice& device) {
  return {{"id", std::to_string(device.id)}, {"created_at", to_rfc3339(device.created_at)}};
}

}  // namespace fit::http
