#include "alerts/deliverer.h"

#include <algorithm>
#include <unordered_map>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/json_reader.h"
#include "notify/notification_keys.h"
#include "notify/ntfy.h"
#include "notify/webhook.h"

namespace fit::alerts {
namespace {

constexpr std::size_t kMaxImages = 20;
constexpr std::uint64_t kMaxImageBytes = 200'000;
constexpr std::size_t kConfirmationsPerHour = 3;
constexpr std::string_view kConfirmation = "confirmation";

// What can succeed later is tried again; the queue of all other messages goes on meanwhile.
jobs::ErrorClass class_of_delivery(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kNotFound:
    case ErrorCode::kTooLarge:
      return jobs::ErrorClass::kBadInput;
    default:
      return jobs::ErrorClass::kTransient;
  }
}

// Tried again for hours, as by a worker that has a mail server, and then a dead letter.
Error no_mail() {
  return {ErrorCode::kUnavailable, "this process sends no mail: SMTP_URL is not set", {}, {}};
}

std::string digest_id(const Route& route, const std::vector<DueAlert>& due) {
  std::string text = route.channel;
  for (const DueAlert& one : due) text += " " + one.alert.id.str();
  return sha256_hex(as_bytes(route.recipient.str() + " " + text)).substr(0, 32);
}

}  // namespace

Deliverer::Deliverer(Parts parts, Options options) : parts_(std::move(parts)), options_(std::move(options)) {}

Result<AlertLinks> Deliverer::links() {
  FIT_TRY(std::string key, notify::link_key(parts_.store.database()));
  return AlertLinks(options_.origin, options_.tenant, std::move(key));
}

Result<std::shared_ptr<const notify::PushClient>> Deliverer::push_client() {
  const std::lock_guard lock(mutex_);
  if (push_client_) return push_client_;
  FIT_TRY(const std::string pem,
          notify::notification_key(parts_.store.database(), notify::kVapidKey, notify::make_vapid_pem));
  FIT_TRY(notify::VapidKey key, notify::read_vapid_key(pem));
  const std::string subject = has_mail() ? "mailto:" + parts_.mail->sender().address : options_.origin;
  push_client_ = std::make_shared<const notify::PushClient>(parts_.http, std::move(key), subject);
  return push_client_;
}

std::optional<std::string> Deliverer::apns_topic() const {
  if (parts_.apns == nullptr) return std::nullopt;
  return parts_.apns->topic();
}

Result<std::string> Deliverer::push_key() {
  FIT_TRY(const auto client, push_client());
  return client->public_key();
}

Result<void> Deliverer::ask_to_confirm(const Recipient& recipient) {
  if (!has_mail()) {
    return Error{ErrorCode::kConflict, "this server sends no mail: SMTP_URL is not set", "email", {}};
  }
  FIT_TRY(const auto wait,
          parts_.recipients.take_confirmation_turn(recipient.id, kConfirmationsPerHour, now()));
  if (wait) {
    return Error{
        ErrorCode::kConflict,
        "the address has got several messages with a link to confirm it; use one of them, or try again "
        "in an hour",
        "email",
        {}};
  }
  FIT_CHECK(
      parts_.queue.add({.kind = std::string(kNotifyJob),
                        .payload = dump_json({{"for", kConfirmation}, {"recipient", recipient.id.str()}}),
                        .submitter = "recipient:" + recipient.id.str(),
                        .unique_key = fit::format("{}/{}", kConfirmation, recipient.id.value)}));
  return {};
}

Result<void> Deliverer::wake_mail(RecipientId recipient) {
  FIT_CHECK(parts_.queue.add(delivery_job({.recipient = recipient, .channel = Channel{}.text()}, now())));
  return {};
}

jobs::Handler Deliverer::handler() {
  return {.kind = std::string(kNotifyJob),
          .run = [this](const jobs::Job& job, const std::stop_token& stop) { return run(job, stop); },
          .concurrency = 1,  // servers that stall keep the other workers free
          .classify = class_of_delivery};
}

