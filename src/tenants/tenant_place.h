#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "store/catalogue.h"

namespace fit::tenants {

// Where a catalogue is.
struct TenantPlace {
  std::string name;
  std::string database_url;
  std::filesystem::path
      folder;  // its STORAGE_PATH: images, thumbnails, snapshots, on SQLite the database too
};

// The place of a tenant, whose name is checked (accounts::check_tenant_name()), in an installation whose
// tenant "default" is at `first`: the folder tenants/NAME of its folder, and there a SQLite file, or a schema
// of its own in its PostgreSQL database (store/tenant_schema.h). "default" is at `first` itself. kInvalid for
// a database URL that is none.
Result<TenantPlace> place_of(const TenantPlace& first, const std::string& name);

// Whether there is a catalogue at the place. Blocks; the errors of sql::open_postgres().
Result<bool> has_catalogue(const TenantPlace& place);

// kNotFound unless there is a catalogue at the place: the directory of tenants may be a restored one, without
// the catalogues that it names. Blocks.
Result<void> check_catalogue(const TenantPlace& place);

}  // namespace fit::tenants
