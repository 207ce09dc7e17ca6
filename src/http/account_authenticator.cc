#include "http/account_authenticator.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "accounts/clock_skew.h"
#include "accounts/key_secret.h"
#include "accounts/search_token.h"
#include "http/caller_view.h"
#include "http/tenant_choice.h"
#include "search/filter.h"

namespace fit::http {
namespace {

constexpr std::chrono::seconds kPollPeriod{1};
constexpr int kPollsBetweenUses = 10;
constexpr std::size_t kMaxKnown = 20'000;
// How long a token of a sign-in provider is taken without another check, so that a key that the provider
// withdraws ends.
constexpr std::chrono::minutes kMaxProviderTokenAge{10};

Error not_valid() {
  return {ErrorCode::kUnauthorized, "the credentials are not valid: unknown, revoked or expired", {}, {}};
}

// Returns the key of known_ for the credentials. It includes their kind, so that the secret of an API key in
// a session cookie is not accepted as a key.
std::string name_of(const Credentials& credentials) {
  return std::to_string(static_cast<int>(credentials.kind)) + ":" + accounts::hash_of(credentials.text);
}

Error token_refused(std::string message) {
  return {ErrorCode::kUnauthorized, std::move(message), "token", {}};
}

Error as_unauthorized(Error error) {
  error.code = ErrorCode::kUnauthorized;
  return error;
}

using FilterPtr = std::shared_ptr<const domain::ItemFilter>;

// The filter of a key or a token, and `other` besides. Null for none.
Result<FilterPtr> required_filter(const std::string& text, FilterPtr other = {}) {
  if (text.empty()) return other;
  FIT_TRY(const Json json, parse_json("filters", text));
  FIT_TRY(domain::ItemFilter filter, search::parse_filter(json));
  if (other) filter = domain::both(*other, filter);
  return std::make_shared<const domain::ItemFilter>(std::move(filter));
}

}  // namespace

AccountAuthenticator::AccountAuthenticator(accounts::Accounts& accounts, Options options, Log log)
    : accounts_(accounts),
      options_(std::move(options)),
      api_key_hash_(options_.api_key.empty() ? "" : accounts::hash_of(options_.api_key)),
      log_(std::move(log)) {}

void AccountAuthenticator::start() {
  task_.start([this](const std::stop_token&) {
    for (int polls = 1; task_.wait_for(kPollPeriod); ++polls) {
      follow();
      if (polls % kPollsBetweenUses == 0) store_uses();
    }
  });
}

void AccountAuthenticator::stop() {
  task_.stop();
  store_uses();
}

Principal AccountAuthenticator::without_credentials() const {
  if (options_.is_open) return Principal::local();
  Principal anonymous;
  if (options_.allows_anonymous_search) {
    anonymous.scopes = {accounts::Scope::kSearch, accounts::Scope::kItemsRead};
  }
  return anonymous;
}

std::optional<Result<Principal>> AccountAuthenticator::try_authenticate(const Request& request) {
  const auto credentials = credentials_of(request);
  if (!credentials) return credentials.error();
  if (credentials->kind == Credentials::Kind::kNone) return in_chosen_tenant(without_credentials(), request);
  const std::string name = name_of(*credentials);
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(name);
  if (known == known_.end()) return std::nullopt;
  if (now() >= known->second.expires_at) {
    known_.erase(known);
    return std::nullopt;
  }
  note_use(known->second);
  return in_chosen_tenant(known->second.principal, request);
}

Result<Principal> AccountAuthenticator::authenticate(const Request& request) {
  if (auto known = try_authenticate(request)) return *std::move(known);
  FIT_TRY(const Credentials credentials, credentials_of(request));
  std::uint64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    generation = generation_;
  }
  FIT_TRY(Known found, find(credentials));
  remember(credentials, found, generation);
  return in_chosen_tenant(std::move(found.principal), request);
}

// Remembers whom find() has found, unless rights have changed since the generation.
void AccountAuthenticator::remember(const Credentials& credentials, const Known& found,
                                    std::uint64_t generation) {
  if (found.principal.is_anonymous() || found.expires_at == Timestamp{}) return;
  const std::lock_guard lock(mutex_);
  note_use(found);
  if (generation != generation_) return;
  if (known_.size() >= kMaxKnown) known_.clear();
  known_.insert_or_assign(name_of(credentials), found);
}

Result<AccountAuthenticator::Known> AccountAuthenticator::find(const Credentials& credentials) {
  if (credentials.kind == Credentials::Kind::kSecret) return find_key(credentials.text);
  if (credentials.kind == Credentials::Kind::kToken) {
    // The algorithm tells who has signed it. Each kind of token has its own algorithms and its own keys.
    const bool is_of_provider = options_.provider != nullptr && accounts::is_provider_token(credentials.text);
    return is_of_provider ? find_provider_token(credentials.text) : find_token(credentials.text);
  }
  if (credentials.kind == Credentials::Kind::kSession) return find_session(credentials.text);
  return not_valid();
}

Result<AccountAuthenticator::Known> AccountAuthenticator::find_key(std::string_view secret) {
  const std::string hash = accounts::hash_of(secret);
  if (hash == api_key_hash_) {
    return Known{.principal = {.id = "key:environment", .scopes = accounts::Scopes::all_of_keys()},
                 .expires_at = Timestamp::max()};
  }
  // A text that is no secret, such as one with a typing mistake, needs no look at the database.
  if (!accounts::is_key_secret(secret)) return not_valid();
  FIT_TRY(const auto found, accounts_.keys().find_by_hash(hash));
  if (!found || !found->is_valid_at(now())) return not_valid();
  return known_key(*found);
}

