#include "notify/apns_client.h"

#include <algorithm>

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "notify/post_limits.h"
#include "notify/web_push_crypto.h"

namespace fit::notify {
namespace {

constexpr std::size_t kMinTokenDigits = 64;
constexpr std::size_t kMaxTokenDigits = 200;
constexpr std::size_t kMaxPayloadBytes = 4'096;
constexpr std::size_t kMaxIdBytes = 64;
using HalfHours = std::chrono::duration<std::int64_t, std::ratio<1'800>>;
constexpr std::chrono::hours kKept{24};

std::int64_t seconds_of(Timestamp time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// The body of a message. A text that is too long loses its end.
std::string payload_of(const ApnsMessage& message) {
  std::string_view text = message.text;
  for (;;) {
    Json payload{{"aps", {{"alert", {{"title", message.title}, {"body", text}}}, {"sound", "default"}}}};
    if (!message.url.empty()) payload["url"] = message.url;
    std::string written = dump_json(payload);
    if (written.size() <= kMaxPayloadBytes || text.empty()) return written;
    text = utf8_prefix(text, text.size() / 2);
  }
}

// The reason of a refusal, such as "BadDeviceToken"; empty when there is none.
std::string reason_of(const net::HttpReply& reply) {
  const auto body = parse_json("body", as_text(reply.body));
  if (!body || !body->is_object()) return {};
  const auto reason = body->find("reason");
  return reason != body->end() && reason->is_string() ? reason->get<std::string>() : std::string();
}

// A token of another topic or a key that was revoked is a wrong setting of this server: the device stays, and
// the message is tried again until somebody has corrected it.
Result<void> check_status(int status, const std::string& reason) {
  if (status == 200) return {};
  const std::string what = fit::format("Apple's push service refuses the message ({}{}{})", status,
                                       reason.empty() ? "" : " ", utf8_prefix(reason, 60));
  if (status == 410 || reason == "BadDeviceToken") return not_found(what);
  const bool is_setting = status == 403 || reason == "DeviceTokenNotForTopic" || reason == "BadTopic" ||
                          reason == "TopicDisallowed";
  const bool may_pass = is_setting || status < 400 || status >= 500 || status == 429;
  return Error{may_pass ? ErrorCode::kBadGateway : ErrorCode::kInvalid, what, {}, {}};
}

}  // namespace

Result<void> check_device_token(const std::string& field, std::string_view token) {
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  if (token.size() < kMinTokenDigits || token.size() > kMaxTokenDigits || token.size() % 2 != 0 ||
      !std::ranges::all_of(token, is_hex)) {
    return invalid(field, "must be a device token in hexadecimal digits");
  }
  return {};
}

Result<std::string> ApnsClient::provider_token() const {
  const std::lock_guard lock(mutex_);
  const Timestamp issued_at = std::chrono::floor<HalfHours>(now());
  if (token_ && token_->issued_at == issued_at) return token_->text;
  const Json head{{"alg", "ES256"}, {"kid", options_.key_id}};
  const Json claims{{"iss", options_.team_id}, {"iat", seconds_of(issued_at)}};
  FIT_TRY(std::string text, sign_token(options_.private_pem, dump_json(head), dump_json(claims)));
  token_ = ProviderToken{.text = text, .issued_at = issued_at};
  return text;
}

Result<void> ApnsClient::send(const std::string& device_token, const ApnsMessage& message,
                              const std::stop_token& stop) const {
  FIT_CHECK(check_device_token("token", device_token));
  FIT_TRY(const std::string token, provider_token());
  const std::string body = payload_of(message);
  std::vector<std::string> headers = {"authorization: bearer " + token,
                                      "content-type: application/json",
                                      "apns-topic: " + options_.topic,
                                      "apns-push-type: alert",
                                      "apns-priority: 10",
                                      fit::format("apns-expiration: {}", seconds_of(now() + kKept))};
  if (!message.id.empty()) headers.push_back("apns-collapse-id: " + message.id.substr(0, kMaxIdBytes));
  FIT_TRY(const auto reply, http_.send("url",
                                       {.method = "POST",
                                        .url = options_.url + "/3/device/" + device_token,
                                        .headers = std::move(headers),
                                        .body = as_bytes(body)},
                                       post_limits(stop)));
  return check_status(reply.status, reply.status == 200 ? "" : reason_of(reply));
}

}  // namespace fit::notify
