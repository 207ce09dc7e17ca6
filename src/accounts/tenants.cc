#include "accounts/tenants.h"

#include <algorithm>
#include <array>

#include "accounts/access_version.h"
#include "accounts/sql_times.h"
#include "base/format.h"
#include "base/json.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxTenantNameBytes = 63;
constexpr std::array<std::string_view, 3> kStateNames = {"creating", "ready", "removing"};
constexpr std::string_view kSelectTenants =
    "SELECT id, name, state, created_at, settings, max_items, max_bytes, max_requests_per_day FROM tenants ";

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

bool is_name(std::string_view name) {
  const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= kMaxTenantNameBytes && is_alphanumeric(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
}

std::string_view text_of(TenantState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

// An unknown state, which a newer version may have written, is not ready.
TenantState state_of(std::string_view text) {
  const auto* const found = std::ranges::find(kStateNames, text);
  return found == kStateNames.end() ? TenantState::kRemoving
                                    : static_cast<TenantState>(found - kStateNames.begin());
}

std::map<std::string, std::string> settings_of(std::string_view text) {
  std::map<std::string, std::string> settings;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return settings;
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) settings[name] = value.get<std::string>();
  }
  return settings;
}

Tenant read_tenant(const SqlRow& row) {
  return {.id = row.integer(0),
          .name = std::string(row.text(1)),
          .state = state_of(row.text(2)),
          .created_at = time_at(row, 3),
          .settings = settings_of(row.text(4)),
          .quotas = {.items = row.integer(5), .bytes = row.integer(6), .requests_per_day = row.integer(7)}};
}

Error no_such_tenant() {
  return not_found("there is no such tenant");
}

Result<std::optional<Tenant>> find_tenant(SqlConnection& connection, std::string_view name) {
  std::optional<Tenant> found;
  if (!is_name(name)) return found;
  FIT_CHECK(connection.query(std::string(kSelectTenants) + "WHERE name = $1", {name},
                             [&found](const SqlRow& row) { found = read_tenant(row); }));
  return found;
}

Result<Tenant> ready_tenant(SqlConnection& connection, std::string_view name) {
  FIT_TRY(auto found, find_tenant(connection, name));
  if (!found || found->state != TenantState::kReady) return no_such_tenant();
  return *std::move(found);
}

Result<void> store_change(SqlConnection& connection, std::string_view name, const TenantChange& change) {
  if (change.settings) {
    const std::string settings = dump_json(Json(*change.settings));
    FIT_CHECK(connection.execute("UPDATE tenants SET settings = $1 WHERE name = $2",
                                 {std::string_view(settings), name}));
  }
  if (!change.quotas) return {};
  const TenantQuotas& quotas = *change.quotas;
  FIT_CHECK(connection.execute(
      "UPDATE tenants SET max_items = $1, max_bytes = $2, max_requests_per_day = $3 WHERE name = $4",
      {quotas.items, quotas.bytes, quotas.requests_per_day, name}));
  return {};
}

// Changes the state of a tenant that is in `from`. Returns whether there was one.
Result<bool> move_state(SqlConnection& connection, std::string_view name, TenantState from, TenantState to) {
  FIT_CHECK(count_access_change(connection));
  FIT_TRY(const std::int64_t changed,
          connection.execute("UPDATE tenants SET state = $1 WHERE name = $2 AND state = $3",
                             {text_of(to), name, text_of(from)}));
  return changed == 1;
}

// Removes users who may enter no tenant.
Result<void> remove_homeless(SqlConnection& connection) {
  FIT_CHECK(
      connection.execute("DELETE FROM users WHERE role = $1 AND NOT EXISTS (SELECT 1 FROM user_tenants t "
                         "WHERE t.user_id = users.id)",
                         {to_string(Role::kNone)}));
  return {};
}

// The users of a tenant, $1, with their role there in the column after kUserColumns.
std::string select_members(std::string_view tenant, std::string_view condition) {
  if (tenant == kDefaultTenant) {
    return fit::format("SELECT {}, u.role FROM users u WHERE u.role <> 'none' AND $1 = 'default' {}",
                       kUserColumns, condition);
  }
  return fit::format(
      "SELECT {}, t.role FROM users u JOIN user_tenants t ON t.user_id = u.id WHERE t.tenant = $1 {}",
      kUserColumns, condition);
}

User read_member(const SqlRow& row) {
  User user = read_user(row).user;
  user.role = stored_role(row.text(kUserColumnCount));
  return user;
}

Error no_such_member() {
  return not_found("there is no such user");
}

Result<User> find_member(SqlConnection& connection, std::string_view tenant, std::int64_t user) {
  std::optional<User> found;
  FIT_CHECK(connection.query(select_members(tenant, "AND u.id = $2"), {tenant, user},
                             [&found](const SqlRow& row) { found = read_member(row); }));
  if (!found) return no_such_member();
  return *std::move(found);
}

