#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "alerts/alert_links.h"
#include "alerts/alerts.h"
#include "alerts/digest.h"
#include "alerts/owner_access.h"
#include "alerts/recipients.h"
#include "alerts/saved_searches.h"
#include "base/log.h"
#include "base/metrics.h"
#include "catalog/image_files.h"
#include "jobs/handler.h"
#include "jobs/queue.h"
#include "net/http_client.h"
#include "notify/apns_client.h"
#include "notify/mail_sender.h"
#include "notify/push_client.h"
#include "store/catalogue.h"

namespace fit::alerts {

// Delivers alerts by the jobs of the queue "notify". What is due for a recipient by a channel becomes one
// message, and counts as delivered after the other side has accepted it. A message is sent again only if this
// program ends between the acceptance and the note of it; both have the same id then. Alerts of callers who
// may not search any more are dropped. Where this server sends no mail, jobs that would send some fail and
// their alerts wait. Thread-safe; calls block.
class Deliverer {
 public:
  struct Parts {
    store::Catalogue& store;
    Recipients& recipients;
    SavedSearches& searches;
    Alerts& alerts;
    jobs::Queue& queue;
    catalog::ImageFiles files;  // for thumbnails
    net::HttpClient& http;
    const notify::MailSender* mail = nullptr;  // null: this server sends no mail
    const notify::ApnsClient* apns = nullptr;  // null: this server reaches no devices of Apple
    AccessSource access;
    Log log;
    Metrics& metrics;
  };
  struct Options {
    std::string origin;  // of this server, for people: "https://fit.example"
    std::string tenant;
    std::size_t messages_per_hour = 20;  // to a recipient by a channel
  };
  Deliverer(Parts parts, Options options);

  bool has_mail() const { return parts_.mail != nullptr; }
  // The app whose devices get messages; nullopt: none.
  std::optional<std::string> apns_topic() const;
  // The errors of notify::link_key().
  Result<AlertLinks> links();
  // The key that browsers subscribe with.
  Result<std::string> push_key();

  // Asks a recipient to confirm their address, by a job. kConflict without mail, and for the fourth message
  // within an hour.
  Result<void> ask_to_confirm(const Recipient& recipient);
  // Delivers what was found for a recipient who can get mail from now on.
  Result<void> wake_mail(RecipientId recipient);

  // Sends a test message at once. Returns the number of messages. kConflict for a channel that cannot get any
  // (an address that is not confirmed, neither browser nor device, no mail) and over the rate limit; the
  // errors of the channel.
  Result<std::size_t> test(const Recipient& recipient, const Channel& channel, const std::stop_token& stop);

  jobs::Handler handler();

 private:
  // A message in the forms of the channels.
  struct Message {
    std::function<notify::Mail()> mail;
    std::function<std::string()> push;
    std::function<notify::ApnsMessage()> device;
    std::function<std::string()> webhook;
    std::function<notify::NtfyMessage()> ntfy;
    std::string id;
  };
  // What became of one message to several places.
  struct Tally {
    std::size_t sent = 0;
    std::optional<Error> failure = {};
  };

  Result<void> run(const jobs::Job& job, const std::stop_token& stop);
  Result<void> confirm(const Recipient& recipient, const std::stop_token& stop);
  Result<void> deliver(const jobs::Job& job, const Recipient& recipient, const Channel& channel,
                       const std::stop_token& stop);
  Result<void> deliver_digest(const Recipient& recipient, const Channel& channel,
                              const std::vector<DueAlert>& due, const std::stop_token& stop);
  // The searches of a recipient whose owners may still be told.
  Result<std::vector<SavedSearch>> told_searches(RecipientId recipient);
  // The finds that are still true; the others are dropped.
  Result<std::vector<Find>> finds_of(const Route& route, const std::vector<DueAlert>& due);
  Result<std::size_t> send(const Recipient& recipient, const Channel& channel, const Message& message,
                           const std::stop_token& stop);
  // Adds what became of a message to the browsers, and to the devices, of a recipient.
  Result<void> send_to_browsers(RecipientId recipient, const std::string& text, Tally& tally,
                                const std::stop_token& stop);
  Result<void> send_to_devices(RecipientId recipient, const notify::ApnsMessage& message, Tally& tally,
                               const std::stop_token& stop);
  Result<std::size_t> send_push(RecipientId recipient, const Message& message, const std::stop_token& stop);
  std::vector<notify::InlineImage> thumbnails(const std::vector<Find>& finds) const;
  Result<std::shared_ptr<const notify::PushClient>> push_client();
  void count(const Channel& channel, std::string_view outcome);

  const Parts parts_;
  const Options options_;
  std::mutex mutex_;
  std::shared_ptr<const notify::PushClient> push_client_;  // made at its first use
};

}  // namespace fit::alerts
