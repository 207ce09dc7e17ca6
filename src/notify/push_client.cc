#include "notify/push_client.h"

#include "base/format.h"
#include "net/url.h"
#include "notify/post_limits.h"

namespace fit::notify {
namespace {

constexpr std::chrono::hours kTokenLifetime{12};  // RFC 8292 allows 24
constexpr int kKeptSeconds = 86'400;

}  // namespace

Result<void> PushClient::send(const PushTarget& target, std::string_view text,
                              const std::stop_token& stop) const {
  const auto url = net::parse_url(target.endpoint);
  if (!url) return invalid("endpoint", "is no URL of a push service");
  FIT_TRY(std::string body, encrypt_push(target.keys, text));
  FIT_TRY(const std::string authorization,
          vapid_authorization(key_, url->origin(), subject_, now() + kTokenLifetime));
  FIT_TRY(const auto reply,
          http_.post("endpoint",
                     {.url = target.endpoint,
                      .body = std::move(body),
                      .headers = {"Authorization: " + authorization, "Content-Type: application/octet-stream",
                                  "Content-Encoding: aes128gcm", fit::format("TTL: {}", kKeptSeconds),
                                  "Urgency: normal"}},
                     post_limits(stop)));
  return check_reply("the push service", reply.status);
}

}  // namespace fit::notify
