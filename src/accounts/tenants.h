#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/roles.h"
#include "accounts/users.h"
#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// The tenant whose catalogue is that of DATABASE_URL and STORAGE_PATH. It always exists and has no record.
inline constexpr std::string_view kDefaultTenant = "default";

// kInvalid naming `field` unless the text can be the name of a tenant: 1 to 63 characters of a to z, 0 to 9,
// "-" and "_", of which the first is a letter or a digit.
Result<void> check_tenant_name(const std::string& field, std::string_view name);

// What a tenant may use. 0: no limit.
struct TenantQuotas {
  std::int64_t items = 0;
  std::int64_t bytes = 0;             // of the images that the catalogue stores itself
  std::int64_t requests_per_day = 0;  // days begin at midnight UTC

  friend bool operator==(const TenantQuotas&, const TenantQuotas&) = default;
};

// Whether a tenant can be used.
enum class TenantState : std::uint8_t {
  kCreating,  // its catalogue is being made, or that was interrupted
  kReady,
  kRemoving,  // its catalogue is being removed, or that was interrupted
};

// A tenant besides "default".
struct Tenant {
  std::int64_t id = 0;  // never given to another tenant, not even to one of the same name
  std::string name = {};
  TenantState state = TenantState::kReady;
  Timestamp created_at = {};
  std::map<std::string, std::string> settings = {};  // those that differ from the server's, by name
  TenantQuotas quotas = {};
};

// The changes of a tenant; absent members stay.
struct TenantChange {
  std::optional<std::map<std::string, std::string>> settings = {};
  std::optional<TenantQuotas> quotas = {};
};

// The directory of tenants, and which users may enter them. A tenant that is created or removed is not
// "ready" in between: it does not exist for callers, and an interrupted call can be repeated. Thread-safe;
// calls block. Errors besides those named: as for sql::Database. A name that no tenant can have names none:
// kNotFound.
class Tenants {
 public:
  explicit Tenants(sql::Database& database) : database_(database) {}

  // Begins to create a tenant, or takes over a creation that was interrupted. kInvalid naming "name";
  // kConflict naming "name" for one that exists, or is being removed.
  Result<Tenant> begin_creation(const std::string& name, const TenantChange& given);
  // Makes the tenant ready. kConflict when another process has created it meanwhile, or removes it.
  Result<Tenant> finish_creation(const std::string& name);

  // The tenants that are ready, by name.
  Result<std::vector<Tenant>> list();
  // A tenant that is ready. kNotFound.
  Result<Tenant> get(std::string_view name);
  // A tenant in any state; nullopt when there is none.
  Result<std::optional<Tenant>> find(std::string_view name);

  // kNotFound.
  Result<Tenant> change(const std::string& name, const TenantChange& change);

  // Begins to remove a tenant in any state: from now on it is not ready. kNotFound; kConflict for "default".
  Result<Tenant> begin_removal(const std::string& name);
  // Makes a tenant whose removal was begun ready again.
  Result<void> cancel_removal(const std::string& name);
  // Removes the record, the keys of the tenant, and the rights of its users, as remove_member() does.
  Result<void> finish_removal(const std::string& name);

  // The roles of a user by tenant, without "default", whose role is User::role.
  Result<std::map<std::string, Role>> roles_of(std::int64_t user);
  // The users who may enter a tenant, by id, each with the role there.
  Result<std::vector<User>> members(const std::string& tenant);
  // The user as a member of a tenant. kNotFound when the user may not enter it.
  Result<User> member(const std::string& tenant, std::int64_t user);

  // A user who may enter a tenant from now on, with the role there.
  struct NewMember {
    User user;
    bool is_new = false;  // the user was created for it
  };
  // Lets the user of an address enter a tenant, and creates the user if there is none. kInvalid naming
  // "email" or "name"; kConflict naming "email" for a user who may enter it already.
  Result<NewMember> add_member(const std::string& tenant, const NewUser& user);
  // Changes the role of a user in a tenant, or lets the user enter it. kNotFound for an unknown user;
  // kConflict for the last owner of "default".
  Result<void> set_role(const std::string& tenant, std::int64_t user, Role role);
  // Takes the right to enter a tenant from a user, and removes a user who may enter no other one. kNotFound
  // when the user may not enter it; kConflict for the last owner of "default".
  Result<void> remove_member(const std::string& tenant, std::int64_t user);
  // Whether the user may enter a tenant other than this one.
  Result<bool> is_member_elsewhere(const std::string& tenant, std::int64_t user);

  // Adds to the requests of a tenant on a day (in days since 1970), removes the counts of days before the
  // previous one, and returns the sum.
  Result<std::int64_t> add_requests(const std::string& tenant, std::int64_t day, std::int64_t requests);

 private:
  sql::Database& database_;
};

}  // namespace fit::accounts
