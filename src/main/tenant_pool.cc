#include "main/tenant_pool.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "main/tenant_config.h"

namespace fit {
namespace {

constexpr std::chrono::seconds kPeriod{1};
constexpr int kPeriodsBetweenCounts = 5;  // of requests
// How long a removal waits for requests that use the tenant.
constexpr std::chrono::seconds kMaxCloseWait{10};
constexpr std::chrono::milliseconds kClosePoll{50};
// How long the first request of a tenant waits for an index that is not up to date.
constexpr std::chrono::seconds kMaxIndexWait{10};
constexpr std::chrono::milliseconds kIndexPoll{2};

// Waits until searches find everything that the catalogue had when it was opened.
void wait_for_index(const Tenant& tenant, const std::stop_token& stop) {
  const auto deadline = std::chrono::steady_clock::now() + kMaxIndexWait;
  while (!tenant.spaces().current()->searcher().is_complete() &&
         std::chrono::steady_clock::now() < deadline) {
    if (!wait_unless_stopped(stop, kIndexPoll)) return;
  }
}

// A tenant whose catalogue cannot be opened exists for its users; the operator must do something. The reason,
// which may name settings and paths, is private.
Error not_opened(const Error& error) {
  return {ErrorCode::kUnavailable, "the catalogue of this tenant cannot be opened", {}, error.describe()};
}

}  // namespace

TenantPool::TenantPool(Runtime& runtime, Tenant& first, accounts::Accounts& accounts)
    : runtime_(runtime),
      first_(&first, [](Tenant*) {}),
      accounts_(accounts),
      counts_(accounts.tenants(), runtime.log()),
      pool_(
          [this](const std::string& name) { return open(name); },
          {.max_open = runtime.config().tenants.max_open, .idle_time = runtime.config().tenants.idle_time}) {}

void TenantPool::start() {
  Gauge& open_tenants =
      runtime_.metrics().gauge("fit_tenants_open", "Tenants besides default whose catalogues are open");
  task_.start([this, &open_tenants](const std::stop_token&) {
    for (int periods = 1; task_.wait_for(kPeriod); ++periods) {
      follow();
      if (periods % kPeriodsBetweenCounts == 0) counts_.store();
      pool_.close_idle();
      open_tenants.set(static_cast<double>(open_count()));
    }
  });
}

void TenantPool::stop() {
  task_.stop();
  counts_.store();
  pool_.close_if([](const std::string&, Tenant&) { return true; });
}

Result<std::shared_ptr<Tenant>> TenantPool::acquire(const std::string& name) {
  if (name == accounts::kDefaultTenant) return first_;
  auto tenant = pool_.acquire(name);
  if (!tenant && tenant.error().code == ErrorCode::kUnavailable && tenant.error().detail.empty()) {
    tenant.error().detail =
        fit::format("tenant {}; MAX_OPEN_TENANTS is {}", name, runtime_.config().tenants.max_open);
  }
  return tenant;
}

Result<std::vector<std::string>> TenantPool::names() {
  FIT_TRY(const auto tenants, accounts_.tenants().list());
  std::vector<std::string> names = {std::string(accounts::kDefaultTenant)};
  for (const accounts::Tenant& tenant : tenants) names.push_back(tenant.name);
  return names;
}

Result<std::unique_ptr<Tenant>> TenantPool::open(const std::string& name) {
  FIT_TRY(const accounts::Tenant record, accounts_.tenants().get(name));
  FIT_TRY(const Config config, tenant_config(runtime_.config(), record));
  FIT_TRY(const tenants::TenantPlace place, tenants::place_of(place_of(runtime_.config()), name));
  if (const auto found = tenants::check_catalogue(place); !found) return not_opened(found.error());
  const auto begun = std::chrono::steady_clock::now();
  auto opened = Tenant::open(
      runtime_, config, {.name = name, .allow_local_paths = false, .accounts = &first_->store().database()});
  if (!opened) return not_opened(opened.error());
  std::unique_ptr<Tenant> tenant = *std::move(opened);
  tenant->set_quotas(record.quotas);
  if (const auto started = tenant->start(); !started) return not_opened(started.error());
  wait_for_index(*tenant, task_.stop_token());
  runtime_.metrics()
      .latency("fit_tenant_open_seconds", "Time to open the catalogue of a tenant")
      .observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  const std::lock_guard lock(mutex_);
  opened_.insert_or_assign(name, record);
  return tenant;
}

Result<void> TenantPool::count_request(const Tenant& tenant) {
  if (tenant.name() == accounts::kDefaultTenant) return {};
  return counts_.take(tenant.name(), tenant.max_requests_per_day());
}

Result<void> TenantPool::close(const std::string& name) {
  const auto deadline = std::chrono::steady_clock::now() + kMaxCloseWait;
  do {
    take_out(name);  // again for one whose opening had begun before
    if (pool_.wait_closed(name, kClosePoll)) return {};
  } while (std::chrono::steady_clock::now() < deadline);
  return Error{
      ErrorCode::kConflict, "the tenant is in use, by an import for example; try again later", {}, {}};
}

void TenantPool::take_out(const std::string& name) {
  pool_.close_if([&name](const std::string& opened, Tenant&) { return opened == name; });
}

void TenantPool::changed(const accounts::Tenant& tenant) {
  pool_.close_if([&](const std::string& name, Tenant& opened) {
    if (name != tenant.name) return false;
    opened.set_quotas(tenant.quotas);
    return is_outdated(name, tenant);
  });
}

// Applies what other processes have changed.
void TenantPool::follow() {
  const auto version = accounts_.version();
  Result<void> followed;
  if (!version) {
    followed = version.error();
  } else if (*version != seen_version_) {
    followed = follow_directory();
  }
  if (!followed) {
    runtime_.log().warning("cannot read which tenants have changed",
                           {{"reason", followed.error().describe()}});
    return;
  }
  seen_version_ = *version;
}

Result<void> TenantPool::follow_directory() {
  FIT_TRY(const auto records, accounts_.tenants().list());
  pool_.close_if([&](const std::string& name, Tenant& opened) {
    const auto record = std::ranges::find(records, name, &accounts::Tenant::name);
    if (record == records.end()) return true;
    opened.set_quotas(record->quotas);
    return is_outdated(name, *record);
  });
  return {};
}

// Whether a tenant was opened with another record, or with other settings.
bool TenantPool::is_outdated(const std::string& name, const accounts::Tenant& record) {
  const std::lock_guard lock(mutex_);
  const auto before = opened_.find(name);
  return before == opened_.end() || record.id != before->second.id ||
         record.settings != before->second.settings;
}

}  // namespace fit
