#include "alerts/alert_service.h"

#include "accounts/key_secret.h"

namespace fit::alerts {
namespace {

constexpr std::chrono::seconds kPoll{1};  // for the writes of other processes
constexpr std::chrono::hours kPruneEvery{1};
constexpr std::chrono::days kAlertLifetime{180};
constexpr std::chrono::days kUnconfirmedLifetime{8};  // a link to confirm works for 7

}  // namespace

AlertService::AlertService(Parts parts, Deliverer::Options options)
    : parts_(std::move(parts)),
      searches_(parts_.store.database()),
      recipients_(parts_.store.database()),
      alerts_(parts_.store.database()),
      deliverer_({.store = parts_.store,
                  .recipients = recipients_,
                  .searches = searches_,
                  .alerts = alerts_,
                  .queue = parts_.queue,
                  .files = parts_.files,
                  .http = parts_.http,
                  .mail = parts_.mail,
                  .apns = parts_.apns,
                  .access = parts_.access,
                  .log = parts_.log,
                  .metrics = parts_.metrics},
                 std::move(options)) {}

void AlertService::start(std::function<EngineLease()> engine) {
  matcher_ = std::make_unique<Matcher>(Matcher::Parts{.store = parts_.store,
                                                      .searches = searches_,
                                                      .alerts = alerts_,
                                                      .engine = std::move(engine),
                                                      .access = parts_.access,
                                                      .holder = accounts::make_random_token(),
                                                      .log = parts_.log,
                                                      .metrics = parts_.metrics});
  task_.start([this](const std::stop_token& stop) { follow(stop); });
}

void AlertService::follow(const std::stop_token& stop) {
  auto next_prune = std::chrono::steady_clock::now() + kPruneEvery;
  do {
    if (const auto removed = remove_gone_users(); !removed) {
      parts_.log.error("what removed users have left was not removed", removed.error());
    }
    const auto matched = matcher_->catch_up(stop);
    if (matched && *matched > 0) parts_.queue.announce();
    if (!matched && matched.error().code != ErrorCode::kCancelled) {
      parts_.log.error("saved searches are behind the catalogue", matched.error());
    }
    if (std::chrono::steady_clock::now() < next_prune) continue;
    next_prune = std::chrono::steady_clock::now() + kPruneEvery;
    prune();
  } while (task_.wait_for(kPoll));
}

void AlertService::prune() {
  const Timestamp time = now();
  if (const auto pruned = alerts_.prune(time - kAlertLifetime, time - kUnconfirmedLifetime); !pruned) {
    parts_.log.error("old alerts were not removed", pruned.error());
  }
}

Result<void> AlertService::remove_gone_users() {
  FIT_TRY(const std::int64_t version, parts_.access.version());
  if (access_version_ == version) return {};
  FIT_TRY(const auto users, recipients_.users());
  for (const Recipient& one : users) {
    FIT_TRY(const Access access, parts_.access.access_of(user_owner(one.user_id)));
    if (access != Access::kGone) continue;
    const auto removed = recipients_.remove(one.id);
    if (!removed && removed.error().code != ErrorCode::kNotFound) return removed.error();
  }
  if (parts_.on_access_change) FIT_CHECK(parts_.on_access_change());
  access_version_ = version;
  return {};
}

Result<void> AlertService::end_all(RecipientId recipient) {
  FIT_TRY(const auto all, recipients_.pause_address(recipient, std::string(Recipients::kUnsubscribed)));
  for (const RecipientId one : all) FIT_CHECK(searches_.touch(one));
  return {};
}

Result<bool> AlertService::may_receive(const SavedSearch& search) {
  return may_search(search.created_by);
}

Result<bool> AlertService::may_search(const std::string& principal) {
  FIT_TRY(const Access access, parts_.access.access_of(principal));
  return access == Access::kGranted;
}

Result<Recipient> AlertService::confirm(RecipientId recipient) {
  FIT_TRY(Recipient confirmed, recipients_.confirm(recipient));
  FIT_CHECK(searches_.touch(recipient));
  FIT_CHECK(deliverer_.wake_mail(recipient));
  return confirmed;
}

}  // namespace fit::alerts