Result<void> Deliverer::run(const jobs::Job& job, const std::stop_token& stop) {
  FIT_TRY(const Json payload, parse_json("payload", job.payload));
  JsonReader reader(payload);
  const std::string purpose = reader.text("for");
  const std::string recipient_text = reader.text("recipient");
  const std::string channel_text = reader.optional_text("channel");
  FIT_CHECK(reader.finish());
  FIT_TRY(const std::int64_t id, parse_id("recipient", recipient_text));
  auto recipient = parts_.recipients.get(RecipientId{id});
  if (!recipient && recipient.error().code == ErrorCode::kNotFound) return {};  // gone since
  FIT_CHECK(recipient);
  Access access = Access::kGranted;
  if (recipient->user_id != 0) {
    FIT_TRY(access, parts_.access.access_of(user_owner(recipient->user_id)));
  }
  if (access == Access::kGone) {
    auto removed = parts_.recipients.remove(recipient->id);
    if (!removed && removed.error().code == ErrorCode::kNotFound) return {};  // another job was first
    return removed;
  }
  if (purpose == kConfirmation) {
    return access == Access::kGranted ? confirm(*recipient, stop) : Result<void>();
  }
  const auto channel = Channel::from_text(channel_text);
  if (!channel) return invalid("channel", "is no channel");
  return deliver(job, *recipient, *channel, stop);
}

Result<void> Deliverer::confirm(const Recipient& recipient, const std::stop_token& stop) {
  if (recipient.takes_mail()) return {};
  if (!has_mail()) return no_mail();
  FIT_TRY(const AlertLinks links, this->links());
  auto sent = parts_.mail->send(confirmation_mail(recipient.email, recipient.id, links, now()), stop);
  count({}, sent ? "delivered" : "failed");
  if (!sent && sent.error().code == ErrorCode::kNotFound) {
    return parts_.recipients.pause(recipient.id, sent.error().message);
  }
  return sent;
}

Result<void> Deliverer::deliver(const jobs::Job& job, const Recipient& recipient, const Channel& channel,
                                const std::stop_token& stop) {
  const Route route{.recipient = recipient.id, .channel = channel.text()};
  const Timestamp time = now();
  FIT_TRY(const auto due, parts_.alerts.claim(route, {.job = job.id, .instead_of = job.retried_from}, time));
  if (due.empty()) return {};
  if (channel.kind == Channel::Kind::kEmail && (!recipient.takes_mail() || !has_mail())) {
    // What this job has taken is for the job that follows when the address is confirmed, or that finds a mail
    // server.
    FIT_CHECK(parts_.alerts.release(job.id));
    if (!recipient.takes_mail()) return {};
    count(channel, job.attempt >= job.max_attempts ? "failed" : "retried");
    return no_mail();
  }
  if (job.attempt <= 1) {
    FIT_TRY(const auto wait,
            parts_.recipients.take_turn(recipient.id, route.channel, options_.messages_per_hour, time));
    if (wait) {
      count(channel, "postponed");
      return parts_.alerts.postpone(route, job.id, *wait);
    }
  }
  auto sent = deliver_digest(recipient, channel, due, stop);
  // What is over the most for one message is the work of another job.
  if (sent && due.size() == Alerts::kMaxClaimed) return parts_.alerts.postpone(route, job.id, now());
  if (sent || sent.error().code == ErrorCode::kCancelled) return sent;
  const bool is_last =
      job.attempt >= job.max_attempts || class_of_delivery(sent.error()) == jobs::ErrorClass::kBadInput;
  count(channel, is_last ? "failed" : "retried");
  if (!is_last) return sent;
  // An address that its server refuses is paused by now: its alerts wait until it is confirmed again.
  const bool waits = channel.kind == Channel::Kind::kEmail && sent.error().code == ErrorCode::kNotFound;
  FIT_CHECK(waits ? parts_.alerts.release(job.id) : parts_.alerts.end(route, due, "failed", now()));
  return sent;
}

