#include <algorithm>
#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "catalog/chosen_space.h"
#include "cli/commands.h"
#include "store/catalogue.h"
#include "store/migrate.h"

namespace fit::cli {
namespace {

struct ConfigArgs {
  bool json = false;
};

void declare(Arguments& arguments, ConfigArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

// The name of the space that was chosen with `fit space use`. Empty when no space was chosen, or when the
// catalogue does not exist or cannot be read without migrating it.
std::string chosen_space(const std::string& database_url) {
  const auto steps = store::schema_steps(database_url);
  if (!steps || !std::ranges::all_of(*steps, &store::SchemaStep::is_applied)) return {};
  const auto store = store::open_catalogue(database_url);
  if (!store) return {};
  const auto chosen = catalog::chosen_space(**store);
  return chosen && *chosen ? (*chosen)->name : std::string();
}

void print_json(const std::vector<ConfigValue>& values, const std::string& chosen_space) {
  Json settings = Json::array();
  for (const ConfigValue& value : values) {
    settings.push_back({{"name", value.info.name},
                        {"environment", environment_name(value.info.name)},
                        {"flag", flag_name(value.info.name)},
                        {"value", value.value},
                        {"origin", to_string(value.origin)},
                        {"meaning", value.info.help}});
    const bool is_overruled = !chosen_space.empty() && value.info.name.starts_with("embedding_") &&
                              value.info.name != "embedding_threads";
    if (is_overruled) settings.back()["overruled_by"] = "fit space use " + chosen_space;
  }
  std::cout << dump_json(settings, 2) << "\n";
}

void print_text(const std::vector<ConfigValue>& values, const std::string& chosen_space) {
  for (const ConfigValue& value : values) {
    std::cout << fit::format("{:<28} {:<24} {:<12} {}\n", environment_name(value.info.name),
                             value.value.empty() ? "\"\"" : value.value, to_string(value.origin),
                             value.info.help);
  }
  if (!chosen_space.empty()) {
    std::cout << fit::format(
        "\nSearches use the space {0}, chosen with \"fit space use {0}\": it takes precedence over "
        "EMBEDDING_PROVIDER and EMBEDDING_MODEL.\n",
        chosen_space);
  }
}

Result<void> run(const ConfigArgs& args, const Context& context) {
  const std::string chosen = chosen_space(context.config().database.url);
  args.json ? print_json(context.settings.values, chosen) : print_text(context.settings.values, chosen);
  return {};
}

}  // namespace

void add_config(CommandSet& commands) {
  commands.add<ConfigArgs>({.name = "config", .help = "Print every setting with its value and origin"},
                           declare, run);
}

}  // namespace fit::cli
