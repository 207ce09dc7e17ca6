#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/saved_search.h"
#include "base/clock.h"
#include "base/result.h"
#include "notify/push_client.h"
#include "sql/database.h"

namespace fit::alerts {

// Who gets alerts: a user of the server, or an address without an account.
struct Recipient {
  RecipientId id;
  std::int64_t user_id = 0;  // 0: no user
  std::string email;
  std::optional<Timestamp> confirmed_at = {};
  std::optional<Timestamp> paused_at = {};  // since when no mail is sent
  std::string pause_reason = {};
  std::string webhook_secret = {};
  Timestamp created_at = {};

  // Whether mail may be sent.
  bool takes_mail() const { return confirmed_at && !paused_at; }
};

// A browser that takes push messages.
struct PushSubscription : notify::PushTarget {
  std::int64_t id = 0;
  Timestamp created_at = {};
};

// A device of Apple on which the app takes push messages.
struct PushDevice {
  std::int64_t id = 0;
  std::string token;  // hexadecimal, as the device has it from Apple
  Timestamp created_at = {};
};

// The recipients of one catalogue's alerts. Thread-safe; calls block. Errors besides those named: as for
// sql::Database.
class Recipients {
 public:
  static constexpr std::size_t kMaxBrowsers = 20;    // and devices of a recipient
  static constexpr std::size_t kMaxOfAddress = 200;  // recipients with one address
  // The reason of a pause by a link of a message.
  static constexpr std::string_view kUnsubscribed = "unsubscribed";

  explicit Recipients(sql::Database& database) : database_(database) {}

  // The recipient of a user; made at the first call.
  Result<Recipient> of_user(std::int64_t user, const std::string& email);
  // The recipient of an address, as accounts::parse_email() returns it, that a caller has given; made at the
  // first call. What has confirmed an address for one caller says nothing about another; whoever has ended
  // all messages to it has ended them for all. `owner` is the id of the principal. kConflict at
  // kMaxOfAddress.
  Result<Recipient> of_address(const std::string& email, const std::string& owner);
  // The recipient of a principal who has given no address, and reads feeds only.
  Result<Recipient> of_principal(const std::string& principal);
  // nullopt for a user who has never been one.
  Result<std::optional<Recipient>> find_user(std::int64_t user);
  // kNotFound.
  Result<Recipient> get(RecipientId id);
  // Lists all recipients that are users.
  Result<std::vector<Recipient>> users();

  // Confirms the address, and ends a pause: whoever confirms wants the mail. kNotFound.
  Result<Recipient> confirm(RecipientId id);
  // Stops mail to the recipient until they confirm the address again. kNotFound.
  Result<void> pause(RecipientId id, const std::string& reason);
  // Pauses all recipients of the address, whoever has given it, and returns their ids. Those that are paused
  // already keep their reason, except this one. kNotFound.
  Result<std::vector<RecipientId>> pause_address(RecipientId id, const std::string& reason);
  // Removes the recipient with its saved searches and alerts. kNotFound.
  Result<void> remove(RecipientId id);

  // Adds a browser; one with the same endpoint moves to this recipient. kConflict at kMaxBrowsers.
  Result<PushSubscription> add_browser(RecipientId id, const notify::PushTarget& target);
  Result<std::vector<PushSubscription>> browsers(RecipientId id);
  // kNotFound.
  Result<void> remove_browser(RecipientId id, std::int64_t browser);

  // Adds a device, whose token is as notify::check_device_token() wants it. One that is there already keeps
  // its id; that of another recipient moves to this one. kConflict at kMaxBrowsers.
  Result<PushDevice> add_device(RecipientId id, const std::string& token);
  Result<std::vector<PushDevice>> devices(RecipientId id);
  // kNotFound.
  Result<void> remove_device(RecipientId id, std::int64_t device);

  // Counts a message to the recipient by a channel, and returns when the next one may be sent where there
  // were `limit` in the last hour; nullopt: this one may. A message that may not be sent is not counted.
  Result<std::optional<Timestamp>> take_turn(RecipientId id, const std::string& channel, std::size_t limit,
                                             Timestamp time);
  // Counts a message that asks to confirm an address, over all recipients of the address; otherwise as
  // take_turn().
  Result<std::optional<Timestamp>> take_confirmation_turn(RecipientId id, std::size_t limit, Timestamp time);

 private:
  // `whose` selects the recipients whose messages count together, by the parameter $1.
  Result<std::optional<Timestamp>> count_message(RecipientId id, const std::string& channel,
                                                 std::string_view whose, std::size_t limit, Timestamp time);
  Result<Recipient> ensure(const std::string& identity, std::int64_t user, const std::string& email);

  sql::Database& database_;
};

}  // namespace fit::alerts
