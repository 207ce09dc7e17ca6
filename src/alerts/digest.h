#pragma once

#include <string>
#include <vector>

#include "alerts/alert_links.h"
#include "alerts/alerts.h"
#include "base/json.h"
#include "domain/records.h"
#include "notify/apns_client.h"
#include "notify/mail.h"
#include "notify/ntfy.h"

namespace fit::alerts {

// An alert with its item and the name of the saved search that it is delivered for.
struct Find {
  Alert alert;
  domain::ItemRecord item;
  SavedSearchId search;
  std::string search_name;
};

// "New", "Cheaper" or "Back".
std::string_view event_title(Event event);
// "45.50 EUR", "45 EUR"; empty without a price.
std::string price_text(const std::optional<double>& price, const std::string& currency);

// One message about one or many finds, which are not empty. The newest come first, and a mail shows the first
// kShownFinds.
inline constexpr std::size_t kShownFinds = 30;
class Digest {
 public:
  // `id` is equal for equal finds, so that a message that is sent twice is one for programs that look.
  Digest(std::vector<Find> finds, const AlertLinks& links, std::string id);

  const std::string& id() const { return id_; }
  const std::vector<Find>& finds() const { return finds_; }

  // "New: Denim jacket, 45 EUR" or "3 finds for Denim jackets".
  std::string title() const;
  // Text and HTML with the images of `thumbnails`, which are named image_name(); ends either the one saved
  // search that the finds are of, or all.
  notify::Mail mail(const std::string& to, std::vector<notify::InlineImage> thumbnails) const;
  static std::string image_name(ItemId item) { return "item-" + item.str(); }
  // The JSON of a push message, and of a webhook.
  std::string push_text() const;
  // The message for the app, whose links begin with "findthisfit:".
  notify::ApnsMessage device_message() const;
  std::string webhook_text() const;
  notify::NtfyMessage ntfy(const std::string& topic_url) const;

 private:
  std::string line(const Find& find) const;
  std::string short_body() const;
  std::string html(const std::vector<notify::InlineImage>& thumbnails) const;
  std::string html_footer() const;
  std::string text_footer() const;

  std::vector<Find> finds_;
  const AlertLinks& links_;
  std::string id_;
};

// The message that asks an address to confirm itself.
notify::Mail confirmation_mail(const std::string& to, RecipientId recipient, const AlertLinks& links,
                               Timestamp time);
// A message that shows that a channel works.
notify::Mail test_mail(const std::string& to, RecipientId recipient, const AlertLinks& links);

// A feed of the alerts of a saved search (Atom, RFC 4287), the latest first.
std::string atom_feed(const SavedSearch& search, const std::vector<Find>& finds, const AlertLinks& links);

}  // namespace fit::alerts