Result<AccountAuthenticator::Known> AccountAuthenticator::known_key(const accounts::FoundKey& found) {
  const accounts::ApiKey& key = found.key;
  Known known{.principal = {.id = "key:" + std::to_string(key.id),
                            .scopes = key.options.scopes,
                            .tenant = key.options.tenant,
                            .key_id = key.id},
              .expires_at = std::min(key.options.expires_at.value_or(Timestamp::max()),
                                     found.secret_expires_at.value_or(Timestamp::max()))};
  FIT_TRY(known.principal.required, required_filter(key.options.filters));
  if (!key.options.rate_limit.empty()) {
    FIT_TRY(known.principal.rate_limit, RateLimit::parse("rate_limit", key.options.rate_limit));
  }
  return known;
}

// The signature is checked first, so that only callers with the key's secret learn what is wrong with the
// key.
Result<AccountAuthenticator::Known> AccountAuthenticator::find_token(std::string_view token) {
  FIT_TRY(const std::string signer, accounts::signer_of(token));
  FIT_TRY(const auto found, accounts_.keys().find_by_prefix(signer));
  const Timestamp time = now();
  FIT_TRY(accounts::TokenClaims claims,
          accounts::read_token(token, found ? found->secret_hash : "", time, options_.max_token_lifetime));
  if (!found->is_valid_at(time)) return token_refused("is signed by a key that is revoked or has expired");
  if (!accounts::may_sign_tokens(found->key.options.scopes)) {
    return token_refused(
        "is signed by a key with more scopes than search and items:read, which cannot sign tokens");
  }
  if (!claims.id.empty()) {
    FIT_TRY(const bool is_revoked, accounts_.revoked_tokens().contains(found->key.id, claims.id));
    if (is_revoked) return token_refused("is revoked");
  }
  FIT_TRY(Known known, known_key(*found));
  known.expires_at = std::min(known.expires_at, claims.expires_at);
  known.principal.id += "/" + claims.user_id;
  known.principal.has_token = true;
  known.principal.max_limit = claims.limit;
  auto required = required_filter(claims.filters, std::move(known.principal.required));
  if (!required) return as_unauthorized(std::move(required).error());
  known.principal.required = *std::move(required);
  if (!claims.exclude_fields.empty()) {
    if (const auto checked = check_excluded_fields(claims.exclude_fields); !checked) {
      return as_unauthorized(checked.error());
    }
    known.principal.excluded_fields =
        std::make_shared<const std::vector<std::string>>(std::move(claims.exclude_fields));
  }
  return known;
}

Result<AccountAuthenticator::Known> AccountAuthenticator::find_provider_token(std::string_view token) {
  FIT_TRY(const auto caller, options_.provider->caller_of(token));
  Known known{
      .principal = {.id = "sso:" + caller.subject,
                    .scopes = accounts::scopes_of(caller.role).without({accounts::Scope::kAccount})},
      .expires_at = std::min(caller.expires_at + accounts::kMaxClockSkew, now() + kMaxProviderTokenAge)};
  if (caller.user) {
    FIT_TRY(auto roles, accounts_.tenants().roles_of(caller.user->id));
    known.principal = user_principal(*caller.user, std::move(roles));
  }
  return known;
}

Result<AccountAuthenticator::Known> AccountAuthenticator::find_session(std::string_view token) {
  FIT_TRY(const auto found, accounts_.sessions().find(accounts::hash_of(token)));
  if (!found) return Known{.principal = without_credentials(), .expires_at = {}};
  FIT_TRY(auto roles, accounts_.tenants().roles_of(found->user.id));
  Known known{.principal = user_principal(found->user, std::move(roles)),
              .expires_at = found->session.ends_at};
  known.principal.session_id = found->session.id;
  return known;
}

// Called with the mutex held.
void AccountAuthenticator::note_use(const Known& known) {
  if (known.principal.key_id != 0) uses_[known.principal.key_id] = now();
  if (known.principal.session_id != 0) session_uses_[known.principal.session_id] = now();
}

void AccountAuthenticator::forget() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  known_.clear();
}

void AccountAuthenticator::follow() {
  const auto version = accounts_.version();
  if (!version) {
    log_.warning("cannot read whether keys and users have changed", {{"reason", version.error().describe()}});
    return;
  }
  if (std::exchange(seen_version_, *version) != *version) forget();
}

void AccountAuthenticator::store_uses() {
  std::vector<accounts::ApiKeys::Use> uses;
  std::vector<accounts::Sessions::Use> session_uses;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, time] : uses_) uses.push_back({.key_id = key, .at = time});
    uses_.clear();
    for (const auto& [session, time] : session_uses_)
      session_uses.push_back({.session = session, .at = time});
    session_uses_.clear();
  }
  if (const auto stored = accounts_.keys().note_uses(uses); !stored) {
    log_.warning("the last use of keys is not stored", {{"reason", stored.error().describe()}});
  }
  if (const auto stored = accounts_.sessions().note_uses(session_uses); !stored) {
    log_.warning("the last use of sessions is not stored", {{"reason", stored.error().describe()}});
  }
}

}  // namespace fit::http
