#include "notify/signed_link.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "accounts/url_base64.h"
#include "base/format.h"
#include "notify/mac.h"

namespace fit::notify {
namespace {

constexpr std::array<std::string_view, 4> kActionNames = {"confirm", "search", "all", "feed"};
constexpr std::size_t kMaxTokenBytes = 400;

Error no_such_link() {
  return not_found("the link is wrong or has expired");
}

std::string signed_text(const SignedLink& link) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(link.expires_at.time_since_epoch());
  return fit::format("{}.{}.{}.{}", kActionNames.at(static_cast<std::size_t>(link.action)), link.tenant,
                     link.id, seconds.count());
}

std::optional<std::int64_t> link_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

std::string write_token(const SignedLink& link, std::string_view key) {
  const std::string text = signed_text(link);
  return text + "." + accounts::url_base64(hmac_sha256(key, text));
}

Result<SignedLink> parse_token(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return no_such_link();
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= token.size();) {
    const std::size_t end = std::min(token.find('.', at), token.size());
    parts.push_back(token.substr(at, end - at));
    at = end + 1;
  }
  if (parts.size() != 5) return no_such_link();
  const auto* const action = std::ranges::find(kActionNames, parts[0]);
  const auto id = link_number(parts[2]);
  const auto expires = link_number(parts[3]);
  constexpr std::int64_t kFarFuture = 100'000'000'000;  // in seconds
  if (action == kActionNames.end() || !id || !expires || *expires > kFarFuture) return no_such_link();
  return SignedLink{.action = static_cast<LinkAction>(action - kActionNames.begin()),
                    .tenant = std::string(parts[1]),
                    .id = *id,
                    .expires_at = Timestamp(std::chrono::seconds(*expires))};
}

Result<void> check_token(std::string_view token, std::string_view key, LinkAction action, LinkAction other,
                         Timestamp time) {
  FIT_TRY(const SignedLink link, parse_token(token));
  const bool is_signed = equal_secrets(token, write_token(link, key));
  const bool is_over = link.expires_at != Timestamp{} && link.expires_at <= time;
  if (!is_signed || is_over || (link.action != action && link.action != other)) return no_such_link();
  return {};
}

}  // namespace fit::notify
