#include <iostream>

#include "accounts/account_json.h"
#include "accounts/accounts.h"
#include "accounts/passwords.h"
#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/links.h"
#include "cli/table.h"

namespace fit::cli {
namespace {

struct CreateUserArgs {
  std::string email;
  std::string role;
  std::string name;
  bool password_stdin = false;
};

struct ListUsersArgs {
  bool json = false;
};

struct UserArgs {
  std::string email;
};

void declare_create(Arguments& arguments, CreateUserArgs& args) {
  arguments.positional("EMAIL", args.email, "The address by which the user signs in");
  arguments.required_option(
      "--role", args.role,
      "owner (everything, users and keys too), editor (changes items), viewer or shopper");
  arguments.option("--name", args.name, "The name of the user, for people");
  arguments.flag(
      "--password-stdin", args.password_stdin,
      "Read the password from the first line of standard input; otherwise an invitation link is printed");
}

void declare_list(Arguments& arguments, ListUsersArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

void declare_user(Arguments& arguments, UserArgs& args) {
  arguments.positional("EMAIL", args.email, "The address of the user");
}

std::string text_of_time(const std::optional<Timestamp>& time) {
  return time ? to_rfc3339(*time).substr(0, 19) + "Z" : "";
}

std::string state_of_user(const accounts::User& user) {
  if (!user.is_enabled()) return "disabled";
  return user.has_password ? "enabled" : "invited";
}

Result<std::string> read_password(const std::string& email) {
  std::string password;
  std::getline(std::cin, password);
  if (password.ends_with('\r')) password.pop_back();
  FIT_CHECK(accounts::check_password("password", password, email));
  return password;
}

// Opens the database and runs `work` on its accounts.
Result<void> with_accounts(const Context& context,
                           const std::function<Result<void>(accounts::Accounts&)>& work) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  accounts::Accounts accounts(store->database());
  return work(accounts);
}

// The user of an address as a member of the command's tenant.
Result<accounts::User> find_user(accounts::Accounts& accounts, const std::string& email,
                                 const Context& context) {
  FIT_TRY(const auto found, accounts.users().find(email));
  if (!found) return not_found("there is no such user");
  return accounts.tenants().member(context.tenant, found->user.id);
}

// Prints a link by which the user chooses a password.
Result<void> print_link(const Context& context, accounts::Accounts& accounts, const accounts::User& user) {
  FIT_TRY(const auto link, accounts.make_link(user));
  std::cout << link_url(context.config(), link.purpose, link.token) << "\n";
  std::cerr << fit::format("Give this link to {}. It works once, for {} minutes.\n", user.email,
                           accounts::lifetime_of(link.purpose).count());
  return {};
}

Result<void> create_user(const CreateUserArgs& args, const Context& context) {
  accounts::NewUser wanted{.email = args.email, .name = args.name};
  FIT_TRY(wanted.role, accounts::parse_role("--role", args.role));
  std::string hash;
  if (args.password_stdin) {
    FIT_TRY(const std::string password, read_password(args.email));
    accounts::PasswordHasher hasher;
    FIT_TRY(hash, hasher.hash(password));
  }
  return with_accounts(context, [&](accounts::Accounts& accounts) -> Result<void> {
    FIT_TRY(const auto member, accounts.tenants().add_member(context.tenant, wanted));
    const accounts::User& user = member.user;
    if (member.is_new && hash.empty()) return print_link(context, accounts, user);
    // The password of a user of other tenants stays.
    if (member.is_new) FIT_CHECK(accounts.users().set_password(user.id, hash, 0));
    std::cerr << fit::format("{} may sign in as {}\n", user.email, accounts::to_string(user.role));
    return {};
  });
}

Result<void> list_users(const ListUsersArgs& args, const Context& context) {
  return with_accounts(context, [&](accounts::Accounts& accounts) -> Result<void> {
    FIT_TRY(const auto users, accounts.tenants().members(context.tenant));
    if (args.json) {
      Json list = Json::array();
      for (const accounts::User& user : users) {
        list.push_back(accounts::user_json(user));
        list.back()["state"] = state_of_user(user);
      }
      std::cout << dump_json({{"users", std::move(list)}}, 2) << "\n";
      return {};
    }
    Table table({"ID", "EMAIL", "NAME", "ROLE", "STATE", "CODES", "CREATED", "LAST SEEN"});
    for (const accounts::User& user : users) {
      table.add({std::to_string(user.id), user.email, user.name, std::string(accounts::to_string(user.role)),
                 state_of_user(user), user.has_totp ? "yes" : "no", text_of_time(user.created_at),
                 text_of_time(user.last_seen_at)});
    }
    std::cout << table.str();
    return {};
  });
}

Result<void> reset_user(const UserArgs& args, const Context& context) {
  return with_accounts(context, [&](accounts::Accounts& accounts) -> Result<void> {
    FIT_TRY(const accounts::User user, find_user(accounts, args.email, context));
    return print_link(context, accounts, user);
  });
}

Result<void> set_disabled(const UserArgs& args, const Context& context, bool is_disabled) {
  return with_accounts(context, [&](accounts::Accounts& accounts) -> Result<void> {
    FIT_TRY(const accounts::User user, find_user(accounts, args.email, context));
    FIT_CHECK(accounts.users().change(user.id, {.is_disabled = is_disabled}));
    std::cout << fit::format("{} is {}\n", user.email,
                             is_disabled ? "disabled; the sessions have ended" : "enabled");
    return {};
  });
}

Result<void> disable_user(const UserArgs& args, const Context& context) {
  return set_disabled(args, context, true);
}

Result<void> enable_user(const UserArgs& args, const Context& context) {
  return set_disabled(args, context, false);
}

Result<void> remove_user(const UserArgs& args, const Context& context) {
  return with_accounts(context, [&](accounts::Accounts& accounts) -> Result<void> {
    FIT_TRY(const accounts::User user, find_user(accounts, args.email, context));
    FIT_CHECK(accounts.tenants().remove_member(context.tenant, user.id));
    std::cout << fit::format("{} is removed\n", user.email);
    return {};
  });
}

}  // namespace

void add_user(CommandSet& commands) {
  const CommandGroup group = {"user", "Create, list, disable and remove users"};
  commands.add<CreateUserArgs>({.group = group,
                                .name = "create",
                                .help = "Create a user and print an invitation link",
                                .tenant_use = TenantUse::kAccounts},
                               declare_create, create_user);
  commands.add<ListUsersArgs>(
      {.group = group, .name = "list", .help = "List the users", .tenant_use = TenantUse::kAccounts},
      declare_list, list_users);
  commands.add<UserArgs>({.group = group,
                          .name = "reset",
                          .help = "Print a link by which a user chooses another password",
                          .tenant_use = TenantUse::kAccounts},
                         declare_user, reset_user);
  commands.add<UserArgs>({.group = group,
                          .name = "disable",
                          .help = "Keep a user from signing in, at once",
                          .tenant_use = TenantUse::kAccounts},
                         declare_user, disable_user);
  commands.add<UserArgs>({.group = group,
                          .name = "enable",
                          .help = "Let a disabled user sign in again",
                          .tenant_use = TenantUse::kAccounts},
                         declare_user, enable_user);
  commands.add<UserArgs>({.group = group,
                          .name = "remove",
                          .help = "Remove a user with their sessions",
                          .tenant_use = TenantUse::kAccounts},
                         declare_user, remove_user);
}

}  // namespace fit::cli
