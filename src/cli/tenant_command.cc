#include <iostream>
#include <limits>

#include "accounts/accounts.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "tenants/tenant_lifecycle.h"

namespace fit::cli {
namespace {

constexpr std::string_view kDoneBy = "command line";
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

struct CreateTenantArgs {
  std::string name;
  std::vector<std::string> settings;
  std::int64_t max_items = 0;
  std::int64_t max_bytes = 0;
  std::int64_t max_requests_per_day = 0;
  std::filesystem::path backup;
};

struct ListTenantsArgs {
  bool json = false;
};

struct RemoveTenantArgs {
  std::string name;
  std::string confirm;
  bool no_backup = false;
};

void declare_create_tenant(Arguments& arguments, CreateTenantArgs& args) {
  arguments.positional("NAME", args.name,
                       "1 to 63 characters of a to z, 0 to 9, - and _, beginning with a letter or a digit");
  arguments.option(
      "--set", args.settings,
      "A setting that differs from the server's, such as embedding_provider=palette; repeat for several");
  arguments.number("--max-items", args.max_items, 0, kMost, "The most items; 0: no limit");
  arguments.number("--max-bytes", args.max_bytes, 0, kMost, "The most bytes of stored images; 0: no limit");
  arguments.number("--max-requests-per-day", args.max_requests_per_day, 0, kMost,
                   "The most requests a day; 0: no limit");
  arguments.option("--from", args.backup, "Folder of a tenant's backup, which the new tenant begins as");
}

void declare_list_tenants(Arguments& arguments, ListTenantsArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

void declare_remove_tenant(Arguments& arguments, RemoveTenantArgs& args) {
  arguments.positional("NAME", args.name, "The tenant, whose items, keys and images will be gone");
  arguments.option("--confirm", args.confirm, "The name again; otherwise it is asked for");
  arguments.flag("--no-backup", args.no_backup, "Make no backup under STORAGE_PATH/backups before");
}

Result<std::map<std::string, std::string>> parse_settings(const std::vector<std::string>& given) {
  std::map<std::string, std::string> settings;
  for (const std::string& one : given) {
    const std::size_t end = one.find('=');
    if (end == std::string::npos || end == 0) return invalid("--set", "must look like name=value");
    settings[one.substr(0, end)] = one.substr(end + 1);
  }
  return settings;
}

// Opens the catalogue of "default" and runs `work` on its accounts.
Result<void> with_directory(const Context& context,
                            const std::function<Result<void>(accounts::Accounts&)>& work) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  accounts::Accounts accounts(store->database());
  return work(accounts);
}

Result<tenants::Installation> installation_of(const Context& context, accounts::Accounts& accounts) {
  FIT_TRY(const blobs::Storage storage, context.open_storage("STORAGE_BACKEND", ""));
  return tenants::Installation{.directory = accounts.tenants(),
                               .first = {.name = std::string(accounts::kDefaultTenant),
                                         .database_url = context.config().database.url,
                                         .folder = context.config().storage.path},
                               .storage = storage};
}

// Adds what a command has done to the audit log.
Result<void> record_act(accounts::Accounts& accounts, std::string_view action, const std::string& tenant) {
  const accounts::AuditEntry entry{.at = now(),
                                   .principal = std::string(kDoneBy),
                                   .address = {},
                                   .action = std::string(action),
                                   .target = "tenant:" + tenant,
                                   .outcome = "done",
                                   .detail = {}};
  return accounts.audit().append({&entry, 1});
}

Result<void> create_tenant(const CreateTenantArgs& args, const Context& context) {
  FIT_CHECK(accounts::check_tenant_name("NAME", args.name));
  FIT_TRY(auto settings, parse_settings(args.settings));
  FIT_CHECK(context.check_tenant_settings(settings));
  const tenants::CreateOptions options{
      .given = {.settings = std::move(settings),
                .quotas = accounts::TenantQuotas{.items = args.max_items,
                                                 .bytes = args.max_bytes,
                                                 .requests_per_day = args.max_requests_per_day}},
      .backup = args.backup};
  return with_directory(context, [&](accounts::Accounts& accounts) -> Result<void> {
    FIT_TRY(const tenants::Installation installation, installation_of(context, accounts));
    FIT_CHECK(tenants::create_tenant(installation, args.name, options, context.stop));
    std::cout << fit::format("tenant {} is created; make a key for it with fit key create --tenant {}\n",
                             args.name, args.name);
    return record_act(accounts, "tenants.create", args.name);
  });
}

std::string limit_text(std::int64_t limit) {
  return limit == 0 ? "" : with_thousands(limit);
}

Json tenant_json(const accounts::Tenant& tenant) {
  const auto limit = [](std::int64_t value) { return value == 0 ? Json() : Json(value); };
  return {{"name", tenant.name},
          {"created_at", to_rfc3339(tenant.created_at)},
          {"settings", Json(tenant.settings)},
          {"quotas",
           {{"items", limit(tenant.quotas.items)},
            {"bytes", limit(tenant.quotas.bytes)},
            {"requests_per_day", limit(tenant.quotas.requests_per_day)}}}};
}

void print_tenants(const std::vector<accounts::Tenant>& tenants, bool json) {
  if (json) {
    Json list = Json::array();
    for (const accounts::Tenant& tenant : tenants) list.push_back(tenant_json(tenant));
    std::cout << dump_json({{"tenants", std::move(list)}}, 2) << "\n";
    return;
  }
  Table table({"NAME", "CREATED", "MAX ITEMS", "MAX BYTES", "MAX REQUESTS A DAY", "SETTINGS"});
  for (const accounts::Tenant& tenant : tenants) {
    std::string settings;
    for (const auto& [name, value] : tenant.settings) {
      settings += fit::format("{}{}={}", settings.empty() ? "" : " ", name, value);
    }
    table.add({tenant.name, to_rfc3339(tenant.created_at).substr(0, 19) + "Z",
               limit_text(tenant.quotas.items), limit_text(tenant.quotas.bytes),
               limit_text(tenant.quotas.requests_per_day), settings});
  }
  std::cout << table.str();
}

Result<void> list_tenants(const ListTenantsArgs& args, const Context& context) {
  return with_directory(context, [&](accounts::Accounts& accounts) -> Result<void> {
    FIT_TRY(const auto tenants, accounts.tenants().list());
    print_tenants(tenants, args.json);
    return {};
  });
}

Result<void> check_confirmation(const RemoveTenantArgs& args) {
  std::string name = args.confirm;
  if (name.empty()) {
    std::cerr << fit::format(
        "Type the name of the tenant to remove it with all its items, keys and images: ");
    std::getline(std::cin, name);
  }
  if (name == args.name) return {};
  return invalid("--confirm", "is not the name of the tenant; nothing is removed");
}

Result<void> remove_tenant(const RemoveTenantArgs& args, const Context& context) {
  FIT_CHECK(check_confirmation(args));
  return with_directory(context, [&](accounts::Accounts& accounts) -> Result<void> {
    tenants::RemoveOptions options;
    if (!args.no_backup) options.backups = context.config().storage.path / "backups";
    FIT_TRY(const tenants::Installation installation, installation_of(context, accounts));
    FIT_TRY(const tenants::Removal removal,
            tenants::remove_tenant(installation, args.name, options, context.stop));
    std::cout << fit::format("tenant {} is removed\n", args.name);
    if (!removal.backup.empty()) {
      std::cout << fit::format("its backup is {}; fit tenant create {} --from {} brings it back\n",
                               removal.backup.string(), args.name, removal.backup.string());
    }
    return record_act(accounts, "tenants.delete", args.name);
  });
}

}  // namespace

void add_tenant(CommandSet& commands) {
  const CommandGroup group = {"tenant", "Create, list and remove tenants: catalogues side by side"};
  commands.add<CreateTenantArgs>({.group = group,
                                  .name = "create",
                                  .help = "Create a tenant with an empty catalogue, or from a backup",
                                  .on_signal = OnSignal::kStop,
                                  .tenant_use = TenantUse::kNone},
                                 declare_create_tenant, create_tenant);
  commands.add<ListTenantsArgs>({.group = group,
                                 .name = "list",
                                 .help = "List the tenants besides default",
                                 .tenant_use = TenantUse::kNone},
                                declare_list_tenants, list_tenants);
  commands.add<RemoveTenantArgs>({.group = group,
                                  .name = "remove",
                                  .help = "Remove a tenant after a backup; servers may be running",
                                  .on_signal = OnSignal::kStop,
                                  .tenant_use = TenantUse::kNone},
                                 declare_remove_tenant, remove_tenant);
}

}  // namespace fit::cli
