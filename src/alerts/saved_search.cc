#include "alerts/saved_search.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "net/url.h"
#include "notify/ntfy.h"

namespace fit::alerts {
namespace {

constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxWords = 50;
constexpr std::size_t kMaxWordBytes = 100;
constexpr std::size_t kMaxChannels = 5;
constexpr std::size_t kMaxUrlBytes = 1'000;
constexpr double kMaxPrice = 1e12;

// The position of a name in a list; nullopt when it is not there.
template <std::size_t N>
std::optional<std::size_t> position_of(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto* const found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

std::string clock_text(std::chrono::minutes time) {
  return fit::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

std::optional<std::chrono::minutes> parse_clock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':' || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[3]) ||
      !is_digit(text[4])) {
    return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::minutes(hours * 60 + minutes);
}

bool is_time_zone(const std::string& name) {
  try {
    return std::chrono::locate_zone(name) != nullptr;
  } catch (const std::exception&) {  // thrown for an unknown name
    return false;
  }
}

// Reads the member "name" of an object.
Result<void> read_name(const Json& value, AlertOptions& options) {
  const std::string text = value.is_string() ? value.get<std::string>() : std::string();
  const std::string_view name = trim(text);
  const bool has_control =
      std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < ' '; });
  if (name.empty() || name.size() > kMaxNameBytes || has_control || !is_utf8(name)) {
    return invalid("name", "must be a text of 1 to 200 bytes in one line");
  }
  options.name = name;
  return {};
}

Result<std::optional<double>> number_member(const std::string& field, const Json& value, double most) {
  if (value.is_null()) return std::optional<double>();
  const double number = value.is_number() ? value.get<double>() : -1;
  if (!(number >= 0 && number <= most)) {
    return invalid(field, fit::format("must be a number from 0 to {}", most));
  }
  return std::optional(number);
}

Result<void> read_events(const Json& value, AlertOptions& options) {
  const Error error = invalid("events", "must be a list of new, price_down and restock");
  if (value.is_null()) {
    options.events = {Event::kNew};
    return {};
  }
  if (!value.is_array() || value.empty() || value.size() > kEventNames.size()) return error;
  options.events.clear();
  for (const Json& one : value) {
    const auto event = one.is_string() ? position_of(kEventNames, one.get<std::string>()) : std::nullopt;
    if (!event || options.wants(static_cast<Event>(*event))) return error;
    options.events.push_back(static_cast<Event>(*event));
  }
  return {};
}

Result<void> read_words(const Json& value, AlertOptions& options) {
  options.exclude_words.clear();
  if (value.is_null()) return {};
  const Error error = invalid("exclude_words", "must be a list of at most 50 texts of at most 100 bytes");
  if (!value.is_array() || value.size() > kMaxWords) return error;
  for (const Json& one : value) {
    const std::string word = one.is_string() ? std::string(trim(one.get<std::string>())) : std::string();
    if (word.empty() || word.size() > kMaxWordBytes) return error;
    options.exclude_words.push_back(word);
  }
  return {};
}

Result<Channel> read_channel(const std::string& field, const Json& value, bool may_post) {
  if (!value.is_object()) return invalid(field, "must be an object");
  JsonReader reader(value, field);
  Channel channel{
      .kind = static_cast<Channel::Kind>(reader.choice("type", {"email", "push", "webhook", "ntfy"}))};
  const bool has_url = channel.kind == Channel::Kind::kWebhook || channel.kind == Channel::Kind::kNtfy;
  if (has_url) channel.url = reader.text("url");
  FIT_CHECK(reader.finish());
  if (!may_post && channel.kind != Channel::Kind::kEmail) {
    return invalid(field + ".type", "is for signed-in users; others have email and the feed");
  }
  if (!has_url) return channel;
  if (channel.url.size() > kMaxUrlBytes || !net::parse_url(channel.url) || channel.url.contains(' ')) {
    return invalid(field + ".url", "must be an http or https URL");
  }
  if (channel.kind == Channel::Kind::kNtfy) FIT_CHECK(notify::check_topic_url(field + ".url", channel.url));
  return channel;
}

Result<void> read_channels(const Json& value, AlertOptions& options, bool may_post) {
  if (value.is_null()) {
    options.channels = {{}};
    return {};
  }
  if (!value.is_array() || value.size() > kMaxChannels) {
    return invalid("channels", "must be a list of at most 5 channels");
  }
  options.channels.clear();
  for (std::size_t i = 0; i < value.size(); ++i) {
    FIT_TRY(Channel channel, read_channel(fit::format("channels[{}]", i), value[i], may_post));
    if (std::ranges::contains(options.channels, channel)) return invalid("channels", "names a channel twice");
    options.channels.push_back(std::move(channel));
  }
  return {};
}