Result<std::optional<std::int64_t>> user_of_address(SqlConnection& connection, const std::string& email) {
  return connection.query_integer("SELECT id FROM users WHERE email = $1", {std::string_view(email)});
}

// Lets a user enter a tenant. Returns false for one who may already.
Result<bool> let_enter(SqlConnection& connection, std::string_view tenant, std::int64_t user, Role role) {
  std::int64_t changed = 0;
  if (tenant == kDefaultTenant) {
    FIT_TRY(changed, connection.execute("UPDATE users SET role = $1 WHERE id = $2 AND role = $3",
                                        {to_string(role), user, to_string(Role::kNone)}));
  } else {
    FIT_TRY(changed,
            connection.execute("INSERT INTO user_tenants (user_id, tenant, role) VALUES ($1, $2, $3) "
                               "ON CONFLICT (user_id, tenant) DO NOTHING",
                               {user, tenant, to_string(role)}));
  }
  return changed == 1;
}

}  // namespace

Result<void> check_tenant_name(const std::string& field, std::string_view name) {
  if (is_name(name)) return {};
  return invalid(field,
                 "must be 1 to 63 characters of a to z, 0 to 9, - and _, and begin with a letter or a digit");
}

Result<Tenant> Tenants::begin_creation(const std::string& name, const TenantChange& given) {
  FIT_CHECK(check_tenant_name("name", name));
  const Error exists{ErrorCode::kConflict, "belongs to another tenant", "name", {}};
  if (name == kDefaultTenant) return exists;
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Tenant> {
    FIT_CHECK(connection.execute(
        "INSERT INTO tenants (name, state, created_at, settings, max_items, max_bytes, max_requests_per_day) "
        "VALUES ($1, $2, $3, '{}', 0, 0, 0) ON CONFLICT (name) DO NOTHING",
        {std::string_view(name), text_of(TenantState::kCreating), ticks(now())}));
    FIT_TRY(const auto found, find_tenant(connection, name));
    if (!found || found->state == TenantState::kReady) return exists;
    if (found->state == TenantState::kRemoving) {
      return Error{ErrorCode::kConflict,
                   "belongs to a tenant that is being removed: remove it again first",
                   "name",
                   {}};
    }
    FIT_CHECK(store_change(connection, name, given));
    FIT_TRY(auto begun, find_tenant(connection, name));
    return *std::move(begun);
  });
}

Result<Tenant> Tenants::finish_creation(const std::string& name) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Tenant> {
    FIT_TRY(const bool is_moved, move_state(connection, name, TenantState::kCreating, TenantState::kReady));
    if (!is_moved) {
      return Error{ErrorCode::kConflict, "belongs to another tenant", "name", {}};
    }
    return ready_tenant(connection, name);
  });
}

Result<std::vector<Tenant>> Tenants::list() {
  return database_.read([](SqlConnection& connection) -> Result<std::vector<Tenant>> {
    std::vector<Tenant> tenants;
    FIT_CHECK(connection.query(std::string(kSelectTenants) + "WHERE state = $1 ORDER BY name",
                               {text_of(TenantState::kReady)},
                               [&tenants](const SqlRow& row) { tenants.push_back(read_tenant(row)); }));
    // Collations of databases differ.
    std::ranges::sort(tenants, {}, &Tenant::name);
    return tenants;
  });
}

Result<Tenant> Tenants::get(std::string_view name) {
  return database_.read([name](SqlConnection& connection) { return ready_tenant(connection, name); });
}

Result<std::optional<Tenant>> Tenants::find(std::string_view name) {
  return database_.read([name](SqlConnection& connection) { return find_tenant(connection, name); });
}

Result<Tenant> Tenants::change(const std::string& name, const TenantChange& change) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Tenant> {
    FIT_CHECK(count_access_change(connection));
    FIT_CHECK(ready_tenant(connection, name));
    FIT_CHECK(store_change(connection, name, change));
    return ready_tenant(connection, name);
  });
}

Result<Tenant> Tenants::begin_removal(const std::string& name) {
  if (name == kDefaultTenant) {
    return Error{ErrorCode::kConflict, "is the tenant that every installation has", "name", {}};
  }
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Tenant> {
    FIT_TRY(auto found, find_tenant(connection, name));
    if (!found) return no_such_tenant();
    FIT_CHECK(move_state(connection, name, found->state, TenantState::kRemoving));
    return *std::move(found);
  });
}

Result<void> Tenants::cancel_removal(const std::string& name) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(move_state(connection, name, TenantState::kRemoving, TenantState::kReady));
    return {};
  });
}

