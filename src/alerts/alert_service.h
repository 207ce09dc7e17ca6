#pragma once

#include <functional>
#include <optional>

#include "alerts/alerts.h"
#include "alerts/deliverer.h"
#include "alerts/matcher.h"
#include "alerts/recipients.h"
#include "alerts/saved_searches.h"
#include "base/background_task.h"

namespace fit::alerts {

// The saved searches and alerts of one catalogue. start() and stop() are for the owner; the rest is
// thread-safe. Borrows its parts.
class AlertService {
 public:
  struct Parts {
    store::Catalogue& store;
    jobs::Queue& queue;
    catalog::ImageFiles files;
    net::HttpClient& http;
    const notify::MailSender* mail = nullptr;  // null: this server sends no mail
    const notify::ApnsClient* apns = nullptr;  // null: this server reaches no devices of Apple
    AccessSource access;
    Log log;
    Metrics& metrics;
    // Called at the start and when the rights of anybody have changed, again each second until it succeeds.
    std::function<Result<void>()> on_access_change = {};
  };
  AlertService(Parts parts, Deliverer::Options options);
  ~AlertService() { stop(); }
  AlertService(const AlertService&) = delete;
  AlertService& operator=(const AlertService&) = delete;

  // Starts to follow the catalogue, for a server. `engine` is that of the active space.
  void start(std::function<EngineLease()> engine);
  void stop() { task_.stop(); }
  // The catalogue was written. Does not block.
  void notify() { task_.wake(); }

  SavedSearches& searches() { return searches_; }
  Recipients& recipients() { return recipients_; }
  Alerts& alerts() { return alerts_; }
  Deliverer& deliverer() { return deliverer_; }
  jobs::Handler handler() { return deliverer_.handler(); }

  // Ends what a link of a message ends: mail of a saved search, or all mail to the address of a recipient.
  // kNotFound for what is gone.
  Result<void> end_search(SavedSearchId search) { return searches_.end_mail(search); }
  Result<void> end_all(RecipientId recipient);
  // Whether whoever has saved a search may still be told what it finds.
  Result<bool> may_receive(const SavedSearch& search);
  // Whether a principal ("user:7") may still search the tenant.
  Result<bool> may_search(const std::string& principal);
  // Confirms an address: its saved searches are compared, and what waits is delivered. kNotFound.
  Result<Recipient> confirm(RecipientId recipient);

 private:
  void follow(const std::stop_token& stop);
  void prune();
  // Removes what users have saved who are removed, when the rights of anybody have changed.
  Result<void> remove_gone_users();

  const Parts parts_;
  SavedSearches searches_;
  Recipients recipients_;
  Alerts alerts_;
  Deliverer deliverer_;
  std::unique_ptr<Matcher> matcher_;            // from start() on
  std::optional<std::int64_t> access_version_;  // at the latest look for users who are removed
  BackgroundTask task_;
};

}  // namespace fit::alerts