Result<void> read_quiet_hours(const Json& value, AlertOptions& options) {
  options.quiet_hours.reset();
  if (value.is_null()) return {};
  if (!value.is_object()) return invalid("quiet_hours", "must be an object");
  JsonReader reader(value, "quiet_hours");
  const auto from = parse_clock(reader.text("from"));
  const auto to = parse_clock(reader.text("to"));
  if (reader.ok() && (!from || !to || *from == *to)) {
    reader.fail(from && from == to ? "to" : from ? "to" : "from", "must be another time, such as 07:00");
  }
  FIT_CHECK(reader.finish());
  options.quiet_hours = QuietHours{.from = *from, .to = *to};
  return {};
}

Result<void> read_schedule(const Json& value, AlertOptions& options) {
  const auto schedule = value.is_null()     ? 0
                        : value.is_string() ? position_of(kScheduleNames, value.get<std::string>())
                                            : std::nullopt;
  if (!schedule) return invalid("schedule", "must be now, daily or weekly");
  options.schedule = static_cast<Schedule>(*schedule);
  return {};
}

Result<void> read_time_zone(const Json& value, AlertOptions& options) {
  std::string name = value.is_null() ? "UTC" : value.is_string() ? value.get<std::string>() : "";
  if (name.size() > kMaxWordBytes || !is_time_zone(name)) {
    return invalid("time_zone", "must be a name of the time zone database, such as Europe/Berlin");
  }
  options.time_zone = std::move(name);
  return {};
}

}  // namespace

std::string_view to_string(Event event) {
  return kEventNames.at(static_cast<std::size_t>(event));
}

Event stored_event(std::string_view name) {
  return static_cast<Event>(position_of(kEventNames, name).value_or(0));
}

std::string Channel::text() const {
  std::string name(kChannelNames.at(static_cast<std::size_t>(kind)));
  return url.empty() ? name : name + " " + url;
}

std::optional<Channel> Channel::from_text(std::string_view text) {
  const std::size_t blank = std::min(text.find(' '), text.size());
  const auto kind = position_of(kChannelNames, text.substr(0, blank));
  if (!kind) return std::nullopt;
  return Channel{.kind = static_cast<Kind>(*kind),
                 .url = std::string(text.substr(std::min(blank + 1, text.size())))};
}

bool AlertOptions::wants(Event event) const {
  return std::ranges::contains(events, event);
}

Result<void> OptionsReader::read(Json& json) const {
  const auto take = [&json](const char* name) -> std::optional<Json> {
    const auto found = json.find(name);
    if (found == json.end()) return std::nullopt;
    Json value = *found;
    json.erase(found);
    return value;
  };
  if (const auto value = take("name")) FIT_CHECK(read_name(*value, options));
  if (const auto value = take("min_relevance")) {
    FIT_TRY(options.min_relevance, number_member("min_relevance", *value, 1));
  }
  if (const auto value = take("events")) FIT_CHECK(read_events(*value, options));
  if (const auto value = take("max_price")) {
    FIT_TRY(options.max_price, number_member("max_price", *value, kMaxPrice));
  }
  if (const auto value = take("exclude_words")) FIT_CHECK(read_words(*value, options));
  if (const auto value = take("channels")) FIT_CHECK(read_channels(*value, options, may_post));
  if (const auto value = take("schedule")) FIT_CHECK(read_schedule(*value, options));
  if (const auto value = take("time_zone")) FIT_CHECK(read_time_zone(*value, options));
  if (const auto value = take("quiet_hours")) FIT_CHECK(read_quiet_hours(*value, options));
  return {};
}

Json options_json(const AlertOptions& options) {
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  Json events = Json::array();
  for (const Event event : options.events) events.push_back(to_string(event));
  Json channels = Json::array();
  for (const Channel& channel : options.channels) {
    Json one{{"type", kChannelNames.at(static_cast<std::size_t>(channel.kind))}};
    if (!channel.url.empty()) one["url"] = channel.url;
    channels.push_back(std::move(one));
  }
  Json json{{"name", options.name},
            {"min_relevance", number(options.min_relevance)},
            {"events", std::move(events)},
            {"max_price", number(options.max_price)},
            {"exclude_words", options.exclude_words},
            {"channels", std::move(channels)},
            {"schedule", kScheduleNames.at(static_cast<std::size_t>(options.schedule))},
            {"time_zone", options.time_zone},
            {"quiet_hours", nullptr}};
  if (options.quiet_hours) {
    json["quiet_hours"] = {{"from", clock_text(options.quiet_hours->from)},
                           {"to", clock_text(options.quiet_hours->to)}};
  }
  return json;
}

Result<AlertOptions> stored_options(const Json& json) {
  AlertOptions options;
  Json rest = json;
  if (const auto read = OptionsReader{.options = options, .may_post = true}.read(rest); !read) {
    return Error{ErrorCode::kDamaged, "a saved search is damaged", {}, read.error().describe()};
  }
  return options;
}

}  // namespace fit::alerts
