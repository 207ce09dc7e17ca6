#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "accounts/tenants.h"
#include "base/progress.h"
#include "base/result.h"
#include "blobs/storage.h"
#include "tenants/tenant_place.h"

namespace fit::tenants {

// The parts that creation and removal use. It borrows the directory.
struct Installation {
  accounts::Tenants& directory;
  TenantPlace first;       // the place of the tenant "default"
  blobs::Storage storage;  // the image files of the tenant "default" (STORAGE_BACKEND)
};

// How a tenant is created.
struct CreateOptions {
  accounts::TenantChange given = {};  // its settings and quotas, which the caller has checked
  std::filesystem::path backup = {};  // of a tenant, which the new one begins as; empty: it begins empty
  Progress progress = {};             // of the restore
};

// Makes the catalogue of a new tenant, and then the tenant itself: others see it complete or not at all. An
// interrupted creation is completed by another one of the same name. Other processes may be running. Blocks.
// Errors naming "name": kInvalid, kConflict; kUnavailable while another process creates or removes a tenant;
// those of store::open_catalogue() and catalog::restore_backup().
Result<accounts::Tenant> create_tenant(const Installation& installation, const std::string& name,
                                       const CreateOptions& options, const std::stop_token& stop = {});

// How a tenant is removed.
struct RemoveOptions {
  // The folder that a backup of the tenant is made in; empty: none is made.
  std::filesystem::path backups = {};
  // Closes the catalogue in this process. The removal is given up when it fails, which changes nothing.
  std::function<Result<void>()> close = {};
  // How long other processes take until they have closed the catalogue.
  std::chrono::milliseconds notice{2000};
  Progress progress = {};  // of the backup
};

// What a removal has made.
struct Removal {
  std::filesystem::path backup;  // empty: none
};

// Removes a tenant, its catalogue, its image files, its keys and the rights of its users; first from the
// sight of callers. An interrupted removal is completed by another one, which makes no second backup once the
// catalogue is gone. When the backup fails, the tenant stays. Other processes may be running; requests that
// still use the catalogue fail. Blocks. kNotFound; kConflict for "default"; kUnavailable while another
// process creates or removes a tenant; the errors of catalog::back_up() and blobs::Storage::remove_all().
Result<Removal> remove_tenant(const Installation& installation, const std::string& name,
                              const RemoveOptions& options, const std::stop_token& stop = {});

}  // namespace fit::tenants
