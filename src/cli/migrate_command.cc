#include <cstdlib>
#include <iostream>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"
#include "store/migrate.h"

namespace fit::cli {
namespace {

constexpr std::uintmax_t kLargestLayout = 1 << 20;

std::optional<std::string> environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
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
  Json places = Json::array();
  for (const store::LayoutStep& step : layout) places.push_back(to_json(step));
  std::cout << dump_json(
                   {{"dry_run", args.dry_run}, {"steps", std::move(list)}, {"layout", std::move(places)}}, 2)
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
  std::cout << std::endl;  // as it begins: a step may take long
  if (!with_sql) return;
  for (const std::string& statement : step.statements) std::cout << statement << ";\n";
}

}  // namespace

Result<void> run_migrate(const Config& config, const MigrateArgs& args) {
  store::LayoutRun run{.wanted = nullptr, .graph = {}, .environment = &environment};
  run.graph = {.m = static_cast<int>(config.db_hnsw_m),
               .ef_construction = static_cast<int>(config.db_hnsw_ef_construction)};
  store::VectorLayout layout;
  if (!args.layout.empty()) {
    FIT_TRY(const Bytes text, read_file(args.layout, kLargestLayout));
    FIT_TRY(layout, store::parse_layout(as_text(text)));
    run.wanted = &layout;
  }
  if (!args.dry_run) FIT_CHECK(store::migrate_database(config.database_url, args.to));
  FIT_TRY(const auto steps, store::schema_steps(config.database_url));
  if (!args.json) print_text(steps, args);
  std::vector<store::LayoutStep> done;
  if (args.dry_run) {
    FIT_TRY(done, store::database_layout_steps(config.database_url, run));
    if (!args.json) {
      for (const store::LayoutStep& step : done) print_text(step, true);
    }
  } else {
    FIT_CHECK(store::lay_out_database(config.database_url, run, [&](const store::LayoutStep& step) {
      done.push_back(step);
      if (!args.json) print_text(step, false);
    }));
  }
  if (args.json) {
    print_json(steps, done, args);
  } else if (done.empty() && run.wanted != nullptr && steps.back().is_applied) {
    std::cout << "layout: all is in place\n";
  }
  return {};
}

}  // namespace fit::cli
