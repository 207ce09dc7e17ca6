#pragma once

#include <string>

#include "alerts/saved_search.h"
#include "base/clock.h"
#include "domain/records.h"
#include "notify/signed_link.h"

namespace fit::alerts {

// The addresses in messages about one catalogue's alerts. A value type.
class AlertLinks {
 public:
  // `origin` is the address of the server for people; `key` signs links (notify/notification_keys.h).
  AlertLinks(std::string origin, std::string tenant, std::string key)
      : origin_(std::move(origin)), tenant_(std::move(tenant)), key_(std::move(key)) {}

  const std::string& tenant() const { return tenant_; }
  const std::string& key() const { return key_; }

  // Pages of the app, which take the token from the fragment: "/alerts/confirm#token=..." works for a week.
  std::string confirm_page(RecipientId recipient, Timestamp time) const;
  std::string end_search_page(SavedSearchId search) const;
  std::string end_all_page(RecipientId recipient) const;
  // Addresses that take the POST of a mail program (RFC 8058).
  std::string end_search_url(SavedSearchId search) const;
  std::string end_all_url(RecipientId recipient) const;
  // The feed of a saved search, with its token.
  std::string feed_url(const SavedSearch& search) const;
  // The page of an item in the app, and the listing itself where it has an address.
  std::string item_page(ItemId item) const;
  std::string listing_url(const domain::ItemRecord& item) const;
  std::string searches_page() const { return origin_ + "/saved-searches" + tenant_query("?"); }

 private:
  std::string token(notify::LinkAction action, std::int64_t id, Timestamp expires_at = {}) const;
  std::string tenant_query(std::string_view before) const;

  std::string origin_;
  std::string tenant_;
  std::string key_;
};

}  // namespace fit::alerts
