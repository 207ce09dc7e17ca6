#include <iostream>

#include "accounts/account_json.h"
#include "accounts/accounts.h"
#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "search/filter.h"

namespace fit::cli {
namespace {

struct CreateArgs {
  std::string name;
  std::vector<std::string> scopes;
  std::string filters;
  std::string expires_at;
  std::string rate_limit;
  bool json = false;
};

struct ListArgs {
  bool json = false;
};

struct RevokeArgs {
  std::string id;
};

struct RotateArgs {
  std::string id;
  std::int64_t overlap_s = 86'400;
  bool json = false;
};

void declare(Arguments& arguments, CreateArgs& args) {
  arguments.positional("NAME", args.name, "What the key is for");
  arguments.required_option("--scope", args.scopes,
                            "What the key may do: search, items:read, items:write, content:review, embed, "
                            "ingest, metrics, admin, or * for "
                            "all; "
                            "repeat for several");
  arguments.option(
      "--filters", args.filters,
      "A filter as JSON, such as {\"source\":\"shop\"}: the key sees only items that satisfy it");
  arguments.option("--expires-at", args.expires_at,
                   "The end of the key, such as 2027-01-31 or 2027-01-31T12:00:00Z");
  arguments.option("--rate-limit", args.rate_limit, "Such as 100/minute; that of the settings otherwise");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, ListArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, RevokeArgs& args) {
  arguments.positional("ID", args.id, "The id of the key, from fit key list");
}

void declare(Arguments& arguments, RotateArgs& args) {
  arguments.positional("ID", args.id, "The id of the key, from fit key list");
  arguments.number("--overlap", args.overlap_s, 0, 2'592'000, "Seconds for which the old secret stays valid");
  arguments.flag("--json", args.json, "Print JSON");
}

std::string text_of(const std::optional<Timestamp>& time) {
  return time ? to_rfc3339(*time).substr(0, 19) + "Z" : "";
}

std::string state_of(const accounts::ApiKey& key) {
  if (key.revoked_at) return "revoked";
  return key.is_valid_at(now()) ? "valid" : "expired";
}

Json with_state(Json json, const accounts::ApiKey& key) {
  json["state"] = state_of(key);
  return json;
}

void print(const accounts::IssuedKey& issued, bool json) {
  if (json) {
    std::cout << dump_json(with_state(accounts::issued_key_json(issued), issued.key), 2) << "\n";
    return;
  }
  std::cout << issued.secret << "\n";
  std::cerr << fit::format("This is the secret of key {} ({}). It is not shown again.\n", issued.key.id,
                           issued.key.options.name);
}

// The id of a key, if it is one of the command's tenant.
Result<std::int64_t> id_of(accounts::Accounts& accounts, const std::string& text, const Context& context) {
  FIT_TRY(const std::int64_t id, parse_id("ID", text));
  FIT_TRY(const accounts::ApiKey key, accounts.keys().get(id));
  if (key.options.tenant != context.tenant) return not_found("there is no such key");
  return id;
}

// Adds what a command has done to the audit log.
Result<void> record(accounts::Accounts& accounts, std::string_view action, const accounts::ApiKey& key) {
  const accounts::AuditEntry entry{.at = now(),
                                   .tenant = key.options.tenant,
                                   .principal = std::string(kCreatedBy),
                                   .address = {},
                                   .action = std::string(action),
                                   .target = "key:" + std::to_string(key.id),
                                   .outcome = "done",
                                   .detail = dump_json(accounts::key_audit_detail(key))};
  return accounts.audit().append({&entry, 1});
}

Result<void> create(const CreateArgs& args, const Context& context) {
  accounts::KeyOptions options;
  options.name = args.name;
  FIT_TRY(options.scopes, accounts::Scopes::parse("--scope", args.scopes));
  if (!args.filters.empty()) {
    FIT_TRY(const Json filters, parse_json("--filters", args.filters));
    FIT_TRY(const search::Filter filter, search::parse_filter(filters));
    if (!filter.empty()) options.filters = dump_json(filters);
  }
  if (!args.expires_at.empty()) {
    FIT_TRY(options.expires_at, parse_rfc3339("--expires-at", args.expires_at));
  }
  options.rate_limit = args.rate_limit;
  options.tenant = context.tenant;
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  accounts::Accounts accounts(store->database());
  FIT_TRY(const auto issued, accounts.keys().create(options, std::string(kCreatedBy)));
  print(issued, args.json);
  return record(accounts, "keys.create", issued.key);
}

Result<void> list(const ListArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  accounts::Accounts accounts(store->database());
  FIT_TRY(auto keys, accounts.keys().list());
  std::erase_if(keys, [&](const accounts::ApiKey& key) { return key.options.tenant != context.tenant; });
  if (args.json) {
    Json list = Json::array();
    for (const accounts::ApiKey& key : keys) list.push_back(with_state(accounts::key_json(key), key));
    std::cout << dump_json({{"keys", std::move(list)}}, 2) << "\n";
    return {};
  }
  Table table({"ID", "NAME", "BEGINS WITH", "STATE", "CREATED", "LAST USED", "EXPIRES", "SCOPES"});
  for (const accounts::ApiKey& key : keys) {
    table.add({std::to_string(key.id), key.options.name, key.prefix, state_of(key), text_of(key.created_at),
               text_of(key.last_used_at), text_of(key.options.expires_at), key.options.scopes.text()});
  }
  std::cout << table.str();
  return {};
}

Result<void> revoke(const RevokeArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  accounts::Accounts accounts(store->database());
  FIT_TRY(const std::int64_t id, id_of(accounts, args.id, context));
  FIT_TRY(const accounts::ApiKey key, accounts.keys().revoke(id));
  std::cout << fit::format("key {} ({}) is revoked; servers refuse it within a second\n", key.id,
                           key.options.name);
  return record(accounts, "keys.delete", key);
}

Result<void> rotate(const RotateArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  accounts::Accounts accounts(store->database());
  FIT_TRY(const std::int64_t id, id_of(accounts, args.id, context));
  FIT_TRY(const auto issued, accounts.keys().rotate(id, std::chrono::seconds(args.overlap_s)));
  print(issued, args.json);
  return record(accounts, "keys.rotate", issued.key);
}

}  // namespace

void add_key(CommandSet& commands) {
  const CommandGroup group = {"key", "Create, list, revoke and rotate API keys"};
  commands.add<CreateArgs>({.group = group,
                            .name = "create",
                            .help = "Create a key and print its secret, once",
                            .tenant_use = TenantUse::kAccounts},
                           declare, create);
  commands.add<ListArgs>({.group = group,
                          .name = "list",
                          .help = "List the keys, without their secrets",
                          .tenant_use = TenantUse::kAccounts},
                         declare, list);
  commands.add<RevokeArgs>({.group = group,
                            .name = "revoke",
                            .help = "Make a key invalid for good",
                            .tenant_use = TenantUse::kAccounts},
                           declare, revoke);
  commands.add<RotateArgs>({.group = group,
                            .name = "rotate",
                            .help = "Give a key a new secret; the old one stays valid for a while",
                            .tenant_use = TenantUse::kAccounts},
                           declare, rotate);
}

}  // namespace fit::cli