Result<void> Tenants::finish_removal(const std::string& name) {
  const std::string_view tenant = name;
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(count_access_change(connection));
    FIT_CHECK(connection.execute("DELETE FROM api_keys WHERE tenant = $1", {tenant}));
    FIT_CHECK(connection.execute("DELETE FROM user_tenants WHERE tenant = $1", {tenant}));
    FIT_CHECK(remove_homeless(connection));
    FIT_CHECK(connection.execute("DELETE FROM tenant_requests WHERE tenant = $1", {tenant}));
    FIT_CHECK(connection.execute("DELETE FROM tenants WHERE name = $1", {tenant}));
    return {};
  });
}

Result<std::map<std::string, Role>> Tenants::roles_of(std::int64_t user) {
  return database_.read([user](SqlConnection& connection) -> Result<std::map<std::string, Role>> {
    std::map<std::string, Role> roles;
    FIT_CHECK(connection.query(
        "SELECT tenant, role FROM user_tenants WHERE user_id = $1", {user},
        [&roles](const SqlRow& row) { roles[std::string(row.text(0))] = stored_role(row.text(1)); }));
    return roles;
  });
}

Result<std::vector<User>> Tenants::members(const std::string& tenant) {
  return database_.read([&tenant](SqlConnection& connection) -> Result<std::vector<User>> {
    std::vector<User> users;
    FIT_CHECK(connection.query(select_members(tenant, "ORDER BY u.id"), {std::string_view(tenant)},
                               [&users](const SqlRow& row) { users.push_back(read_member(row)); }));
    return users;
  });
}

Result<User> Tenants::member(const std::string& tenant, std::int64_t user) {
  return database_.read([&](SqlConnection& connection) { return find_member(connection, tenant, user); });
}

Result<Tenants::NewMember> Tenants::add_member(const std::string& tenant, const NewUser& user) {
  FIT_TRY(const std::string email, parse_email("email", user.email));
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<NewMember> {
    FIT_CHECK(count_access_change(connection));
    FIT_TRY(auto id, user_of_address(connection, email));
    const bool is_new = !id;
    if (is_new) {
      NewUser homeless = user;
      homeless.role = Role::kNone;
      FIT_TRY(const User created, create_user(connection, homeless));
      id = created.id;
    }
    FIT_TRY(const bool is_added, let_enter(connection, tenant, *id, user.role));
    if (!is_added) return Error{ErrorCode::kConflict, "belongs to another user", "email", {}};
    FIT_TRY(User member, find_member(connection, tenant, *id));
    return NewMember{.user = std::move(member), .is_new = is_new};
  });
}

Result<void> Tenants::set_role(const std::string& tenant, std::int64_t user, Role role) {
  if (tenant == kDefaultTenant) {
    FIT_CHECK(Users(database_).change(user, {.role = role}));
    return {};
  }
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(count_access_change(connection));
    FIT_TRY(const auto known, connection.query_integer("SELECT id FROM users WHERE id = $1", {user}));
    if (!known) return no_such_member();
    FIT_CHECK(
        connection.execute("INSERT INTO user_tenants (user_id, tenant, role) VALUES ($1, $2, $3) "
                           "ON CONFLICT (user_id, tenant) DO UPDATE SET role = excluded.role",
                           {user, std::string_view(tenant), to_string(role)}));
    return {};
  });
}

Result<void> Tenants::remove_member(const std::string& tenant, std::int64_t user) {
  if (tenant == kDefaultTenant) {
    FIT_TRY(const bool stays, is_member_elsewhere(tenant, user));
    return stays ? set_role(tenant, user, Role::kNone) : Users(database_).remove(user);
  }
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(count_access_change(connection));
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM user_tenants WHERE tenant = $1 AND user_id = $2",
                               {std::string_view(tenant), user}));
    if (removed == 0) return no_such_member();
    return remove_homeless(connection);
  });
}

Result<bool> Tenants::is_member_elsewhere(const std::string& tenant, std::int64_t user) {
  return database_.read([&](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const auto others,
            connection.query_integer(
                "SELECT (SELECT COUNT(*) FROM user_tenants WHERE user_id = $1 AND tenant <> $2) "
                "+ (SELECT COUNT(*) FROM users WHERE id = $1 AND role <> $3 AND $2 <> $4)",
                {user, std::string_view(tenant), to_string(Role::kNone), kDefaultTenant}));
    return others.value_or(0) > 0;
  });
}

Result<std::int64_t> Tenants::add_requests(const std::string& tenant, std::int64_t day,
                                           std::int64_t requests) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::int64_t> {
    FIT_CHECK(connection.execute("DELETE FROM tenant_requests WHERE tenant = $1 AND day < $2",
                                 {std::string_view(tenant), day - 1}));
    FIT_TRY(
        const auto sum,
        connection.query_integer(
            "INSERT INTO tenant_requests AS known (tenant, day, requests) VALUES ($1, $2, $3) ON CONFLICT "
            "(tenant, day) DO UPDATE SET requests = known.requests + excluded.requests RETURNING requests",
            {std::string_view(tenant), day, requests}));
    return sum.value_or(requests);
  });
}

}  // namespace fit::accounts
