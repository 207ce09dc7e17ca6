#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"
#include "store/migrate.h"

namespace fit::cli {
namespace {

bool is_wanted(const store::SchemaStep& step, const MigrateArgs& args) {
  return !step.is_applied && (!args.to || step.version <= *args.to);
}

void print_json(const std::vector<store::SchemaStep>& steps, const MigrateArgs& args) {
  Json list = Json::array();
  for (const store::SchemaStep& step : steps) {
    Json one = {{"version", step.version}, {"name", step.name}, {"applied", step.is_applied}};
    if (args.dry_run && is_wanted(step, args)) one["sql"] = step.sql;
    list.push_back(std::move(one));
  }
  std::cout << dump_json({{"dry_run", args.dry_run}, {"steps", std::move(list)}}, 2) << "\n";
}

void print_text(const std::vector<store::SchemaStep>& steps, const MigrateArgs& args) {
  for (const store::SchemaStep& step : steps) {
    const bool is_next = args.dry_run && is_wanted(step, args);
    std::cout << fit::format("{:>4} {:<24} {}\n", step.version, step.name,
                             step.is_applied ? "applied"
                             : is_next       ? "would be applied:"
                                             : "missing");
    if (is_next) std::cout << step.sql << "\n";
  }
}

}  // namespace

Result<void> run_migrate(const Config& config, const MigrateArgs& args) {
  if (!args.dry_run) FIT_CHECK(store::migrate_database(config.database_url, args.to));
  FIT_TRY(const auto steps, store::schema_steps(config.database_url));
  if (args.json) {
    print_json(steps, args);
  } else {
    print_text(steps, args);
  }
  return {};
}

}  // namespace fit::cli
