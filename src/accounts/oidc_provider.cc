#include "accounts/oidc_provider.h"

#include <algorithm>

#include "accounts/url_base64.h"
#include "base/base64.h"
#include "base/json_reader.h"
#include "base/percent_encoding.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::chrono::hours kFresh{1};
constexpr std::chrono::hours kUsable{24};
constexpr std::chrono::seconds kBetweenAttempts{5};  // after one that failed
constexpr std::chrono::minutes kBetweenSearches{1};  // for an unknown key
constexpr std::uint64_t kMaxResponseBytes = 1 << 20;
constexpr std::size_t kMaxMethods = 100;

Error try_later(std::string detail) {
  return {
      ErrorCode::kUnavailable, "the sign-in provider is unavailable; try again later", {}, std::move(detail)};
}

bool is_web_url(std::string_view url) {
  const auto is_plain = [](char c) { return c > ' ' && c < '\x7f'; };
  return (url.starts_with("https://") || url.starts_with("http://")) && std::ranges::all_of(url, is_plain);
}

// "a=1&b=2", percent-encoded.
std::string form_of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    if (!form.empty()) form += '&';
    form += std::string(name) + '=' + percent_encode(value);
  }
  return form;
}

// The key that a token names. A token without a name is checked by the only key of its algorithm.
const WebKey* find_key(const std::vector<WebKey>& keys, const TokenHead& head) {
  const WebKey* found = nullptr;
  for (const WebKey& key : keys) {
    if (key.algorithm != head.algorithm || (!head.key_id.empty() && key.id != head.key_id)) continue;
    if (found != nullptr) return nullptr;
    found = &key;
  }
  return found;
}

}  // namespace

Result<void> OidcProvider::check(const Options& options) {
  const std::string_view issuer = options.issuer;
  if (!is_web_url(issuer) || issuer.contains('?') || issuer.contains('#')) {
    return invalid("OIDC_ISSUER",
                   "must be an http or https URL without a query, such as https://id.example/realms/shop");
  }
  if (options.client_id.empty()) return invalid("OIDC_CLIENT_ID", "must be set, because OIDC_ISSUER is");
  return {};
}

OidcProvider::OidcProvider(net::HttpClient& http, Options options, Log log)
    : http_(http), options_(std::move(options)), log_(std::move(log)) {}

Error OidcProvider::unavailable(std::string detail) const {
  log_.warning("the sign-in provider is unavailable", {{"issuer", options_.issuer}, {"reason", detail}});
  return try_later(std::move(detail));
}

Result<std::string> OidcProvider::get(const std::string& url) {
  net::HttpLimits limits;
  limits.total_timeout = options_.time_limit;
  limits.connect_timeout = options_.time_limit;
  limits.max_bytes = kMaxResponseBytes;
  limits.max_redirects = 0;
  limits.retries = 0;
  const auto response = http_.get("OIDC_ISSUER", url, limits);
  if (!response) return unavailable(url + ": " + response.error().describe());
  return std::string(as_text(response->body));
}

Result<std::shared_ptr<const OidcProvider::Description>> OidcProvider::fetch_description() {
  const std::string issuer(without_slash(options_.issuer));
  FIT_TRY(const std::string text, get(issuer + "/.well-known/openid-configuration"));
  const auto json = parse_json("issuer", text);
  if (!json) return unavailable("the description of the provider is no JSON");
  JsonReader reader(*json);
  const std::string named = reader.text("issuer");
  auto described = std::make_shared<Description>();
  described->authorization_url = reader.text("authorization_endpoint");
  described->token_url = reader.text("token_endpoint");
  described->keys_url = reader.text("jwks_uri");
  const auto methods = reader.optional_texts("token_endpoint_auth_methods_supported");
  if (const auto read = reader.result(); !read) return unavailable("description: " + read.error().describe());
  if (without_slash(named) != issuer) return unavailable("the description is of another issuer: " + named);
  for (const std::string* const url :
       {&described->authorization_url, &described->token_url, &described->keys_url}) {
    // A provider by https must not send people and secrets over plain http.
    const bool is_safe = url->starts_with("https://") || !issuer.starts_with("https://");
    if (!is_web_url(*url) || url->contains('#') || !is_safe)
      return unavailable("the description names " + *url);
  }
  described->takes_secret_in_body = !methods.empty() && methods.size() < kMaxMethods &&
                                    !std::ranges::contains(methods, "client_secret_basic") &&
                                    std::ranges::contains(methods, "client_secret_post");
  return described;
}

Result<std::shared_ptr<const OidcProvider::Description>> OidcProvider::description() {
  const auto known = [this](Clock::duration age) -> std::shared_ptr<const Description> {
    const std::lock_guard lock(mutex_);
    return description_.is_younger_than(age) ? description_.value : nullptr;
  };
  if (auto fresh = known(kFresh)) return fresh;
  const std::unique_lock fetching(fetch_mutex_, options_.time_limit);
  if (!fetching) return try_later("another request waits for its description");
  if (auto fresh = known(kFresh)) return fresh;
  auto usable = known(kUsable);
  {
    const std::lock_guard lock(mutex_);
    if (Clock::now() < description_.next_attempt) {
      if (usable) return usable;
      return try_later("its description could not be fetched a moment ago");
    }
  }
  auto fetched = fetch_description();
  const std::lock_guard lock(mutex_);
  if (!fetched) {
    description_.next_attempt = Clock::now() + kBetweenAttempts;
    if (usable) return usable;
    return fetched;
  }
  description_ = {.value = *fetched, .at = Clock::now()};
  return fetched;
}