Result<void> Deliverer::deliver_digest(const Recipient& recipient, const Channel& channel,
                                       const std::vector<DueAlert>& due, const std::stop_token& stop) {
  const Route route{.recipient = recipient.id, .channel = channel.text()};
  FIT_TRY(auto finds, finds_of(route, due));
  if (finds.empty()) return {};
  FIT_TRY(const AlertLinks links, this->links());
  const Digest digest(std::move(finds), links, digest_id(route, due));
  const Message message{.mail = [&] { return digest.mail(recipient.email, thumbnails(digest.finds())); },
                        .push = [&] { return digest.push_text(); },
                        .device = [&] { return digest.device_message(); },
                        .webhook = [&] { return digest.webhook_text(); },
                        .ntfy = [&] { return digest.ntfy(channel.url); },
                        .id = digest.id()};
  const auto sent = send(recipient, channel, message, stop);
  if (!sent) {
    const bool is_bounce = channel.kind == Channel::Kind::kEmail && sent.error().code == ErrorCode::kNotFound;
    if (is_bounce) FIT_CHECK(parts_.recipients.pause(recipient.id, sent.error().message));
    return sent.error();
  }
  count(channel, "delivered");
  return parts_.alerts.end(route, due, "delivered", now());
}

Result<std::vector<SavedSearch>> Deliverer::told_searches(RecipientId recipient) {
  FIT_TRY(auto searches, parts_.searches.list(recipient));
  OwnerAccess access(parts_.access);
  std::vector<SavedSearch> told;
  for (SavedSearch& one : searches) {
    FIT_TRY(const bool is_granted, access.is_granted(one.created_by));
    if (is_granted) told.push_back(std::move(one));
  }
  return told;
}

Result<std::vector<Find>> Deliverer::finds_of(const Route& route, const std::vector<DueAlert>& due) {
  std::vector<ItemId> ids;
  for (const DueAlert& one : due) ids.push_back(one.alert.item);
  FIT_TRY(auto items, parts_.store.items().get(ids));
  FIT_TRY(const auto searches, told_searches(route.recipient));
  std::unordered_map<ItemId, domain::ItemRecord> by_id;
  for (domain::ItemRecord& item : items) by_id.emplace(item.id, std::move(item));
  std::vector<Find> finds;
  std::vector<DueAlert> dropped;
  for (const DueAlert& one : due) {
    const auto item = by_id.find(one.alert.item);
    const auto search = std::ranges::find(searches, one.search, &SavedSearch::id);
    const bool is_true = item != by_id.end() && item->second.listing.status != "sold" &&
                         item->second.listing.status != "removed" &&
                         item->second.listing.status != domain::kFlaggedStatus && search != searches.end() &&
                         search->is_active &&
                         std::ranges::contains(search->options.channels, route.channel, &Channel::text);
    if (!is_true) {
      dropped.push_back(one);
      continue;
    }
    finds.push_back({.alert = one.alert,
                     .item = item->second,
                     .search = one.search,
                     .search_name = search->options.name});
  }
  if (!dropped.empty()) FIT_CHECK(parts_.alerts.end(route, dropped, "dropped", now()));
  return finds;
}

Result<std::size_t> Deliverer::send(const Recipient& recipient, const Channel& channel,
                                    const Message& message, const std::stop_token& stop) {
  switch (channel.kind) {
    case Channel::Kind::kEmail:
      FIT_CHECK(parts_.mail->send(message.mail(), stop));
      return std::size_t{1};
    case Channel::Kind::kPush:
      return send_push(recipient.id, message, stop);
    case Channel::Kind::kWebhook:
      FIT_CHECK(notify::send_webhook(parts_.http,
                                     {.url = channel.url, .id = message.id, .body = message.webhook()},
                                     recipient.webhook_secret, stop));
      return std::size_t{1};
    case Channel::Kind::kNtfy:
      FIT_CHECK(notify::send_ntfy(parts_.http, message.ntfy(), stop));
      return std::size_t{1};
  }
  return internal("the message has no channel", {});
}

// Success when one browser or device at least has got the message, and when there is none any more.
Result<std::size_t> Deliverer::send_push(RecipientId recipient, const Message& message,
                                         const std::stop_token& stop) {
  Tally tally;
  FIT_CHECK(send_to_browsers(recipient, message.push(), tally, stop));
  if (parts_.apns != nullptr) FIT_CHECK(send_to_devices(recipient, message.device(), tally, stop));
  if (tally.sent == 0 && tally.failure) return *std::move(tally.failure);
  return tally.sent;
}

