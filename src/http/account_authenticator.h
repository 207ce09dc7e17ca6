#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "accounts/accounts.h"
#include "accounts/provider_sign_in.h"
#include "base/background_task.h"
#include "base/log.h"
#include "http/authenticator.h"
#include "http/credentials.h"

namespace fit::http {

// Determines callers by the keys and sessions of accounts::Accounts, by the search tokens that keys have
// signed, and by the bearer tokens of a sign-in provider. A cookie whose session has ended counts as no
// credentials, because browsers go on sending it. Remembers whom it has found, so that requests rarely wait
// for the database. What it remembers is forgotten when rights change: at once after forget(), within a
// second after a change by another process. A caller is in the tenant that the request chooses
// (tenant_choice.h), whose errors are added to those of Authenticator. Thread-safe. Borrows the accounts.
class AccountAuthenticator final : public Authenticator {
 public:
  struct Options {
    bool is_open = false;                  // a request without credentials is of Principal::local()
    bool allows_anonymous_search = false;  // a request without credentials may search and read items
    std::string api_key;                   // a key with all scopes besides those of the accounts; empty: none
    std::chrono::hours max_token_lifetime{24};  // of search tokens
    // Whose bearer tokens are taken; null: there is no sign-in provider. It must outlive the authenticator.
    accounts::ProviderSignIn* provider = nullptr;
  };
  AccountAuthenticator(accounts::Accounts& accounts, Options options, Log log);
  ~AccountAuthenticator() override { stop(); }

  // Starts to follow the changes of other processes, and to store when keys were used.
  void start();
  // Stores the last uses. Later calls do nothing.
  void stop();

  std::optional<Result<Principal>> try_authenticate(const Request& request) override;
  Result<Principal> authenticate(const Request& request) override;

  // Whoever sends no credentials.
  Principal without_credentials() const;

  // Makes the next request of each caller read the accounts again. Called after a change of rights.
  void forget();

 private:
  // A caller whose credentials were found in the accounts, and the time at which the credentials expire.
  struct Known {
    Principal principal;
    Timestamp expires_at;
  };

  Result<Known> find(const Credentials& credentials);
  Result<Known> find_key(std::string_view secret);
  static Result<Known> known_key(const accounts::FoundKey& found);
  Result<Known> find_token(std::string_view token);
  Result<Known> find_provider_token(std::string_view token);
  Result<Known> find_session(std::string_view token);
  void remember(const Credentials& credentials, const Known& found, std::uint64_t generation);
  void note_use(const Known& known);
  void follow();
  void store_uses();

  accounts::Accounts& accounts_;
  const Options options_;
  const std::string api_key_hash_;
  const Log log_;

  std::mutex mutex_;
  std::uint64_t generation_ = 0;                      // grows with each forget()
  std::unordered_map<std::string, Known> known_;      // by kind and hash of the credentials
  std::unordered_map<std::int64_t, Timestamp> uses_;  // of keys, since they were stored last
  std::unordered_map<std::int64_t, Timestamp> session_uses_;

  std::int64_t seen_version_ = -1;  // used by the task only
  BackgroundTask task_;
};

}  // namespace fit::http
