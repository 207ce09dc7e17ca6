#include "tenants/tenant_place.h"

#include "accounts/tenants.h"
#include "base/format.h"
#include "sql/database_url.h"
#include "store/tenant_schema.h"

namespace fit::tenants {

Result<TenantPlace> place_of(const TenantPlace& first, const std::string& name) {
  if (name == accounts::kDefaultTenant) return first;
  TenantPlace place{.name = name, .database_url = {}, .folder = first.folder / "tenants" / name};
  if (sql::is_postgres(first.database_url)) {
    FIT_TRY(place.database_url, store::tenant_database_url(first.database_url, name));
  } else {
    place.database_url = "sqlite:///" + (place.folder / "fit.db").string();
  }
  return place;
}

Result<bool> has_catalogue(const TenantPlace& place) {
  if (sql::is_postgres(place.database_url)) return store::has_schema(place.database_url);
  FIT_TRY(const auto path, sql::sqlite_path(place.database_url));
  std::error_code error;
  return std::filesystem::exists(path, error);
}

Result<void> check_catalogue(const TenantPlace& place) {
  FIT_TRY(const bool is_there, has_catalogue(place));
  if (is_there) return {};
  return not_found(fit::format("the catalogue of the tenant {} is missing; restore its backup", place.name));
}

}  // namespace fit::tenants