Result<void> Deliverer::send_to_browsers(RecipientId recipient, const std::string& text, Tally& tally,
                                         const std::stop_token& stop) {
  FIT_TRY(const auto client, push_client());
  FIT_TRY(const auto browsers, parts_.recipients.browsers(recipient));
  for (const PushSubscription& browser : browsers) {
    const auto done = client->send(browser, text, stop);
    if (done) {
      ++tally.sent;
    } else if (done.error().code == ErrorCode::kNotFound) {
      const auto removed = parts_.recipients.remove_browser(recipient, browser.id);
      if (!removed && removed.error().code != ErrorCode::kNotFound) return removed.error();
    } else {
      tally.failure = done.error();
    }
  }
  return {};
}

Result<void> Deliverer::send_to_devices(RecipientId recipient, const notify::ApnsMessage& message,
                                        Tally& tally, const std::stop_token& stop) {
  FIT_TRY(const auto devices, parts_.recipients.devices(recipient));
  for (const PushDevice& device : devices) {
    const auto done = parts_.apns->send(device.token, message, stop);
    if (done) {
      ++tally.sent;
    } else if (done.error().code == ErrorCode::kNotFound) {
      const auto removed = parts_.recipients.remove_device(recipient, device.id);
      if (!removed && removed.error().code != ErrorCode::kNotFound) return removed.error();
    } else {
      tally.failure = done.error();
    }
  }
  return {};
}

std::vector<notify::InlineImage> Deliverer::thumbnails(const std::vector<Find>& finds) const {
  std::vector<notify::InlineImage> images;
  for (const Find& find : finds) {
    const std::string name = Digest::image_name(find.item.id);
    if (images.size() == kMaxImages) break;
    if (find.item.images.empty() || std::ranges::contains(images, name, &notify::InlineImage::name)) continue;
    auto file = parts_.files.open_thumbnail(find.item.images.front().sha256);
    if (!file) continue;  // the message is as good without
    if (!file->path.empty()) {
      auto read = read_file(file->path, kMaxImageBytes);
      if (!read) continue;
      file->content = *std::move(read);
    }
    if (file->content.empty() || file->content.size() > kMaxImageBytes) continue;
    images.push_back({.name = name, .mime_type = file->mime_type, .content = std::move(file->content)});
  }
  return images;
}

Result<std::size_t> Deliverer::test(const Recipient& recipient, const Channel& channel,
                                    const std::stop_token& stop) {
  const auto refused = [](std::string message) {
    return Error{ErrorCode::kConflict, std::move(message), "channel", {}};
  };
  if (channel.kind == Channel::Kind::kEmail) {
    if (!has_mail()) return refused("this server sends no mail: SMTP_URL is not set");
    if (!recipient.confirmed_at) return refused("the address is not confirmed yet");
    if (recipient.paused_at) return refused("the address is paused: " + recipient.pause_reason);
  }
  FIT_TRY(const auto wait,
          parts_.recipients.take_turn(recipient.id, channel.text(), options_.messages_per_hour, now()));
  if (wait) return refused("has got as many messages as it may in an hour; try again later");
  FIT_TRY(const AlertLinks links, this->links());
  const std::string title = "Alerts reach you";
  const std::string text = "This is the test message that you have asked for.";
  const Json note{{"title", title}, {"body", text}, {"url", links.searches_page()}, {"tag", "test"}};
  const std::string id = sha256_hex(as_bytes(recipient.id.str() + to_rfc3339(now()))).substr(0, 32);
  const Message message{
      .mail = [&] { return test_mail(recipient.email, recipient.id, links); },
      .push = [&] { return dump_json(note); },
      .device = [&] { return notify::ApnsMessage{.title = title, .text = text, .id = id}; },
      .webhook = [&] { return dump_json({{"type", "test"}, {"id", id}, {"alerts", Json::array()}}); },
      .ntfy = [&] { return notify::NtfyMessage{.topic_url = channel.url, .title = title, .text = text}; },
      .id = id};
  FIT_TRY(const std::size_t sent, send(recipient, channel, message, stop));
  if (sent == 0) return refused("there is neither a browser nor a device that takes push messages");
  return sent;
}

void Deliverer::count(const Channel& channel, std::string_view outcome) {
  parts_.metrics
      .counter("fit_notifications_total", "Messages by channel and outcome",
               {{"channel", std::string(kChannelNames.at(static_cast<std::size_t>(channel.kind)))},
                {"outcome", std::string(outcome)}})
      .add();
}

}  // namespace fit::alerts
