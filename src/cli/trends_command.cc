#include <iostream>
#include <string_view>

#include "accounts/tenants.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"
#include "ontology/ontology.h"
#include "style/trends/trend_reader.h"
#include "style/trends/trends.h"

namespace fit::cli {
namespace {

struct TrendsArgs {
  std::string window = style::trend_window_name(style::kDefaultTrendWindow);
  bool json = false;
};

void declare(Arguments& arguments, TrendsArgs& args) {
  arguments.option("--window", args.window, "7d, 28d or 90d, compared with as long a time before");
  arguments.flag("--json", args.json, "Print JSON");
}

void add_rows(Table& table, const std::vector<style::Trend>& trends) {
  for (const style::Trend& trend : trends) {
    table.add({trend.is_rising() ? "rising" : "falling", std::string(style::to_string(trend.kind)),
               trend.value, std::to_string(trend.before.count), std::to_string(trend.now.count),
               fit::format("{:.2f}", trend.growth.ratio),
               fit::format("{:.2f} to {:.2f}", trend.growth.low, trend.growth.high)});
  }
}

void print_list(std::string_view name, const style::TrendList& list) {
  std::cout << fit::format("{}: {}, {} in the time before; {} values tested\n", name,
                           with_thousands(list.count), with_thousands(list.count_before), list.tested);
  if (list.rising.empty() && list.falling.empty()) return;
  Table table({"", "KIND", "VALUE", "BEFORE", "NOW", "GROWTH", "95 %"});
  add_rows(table, list.rising);
  add_rows(table, list.falling);
  std::cout << table.str() << "\n";
}

Result<void> compute(const TrendsArgs& args, const Context& context) {
  FIT_TRY(const std::size_t window, style::parse_trend_window("--window", args.window));
  FIT_TRY(const auto ontology, ontology::Ontology::load());
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const auto reports, style::compute_trends({.database = store->database(),
                                                     .accounts = store->database(),
                                                     .tenant = context.tenant,
                                                     .ontology = ontology},
                                                    now(), context.stop));
  // Favourites and searches of the users of another tenant are in the catalogue of "default".
  if (context.tenant == accounts::kDefaultTenant) FIT_CHECK(style::Trends(store->database()).put(reports));
  const style::TrendReport& report = reports.at(window);
  if (args.json) {
    std::cout << dump_json(style::to_json(report), 2) << "\n";
    return {};
  }
  print_list("listings", report.listings);
  print_list("saves", report.saves);
  print_list("searches", report.searches);
  return {};
}

}  // namespace

void add_trends(CommandSet& commands) {
  commands.add<TrendsArgs>(
      {.name = "trends",
       .help = "Compute what rises and falls in listings, saves and searches, and keep it for the server",
       .on_signal = OnSignal::kStop},
      declare, compute);
}

}  // namespace fit::cli
