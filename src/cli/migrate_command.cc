#include <iostream>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"
#include "store/migrate.h"

namespace fit::cli {
namespace {

constexpr std::uintmax_t kLargestLayout = 1 << 20;

struct MigrateArgs {
  bool dry_run = false;
  std::optional<int> to;  // the version to migrate to; nullopt: the last
  bool no_snapshot = false;
  bool rollback = false;
  std::filesystem::path layout;  // the file of partitions and shards; empty: the stored layout
  bool json = false;
};

void declare(Arguments& arguments, MigrateArgs& args) {
  arguments.flag("--dry-run", args.dry_run, "Print the steps and change nothing");
  arguments.option("--to", args.to, "Stop at this version [the last]");
  arguments.flag("--no-snapshot", args.no_snapshot,
                 "Make no copy of a SQLite database before its schema changes");
  arguments.flag(
      "--rollback", args.rollback,
      "Go back to the copy that was made before the last change, for the program before; SQLite only");
  arguments.option("--layout", args.layout,
                   "TOML file with the partitions of categories and their shards; PostgreSQL only");
  arguments.flag("--json", args.json, "Print JSON");
}

bool is_wanted(const store::SchemaStep& step, const MigrateArgs& args) {
  return !step.is_applied && (!args.to || step.version <= *args.to);
}

Json to_json(const store::LayoutStep& step) {
  return {{"what", step.what}, {"shard", step.shard}, {"sql", step.statements}};
}

void print_json(const std::vector<store::SchemaStep>& steps, const std::vector<store::LayoutStep>& layout,
                const MigrateArgs& args) {
  Json list = Json::array();
  for (const store::SchemaStep& step : steps) {
    Json one = {{"version", step.version}, {"name", step.name}, {"applied", step.is_applied}};
    if (args.dry_run && is_wanted(step, args)) one["sql"] = step.sql;
    list.push_back(std::move(one));
  }
  Json parts = Json::array();
  for (const store::LayoutStep& step : layout) parts.push_back(to_json(step));
  std::cout << dump_json(
                   {{"dry_run", args.dry_run}, {"steps", std::move(list)}, {"layout", std::move(parts)}}, 2)
            << "\n";
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

void print_text(const store::LayoutStep& step, bool with_sql) {
  std::cout << "layout: " << step.what;
  if (!step.shard.empty()) std::cout << " (on shard " << step.shard << ")";
  std::cout << std::endl;  // flushed before the step, which may take long
  if (!with_sql) return;
  for (const std::string& statement : step.statements) std::cout << statement << ";\n";
}

Result<void> roll_back(const MigrateArgs& args, const Context& context) {
  if (args.to || args.dry_run || args.no_snapshot || !args.layout.empty()) {
    return invalid("--rollback", "cannot be combined with other options");
  }
  FIT_TRY(const store::Rollback done, store::roll_back_database(context.config().database.url));
  if (args.json) {
    std::cout << dump_json({{"from", done.from}, {"to", done.to}, {"kept", done.kept.string()}}, 2) << "\n";
  } else {
    std::cout << fit::format("the schema is at version {} again; the database of version {} is kept as {}\n",
                             done.to, done.from, done.kept.string());
  }
  return {};
}

Result<void> run(const MigrateArgs& args, const Context& context) {
  if (args.rollback) return roll_back(args, context);
  const DatabaseSettings& database = context.config().database;
  store::LayoutRun layout_run{.wanted = nullptr, .graph = context.graph, .environment = &environment_value};
  store::VectorLayout layout;
  if (!args.layout.empty()) {
    FIT_TRY(const Bytes text, read_file(args.layout, kLargestLayout));
    FIT_TRY(layout, store::parse_layout(as_text(text)));
    layout_run.wanted = &layout;
  }
  if (!args.dry_run)
    FIT_CHECK(store::migrate_database(database.url, {.to = args.to, .takes_snapshot = !args.no_snapshot}));
  FIT_TRY(const auto steps, store::schema_steps(database.url));
  if (!args.json) print_text(steps, args);
  std::vector<store::LayoutStep> done;
  if (args.dry_run) {
    FIT_TRY(done, store::database_layout_steps(database.url, layout_run));
    if (!args.json) {
      for (const store::LayoutStep& step : done) print_text(step, true);
    }
  } else {
    FIT_CHECK(store::lay_out_database(database.url, layout_run, [&](const store::LayoutStep& step) {
      done.push_back(step);
      if (!args.json) print_text(step, false);
    }));
  }
  if (args.json) {
    print_json(steps, done, args);
  } else if (done.empty() && layout_run.wanted != nullptr && steps.back().is_applied) {
    std::cout << "layout: nothing to do\n";
  }
  return {};
}

}  // namespace

void add_migrate(CommandSet& commands) {
  commands.add<MigrateArgs>(
      {.name = "migrate", .help = "Update the database's schema, which other commands do when they open it"},
      declare, run);
}

}  // namespace fit::cli
