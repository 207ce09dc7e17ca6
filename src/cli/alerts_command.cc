#include <iostream>

#include "alerts/alerts.h"
#include "alerts/recipients.h"
#include "alerts/saved_searches.h"
#include "base/json_time.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "store/catalogue.h"

namespace fit::cli {
namespace {

struct AlertListArgs {
  std::int64_t limit = 100;
  bool json = false;
};

struct RemoveSearchArgs {
  std::string id;
};

void declare(Arguments& arguments, AlertListArgs& args) {
  arguments.number("--limit", args.limit, 1, 10'000, "Number of saved searches, the latest first");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, RemoveSearchArgs& args) {
  arguments.positional("ID", args.id, "The id of a saved search");
}

std::string channels_of(const alerts::SavedSearch& search) {
  std::string names = "feed";
  for (const alerts::Channel& channel : search.options.channels) {
    names += ", " + std::string(alerts::kChannelNames.at(static_cast<std::size_t>(channel.kind)));
  }
  return names;
}

// A saved search with its recipient and what it has found.
Result<Json> listed_search(store::Catalogue& store, const alerts::SavedSearch& search) {
  FIT_TRY(const auto recipient, alerts::Recipients(store.database()).get(search.recipient));
  FIT_TRY(const auto found, alerts::Alerts(store.database()).summaries(std::span(&search.id, 1)));
  const alerts::Alerts::Summary& summary = found.at(search.id);
  return Json{{"id", search.id.str()},
              {"name", search.options.name},
              {"created_by", search.created_by},
              {"email", recipient.email},
              {"is_confirmed", recipient.takes_mail()},
              {"is_active", search.is_active},
              {"problem", search.problem.empty() ? Json(nullptr) : Json(search.problem)},
              {"channels", channels_of(search)},
              {"found", summary.count},
              {"last_found_at", time_or_null(summary.latest)}};
}

Result<void> list(const AlertListArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const auto searches,
          alerts::SavedSearches(store->database()).list_all(static_cast<std::size_t>(args.limit)));
  Json listed = Json::array();
  for (const alerts::SavedSearch& one : searches) {
    FIT_TRY(Json view, listed_search(*store, one));
    listed.push_back(std::move(view));
  }
  if (args.json) {
    std::cout << dump_json({{"saved_searches", std::move(listed)}}, 2) << "\n";
    return {};
  }
  Table table({"ID", "NAME", "FOR", "CONFIRMED", "ACTIVE", "CHANNELS", "FOUND", "LAST FOUND", "PROBLEM"});
  const auto yes_or_no = [](const Json& value) { return std::string(value.get<bool>() ? "yes" : "no"); };
  for (const Json& one : listed) {
    table.add(
        {one["id"].get<std::string>(), one["name"].get<std::string>(), one["email"].get<std::string>(),
         yes_or_no(one["is_confirmed"]), yes_or_no(one["is_active"]), one["channels"].get<std::string>(),
         std::to_string(one["found"].get<std::int64_t>()),
         one["last_found_at"].is_null() ? "" : one["last_found_at"].get<std::string>().substr(0, 19) + "Z",
         one["problem"].is_null() ? "" : one["problem"].get<std::string>()});
  }
  std::cout << table.str();
  return {};
}

Result<void> remove_search(const RemoveSearchArgs& args, const Context& context) {
  FIT_TRY(const std::int64_t id, parse_id("ID", args.id));
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_CHECK(alerts::SavedSearches(store->database()).remove(alerts::SavedSearchId{id}));
  std::cout << "saved search " << id << " is removed\n";
  return {};
}

}  // namespace

void add_alerts(CommandSet& commands) {
  const CommandGroup group = {"alerts", "List and remove the saved searches that people get alerts for"};
  commands.add<AlertListArgs>(
      {.group = group, .name = "list", .help = "List saved searches, the latest first"}, declare, list);
  commands.add<RemoveSearchArgs>(
      {.group = group, .name = "remove", .help = "Remove a saved search with its alerts"}, declare,
      remove_search);
}

}  // namespace fit::cli
