#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"
#include "search/query.h"

namespace fit::alerts {

using SavedSearchId = Id<struct SavedSearchTag>;
using RecipientId = Id<struct RecipientTag>;
using AlertId = Id<struct AlertTag>;

// What happens to an item.
enum class Event : std::uint8_t {
  kNew,        // "new": it was listed after the search was saved
  kPriceDown,  // "price_down"
  kRestock,    // "restock": it is active again
};
inline constexpr std::array<std::string_view, 3> kEventNames = {"new", "price_down", "restock"};
std::string_view to_string(Event event);
// The event of a stored name; kNew for an unknown one.
Event stored_event(std::string_view name);

// When alerts are delivered.
enum class Schedule : std::uint8_t { kNow, kDaily, kWeekly };
inline constexpr std::array<std::string_view, 3> kScheduleNames = {"now", "daily", "weekly"};

// How alerts reach their recipient.
struct Channel {
  enum class Kind : std::uint8_t { kEmail, kPush, kWebhook, kNtfy };
  Kind kind = Kind::kEmail;
  std::string url = {};  // of a webhook or a topic

  // Returns the channel as it is stored: "email", "push", "webhook URL", "ntfy URL".
  std::string text() const;
  static std::optional<Channel> from_text(std::string_view text);

  friend bool operator==(const Channel&, const Channel&) = default;
};
inline constexpr std::array<std::string_view, 4> kChannelNames = {"email", "push", "webhook", "ntfy"};

// The part of each day, in minutes after midnight, in which nothing is delivered. It may span midnight.
struct QuietHours {
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};
};

// What a person chooses besides the query.
struct AlertOptions {
  std::string name;
  std::optional<double> min_relevance = {};
  std::vector<Event> events = {Event::kNew};
  std::optional<double> max_price = {};
  std::vector<std::string> exclude_words = {};
  std::vector<Channel> channels = {{}};
  Schedule schedule = Schedule::kNow;
  std::string time_zone = "UTC";  // a name of the time zone database
  std::optional<QuietHours> quiet_hours = {};

  bool wants(Event event) const;
};

// Reads the members of a JSON object that name options; those that it does not name stay as they are in
// `options`, and null gives a member its default. kInvalid naming the member for wrong values. `may_post`:
// whether the person may have webhooks and topics, which make this server send requests.
struct OptionsReader {
  AlertOptions& options;
  bool may_post = false;

  // Removes what it has read from `json`.
  Result<void> read(Json& json) const;
};

// The options as the API and the database have them.
Json options_json(const AlertOptions& options);
// Reads what options_json() has written. kDamaged for anything else.
Result<AlertOptions> stored_options(const Json& json);

// A stored search. `query` is what the person asked, without the bytes of the photo.
struct SavedSearch {
  SavedSearchId id;
  RecipientId recipient;
  std::string created_by;  // the id of the principal
  AlertOptions options;
  Json request;         // the query as the client gave it, without the photo
  search::Query query;  // without the photo
  bool has_photo = false;
  std::int64_t revision = 0;
  ItemId after_item;  // items with larger ids are new to it
  bool is_active = true;
  Timestamp created_at = {};
  Timestamp updated_at = {};
  std::string problem = {};  // why it cannot be compared with items, for the person; empty: it can
};

}  // namespace fit::alerts
