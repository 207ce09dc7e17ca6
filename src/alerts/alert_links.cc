#include "alerts/alert_links.h"

#include "accounts/tenants.h"
#include "base/percent_encoding.h"
#include "net/url.h"

namespace fit::alerts {
namespace {

using notify::LinkAction;

constexpr std::chrono::days kConfirmTime{7};
constexpr std::string_view kUnsubscribe = "/api/v1/notifications/unsubscribe?token=";

}  // namespace

std::string AlertLinks::token(LinkAction action, std::int64_t id, Timestamp expires_at) const {
  return notify::write_token({.action = action, .tenant = tenant_, .id = id, .expires_at = expires_at}, key_);
}

std::string AlertLinks::tenant_query(std::string_view before) const {
  if (tenant_ == accounts::kDefaultTenant) return {};
  return std::string(before) + "tenant=" + percent_encode(tenant_);
}

std::string AlertLinks::confirm_page(RecipientId recipient, Timestamp time) const {
  const auto expires = std::chrono::ceil<std::chrono::seconds>(time + kConfirmTime);
  return origin_ + "/alerts/confirm#token=" + token(LinkAction::kConfirm, recipient.value, expires);
}

std::string AlertLinks::end_search_page(SavedSearchId search) const {
  return origin_ + "/unsubscribe#token=" + token(LinkAction::kEndSearch, search.value);
}

std::string AlertLinks::end_all_page(RecipientId recipient) const {
  return origin_ + "/unsubscribe#token=" + token(LinkAction::kEndAll, recipient.value);
}

std::string AlertLinks::end_search_url(SavedSearchId search) const {
  return origin_ + std::string(kUnsubscribe) + token(LinkAction::kEndSearch, search.value);
}

std::string AlertLinks::end_all_url(RecipientId recipient) const {
  return origin_ + std::string(kUnsubscribe) + token(LinkAction::kEndAll, recipient.value);
}

std::string AlertLinks::feed_url(const SavedSearch& search) const {
  return origin_ + "/api/v1/saved-searches/" + search.id.str() +
         "/feed.xml?token=" + token(LinkAction::kFeed, search.id.value);
}

std::string AlertLinks::item_page(ItemId item) const {
  return origin_ + "/items/" + item.str() + tenant_query("?");
}

std::string AlertLinks::listing_url(const domain::ItemRecord& item) const {
  return net::parse_url(item.listing.url) ? item.listing.url : item_page(item.id);
}

}  // namespace fit::alerts
