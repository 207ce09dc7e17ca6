#include "main/tenant_alerts.h"

#include <optional>
#include <unordered_set>

#include "accounts/access_version.h"
#include "accounts/api_keys.h"
#include "accounts/tenants.h"
#include "accounts/users.h"
#include "cli/links.h"
#include "ingest/assets/assets.h"
#include "links/short_links.h"
#include "style/experiments/experiment_records.h"
#include "style/feedback/feedback_store.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit {
namespace {

using alerts::Access;

Result<Access> access_of_user(sql::Database& database, const std::string& tenant, std::int64_t id) {
  const auto user = accounts::Users(database).get(id);
  if (!user && user.error().code == ErrorCode::kNotFound) return Access::kGone;
  FIT_CHECK(user);
  if (!user->is_enabled()) return Access::kRefused;
  const auto access_by = [](accounts::Role role) {
    return accounts::scopes_of(role).contains(accounts::Scope::kSearch) ? Access::kGranted : Access::kRefused;
  };
  if (tenant == accounts::kDefaultTenant) return access_by(user->role);
  FIT_TRY(const auto roles, accounts::Tenants(database).roles_of(id));
  const auto role = roles.find(tenant);
  return role == roles.end() ? Access::kRefused : access_by(role->second);
}

Result<Access> access_of_key(sql::Database& database, const std::string& tenant, std::int64_t id) {
  const auto key = accounts::ApiKeys(database).get(id);
  if (!key && key.error().code == ErrorCode::kNotFound) return Access::kRefused;
  FIT_CHECK(key);
  const bool may_search = key->is_valid_at(now()) && key->options.tenant == tenant &&
                          key->options.scopes.contains(accounts::Scope::kSearch);
  return may_search ? Access::kGranted : Access::kRefused;
}

// The access of a principal to a tenant. Nothing here tells that of callers without an account ("local" and
// anonymous ones), of the key of the environment, and of somebody whom only the sign-in provider knows: it is
// granted.
Result<Access> access_of(sql::Database& database, const std::string& tenant, std::string_view owner) {
  const auto id_after = [owner](std::string_view prefix) -> std::optional<std::int64_t> {
    if (!owner.starts_with(prefix)) return std::nullopt;
    const std::string_view rest = owner.substr(prefix.size());
    const auto id =
        parse_id("owner", rest.substr(0, rest.find('/')));  // "key:7/ann" has the rights of the key
    return id ? std::optional(*id) : std::nullopt;
  };
  if (const auto user = id_after("user:")) return access_of_user(database, tenant, *user);
  if (const auto key = id_after("key:")) return access_of_key(database, tenant, *key);
  return Access::kGranted;
}

// Removes a wardrobe with its outfits and the photos that came with its garments. Those that became items
// stay.
Result<void> remove_wardrobe(style::WardrobeStore& wardrobes, sql::Database& database, std::int64_t user) {
  FIT_TRY(const auto unused, wardrobes.remove_all(user));
  return ingest::Assets(database).remove_without_item(unused);
}

// Removes the feedback, the part in experiments, the wardrobes and the short links of users who are removed.
Result<void> forget_removed_users(sql::Database& accounts, sql::Database& database,
                                  const ontology::Ontology& ontology) {
  style::FeedbackStore feedback(database);
  style::WardrobeStore wardrobes(database, ontology);
  FIT_TRY(const auto people, feedback.users());
  FIT_TRY(const auto owners, wardrobes.users());
  style::ExperimentRecords experiments(database);
  FIT_TRY(const auto searched, experiments.users());
  links::ShortLinks links(database);
  FIT_TRY(const auto senders, links.users());
  if (people.empty() && owners.empty() && searched.empty() && senders.empty()) return {};
  FIT_TRY(const auto users, accounts::Users(accounts).list());
  std::unordered_set<std::int64_t> known;
  for (const accounts::User& one : users) known.insert(one.id);
  for (const std::int64_t id : people) {
    if (!known.contains(id)) FIT_CHECK(feedback.forget_all(style::Person::user(id)));
  }
  for (const std::int64_t id : searched) {
    if (!known.contains(id)) FIT_CHECK(experiments.forget(style::Person::user(id)));
  }
  for (const std::int64_t id : senders) {
    if (!known.contains(id)) FIT_CHECK(links.remove_all(style::Person::user(id).str()));
  }
  for (const std::int64_t id : owners) {
    if (!known.contains(id)) FIT_CHECK(remove_wardrobe(wardrobes, database, id));
  }
  return {};
}

}  // namespace

std::unique_ptr<alerts::AlertService> open_alerts(const TenantAlertParts& parts) {
  Runtime& runtime = parts.runtime;
  return std::make_unique<alerts::AlertService>(
      alerts::AlertService::Parts{
          .store = parts.store,
          .queue = parts.queue,
          .files = parts.files,
          .http = runtime.http(),
          .mail = runtime.mail(),
          .apns = runtime.apns(),
          .access = {
              .access_of = [&accounts = parts.accounts, tenant = parts.tenant](
                               const std::string& owner) { return access_of(accounts, tenant, owner); },
              .version =
                  [&accounts = parts.accounts] {
                    return accounts.read_without_transaction(accounts::access_version);
                  }},
          .log = runtime.log(),
          .metrics = parts.metrics,
          .on_access_change =
              [&accounts = parts.accounts, &database = parts.store.database(),
               &ontology = runtime.ontology()] {
                return forget_removed_users(accounts, database, ontology);
              }},
      alerts::Deliverer::Options{.origin = cli::public_origin(runtime.config().http),
                                 .tenant = parts.tenant,
                                 .messages_per_hour = runtime.config().mail.messages_per_hour});
}

void start_alerts(alerts::AlertService& service, const serving::SpaceSwitch& spaces) {
  service.start([&spaces] {
    auto space = spaces.current();
    search::SearchEngine& engine = space->engine();
    return alerts::EngineLease{.owner = std::move(space), .engine = engine};
  });
}

}  // namespace fit
