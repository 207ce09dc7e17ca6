#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/provider_token.h"
#include "base/log.h"
#include "base/result.h"
#include "net/http_client.h"

namespace fit::accounts {

// A sign-in provider by OpenID Connect: where it sends people, what it says about them, and the keys by which
// that is checked. Its description and keys are fetched when they are needed first and kept for an hour;
// while the provider is unavailable they are used for a day. A token that names an unknown key has the keys
// fetched again, at most once a minute. Thread-safe. Calls block, for a few seconds at most, where something
// must be fetched; one thread fetches, and others wait for it. Borrows the client. Errors besides those
// named: kUnavailable while the provider cannot be reached or what it sends is wrong; the log says why.
class OidcProvider {
 public:
  struct Options {
    std::string issuer = {};         // its URL, with or without a slash at its end
    std::string client_id = {};      // of this server at the provider
    std::string client_secret = {};  // empty: this server is a public client
    std::string scopes = "openid email profile";
    std::string audience = {};  // of bearer tokens; empty: client_id
    std::string groups_claim = "groups";
    std::chrono::milliseconds time_limit{5000};  // of one fetch
  };
  OidcProvider(net::HttpClient& http, Options options, Log log);

  // kInvalid naming OIDC_ISSUER or OIDC_CLIENT_ID.
  static Result<void> check(const Options& options);

  // One sign-in, as the browser is sent to the provider with it (RFC 6749, 4.1.1, and RFC 7636).
  struct Authorization {
    std::string redirect_url;  // of this server, to which the provider sends the browser back
    std::string state;
    std::string nonce;
    std::string verifier;  // of PKCE; the provider gets its hash
  };
  // The URL of the provider's sign-in page.
  Result<std::string> authorization_url(const Authorization& authorization);

  // Exchanges the code that the browser brought back for the claims of an ID token. kUnauthorized when the
  // provider refuses the code, and as read_provider_token() says.
  Result<ProviderClaims> redeem(const Authorization& authorization, const std::string& code);

  // The claims of a bearer token. kUnauthorized as read_provider_token() says, and for an unknown key.
  Result<ProviderClaims> read_bearer(std::string_view token);

 private:
  using Clock = std::chrono::steady_clock;

  // What the provider publishes about itself (OpenID Connect Discovery 1.0).
  struct Description {
    std::string authorization_url;
    std::string token_url;
    std::string keys_url;
    bool takes_secret_in_body = false;  // instead of in a header
  };
  // Something fetched, and when. Times in the past or "never" are Clock::time_point::min().
  template <class T>
  struct Fetched {
    std::shared_ptr<const T> value;  // null: not yet
    Clock::time_point at = Clock::time_point::min();
    Clock::time_point next_attempt = Clock::time_point::min();

    bool is_younger_than(Clock::duration age) const { return value && Clock::now() - at < age; }
  };
  using Keys = std::vector<WebKey>;

  Error unavailable(std::string detail) const;
  Result<std::string> get(const std::string& url);
  Result<std::shared_ptr<const Description>> description();
  Result<std::shared_ptr<const Description>> fetch_description();
  Result<WebKey> key_of(const TokenHead& head);
  Result<std::shared_ptr<const Keys>> fetch_keys(const std::string& url);
  Result<ProviderClaims> read(std::string_view token, const TokenRules& rules);

  net::HttpClient& http_;
  const Options options_;
  const Log log_;

  std::timed_mutex fetch_mutex_;  // held by the thread that fetches
  std::mutex mutex_;              // guards what follows
  Fetched<Description> description_;
  Fetched<Keys> keys_;
  Clock::time_point next_search_ = Clock::time_point::min();  // for an unknown key
};

}  // namespace fit::accounts
