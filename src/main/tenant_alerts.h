#pragma once

#include <memory>
#include <string>

#include "alerts/alert_service.h"
#include "main/runtime.h"
#include "serving/space_switch.h"

namespace fit {

// What the alerts of a tenant are made of. Borrows what it refers to.
struct TenantAlertParts {
  Runtime& runtime;
  std::string tenant;
  store::Catalogue& store;
  sql::Database& accounts;  // of all tenants
  jobs::Queue& queue;
  catalog::ImageFiles files;
  Metrics& metrics;
};
std::unique_ptr<alerts::AlertService> open_alerts(const TenantAlertParts& parts);

// Starts to compare the changes of the catalogue with saved searches in the active space.
void start_alerts(alerts::AlertService& service, const serving::SpaceSwitch& spaces);

}  // namespace fit
