#pragma once

#include <map>
#include <string>

#include "accounts/tenants.h"
#include "base/config.h"
#include "base/result.h"
#include "tenants/tenant_place.h"

namespace fit {

// The place of the catalogue that a configuration names.
tenants::TenantPlace place_of(const Config& config);

// The configuration of a tenant: the server's with the tenant's own place and settings. Models stay where
// they are. The errors of tenants::place_of() and of check_tenant_settings().
Result<Config> tenant_config(const Config& server, const accounts::Tenant& tenant);

// kInvalid naming "settings.NAME" for a setting that a tenant cannot have, a value that the setting cannot
// have, and a limit above the server's.
Result<void> check_tenant_settings(const Config& server, const std::map<std::string, std::string>& settings);

// The name by which EmbedderPool has the configured embedder of a tenant; empty: it is the server's.
std::string embedder_name(const Config& server, const Config& tenant);

}  // namespace fit