Result<std::shared_ptr<const OidcProvider::Keys>> OidcProvider::fetch_keys(const std::string& url) {
  FIT_TRY(const std::string text, get(url));
  auto keys = parse_web_keys(text);
  if (!keys) return unavailable(url + ": " + keys.error().describe());
  return std::make_shared<const Keys>(*std::move(keys));
}

Result<WebKey> OidcProvider::key_of(const TokenHead& head) {
  const auto known = [&](Clock::duration age) -> std::optional<WebKey> {
    const std::lock_guard lock(mutex_);
    if (!keys_.is_younger_than(age)) return std::nullopt;
    const WebKey* const found = find_key(*keys_.value, head);
    return found == nullptr ? std::nullopt : std::optional(*found);
  };
  const Error unknown{
      ErrorCode::kUnauthorized, "is not signed by a key of the sign-in provider", "token", {}};
  if (auto fresh = known(kFresh)) return *std::move(fresh);
  FIT_TRY(const auto described, description());  // before the lock, which it takes too
  const std::unique_lock fetching(fetch_mutex_, options_.time_limit);
  if (!fetching) return try_later("another request waits for its keys");
  if (auto fresh = known(kFresh)) return *std::move(fresh);
  {
    const std::lock_guard lock(mutex_);
    Clock::time_point& next = keys_.is_younger_than(kFresh) ? next_search_ : keys_.next_attempt;
    if (Clock::now() < next) {
      if (keys_.is_younger_than(kUsable)) {
        const WebKey* const found = find_key(*keys_.value, head);
        if (found != nullptr) return *found;
        return unknown;
      }
      return try_later("its keys could not be fetched a moment ago");
    }
    if (keys_.is_younger_than(kFresh)) next_search_ = Clock::now() + kBetweenSearches;
  }
  auto fetched = fetch_keys(described->keys_url);
  if (!fetched) {
    {
      const std::lock_guard lock(mutex_);
      keys_.next_attempt = Clock::now() + kBetweenAttempts;
    }
    if (auto usable = known(kUsable)) return *std::move(usable);
    return std::move(fetched).error();
  }
  {
    const std::lock_guard lock(mutex_);
    keys_ = {.value = *fetched, .at = Clock::now()};
  }
  const WebKey* const found = find_key(**fetched, head);
  if (found == nullptr) return unknown;
  return *found;
}

Result<std::string> OidcProvider::authorization_url(const Authorization& authorization) {
  FIT_TRY(const auto described, description());
  const char separator = described->authorization_url.contains('?') ? '&' : '?';
  return described->authorization_url + separator +
         form_of({{"response_type", "code"},
                  {"client_id", options_.client_id},
                  {"redirect_uri", authorization.redirect_url},
                  {"scope", options_.scopes},
                  {"state", authorization.state},
                  {"nonce", authorization.nonce},
                  {"code_challenge", url_base64_of_hash(authorization.verifier)},
                  {"code_challenge_method", "S256"}});
}

Result<ProviderClaims> OidcProvider::redeem(const Authorization& authorization, const std::string& code) {
  FIT_TRY(const auto described, description());
  net::HttpClient::Post post{
      .url = described->token_url,
      .body = form_of({{"grant_type", "authorization_code"},
                       {"code", code},
                       {"redirect_uri", authorization.redirect_url},
                       {"client_id", options_.client_id},
                       {"code_verifier", authorization.verifier}}),
      .headers = {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json"}};
  if (!options_.client_secret.empty() && described->takes_secret_in_body) {
    post.body += '&' + form_of({{"client_secret", options_.client_secret}});
  } else if (!options_.client_secret.empty()) {
    const std::string pair =
        percent_encode(options_.client_id) + ':' + percent_encode(options_.client_secret);
    post.headers.push_back("Authorization: Basic " + encode_base64(as_bytes(pair)));
  }
  net::HttpLimits limits;
  limits.total_timeout = options_.time_limit;
  limits.max_bytes = kMaxResponseBytes;
  const auto response = http_.post("OIDC_ISSUER", post, limits);
  if (!response) return unavailable("token endpoint: " + response.error().describe());
  if (response->status == 400 || response->status == 401) {
    return Error{ErrorCode::kUnauthorized, "was refused by the sign-in provider; sign in again", "code",
                 "status " + std::to_string(response->status) + " of the token endpoint"};
  }
  if (response->status / 100 != 2) {
    return unavailable("status " + std::to_string(response->status) + " of the token endpoint");
  }
  const auto json = parse_json("token", as_text(response->body));
  if (!json) return unavailable("the response of the token endpoint is no JSON");
  JsonReader reader(*json);
  const std::string token = reader.text("id_token");
  TokenRules rules{.issuer = options_.issuer,
                   .audience = options_.client_id,
                   .groups_claim = options_.groups_claim,
                   .client_id = options_.client_id,
                   .nonce = authorization.nonce};
  rules.access_token = reader.optional_text("access_token");
  if (const auto result = reader.result(); !result) {
    return unavailable("the response of the token endpoint: " + result.error().describe());
  }
  return read(token, rules);
}

Result<ProviderClaims> OidcProvider::read_bearer(std::string_view token) {
  return read(token, {.issuer = options_.issuer,
                      .audience = options_.audience.empty() ? options_.client_id : options_.audience,
                      .groups_claim = options_.groups_claim});
}

Result<ProviderClaims> OidcProvider::read(std::string_view token, const TokenRules& rules) {
  FIT_TRY(const TokenHead head, head_of(token));
  FIT_TRY(const WebKey key, key_of(head));
  return read_provider_token(token, key, rules, now());
}

}  // namespace fit::accounts
