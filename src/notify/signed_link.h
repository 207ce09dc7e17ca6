#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace fit::notify {

// What a link of a message does.
enum class LinkAction : std::uint8_t {
  kConfirm,    // "confirm": confirms the address of a recipient
  kEndSearch,  // "search": ends the messages of a saved search
  kEndAll,     // "all": ends all messages to a recipient
  kFeed,       // "feed": reads the feed of a saved search
};

// A link that whoever has it may follow. `id` is that of the recipient or of the saved search.
struct SignedLink {
  LinkAction action = LinkAction::kConfirm;
  std::string tenant;
  std::int64_t id = 0;
  Timestamp expires_at = {};  // the epoch: never
};

// Writes "confirm.TENANT.ID.EXPIRES.MAC": the link in clear text and its HMAC-SHA256 by the secret of the
// tenant's catalogue, so that nothing is stored for a link.
std::string write_token(const SignedLink& link, std::string_view key);

// The link of a token, unchecked: it tells whose key checks it. kNotFound for a text of another form.
Result<SignedLink> parse_token(std::string_view token);

// kNotFound, with one message for all causes, unless the token is signed by the key, does one of the two
// actions, and has not expired.
Result<void> check_token(std::string_view token, std::string_view key, LinkAction action, LinkAction other,
                         Timestamp time);

}  // namespace fit::notify
