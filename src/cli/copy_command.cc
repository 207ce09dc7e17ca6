#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/catalogue_copy.h"
#include "cli/commands.h"
#include "ingest/assets/asset_copy.h"
#include "ingest/labels/label_copy.h"
#include "ingest/sources/source_copy.h"
#include "store/pgvector/postgres_index.h"
#include "style/saved/style_copy.h"

namespace fit::cli {
namespace {

struct CopyArgs {
  std::string from;  // both are values of DATABASE_URL
  std::string to;
  bool json = false;
};

void declare(Arguments& arguments, CopyArgs& args) {
  arguments.positional("FROM", args.from, "DATABASE_URL of the catalogue");
  arguments.positional("TO", args.to, "DATABASE_URL of an empty catalogue or of an earlier copy");
  arguments.flag("--json", args.json, "Print JSON");
}

// Makes the spaces of the original in its first copy. On PostgreSQL their indexes are built at the end.
Result<void> make_spaces(store::Catalogue& from, store::Catalogue& to, const std::string& to_url) {
  FIT_TRY(const store::Counts there, to.items().counts());
  if (there.items != 0 || from.id() == to.id()) return {};
  FIT_TRY(const auto spaces, from.spaces().list());
  for (const domain::SpaceRecord& one : spaces) {
    FIT_TRY(const auto made, to.spaces().ensure(one));
    FIT_CHECK(store::drop_empty_indexes(to_url, made));
  }
  return {};
}

Result<void> build_indexes(store::Catalogue& to, const std::string& url, const store::GraphOptions& graph) {
  FIT_TRY(const auto spaces, to.spaces().list());
  for (const domain::SpaceRecord& one : spaces) {
    FIT_CHECK(store::build_indexes(url, one, graph, store::IndexesToBuild::kMissing,
                                   [](const std::string& what) { std::cerr << what << "\n"; }));
  }
  return {};
}

Result<void> run(const CopyArgs& args, const Context& context) {
  const store::GraphOptions& graph = context.graph;
  const auto open = [&graph](const std::string& url, const char* which) {
    auto opened = store::open_catalogue(url, {.graph = graph});
    if (!opened) opened.error().field = which;
    return opened;
  };
  FIT_TRY(const auto from, open(args.from, "FROM"));
  FIT_TRY(const auto to, open(args.to, "TO"));
  FIT_CHECK(ingest::check_asset_copy(*to));
  FIT_CHECK(make_spaces(*from, *to, args.to));
  ProgressBar bar("copy", "items");
  catalog::CopyReport report;
  auto copied = catalog::copy_catalogue(*from, *to, bar.progress(), context.stop, report);
  if (!copied && !is_stopped(copied)) return copied;
  bar.finish();
  ingest::AssetCopyReport assets;
  if (copied) {
    ProgressBar asset_bar("copy", "assets");
    copied = ingest::copy_assets(*from, *to, asset_bar.progress(), context.stop, assets);
    if (!copied && !is_stopped(copied)) return copied;
    asset_bar.finish();
  }
  std::int64_t sources = 0;
  style::StyleCounts style;
  if (copied) {
    FIT_CHECK(ingest::copy_labels(from->database(), to->database(), context.stop));
    FIT_TRY(sources, ingest::copy_sources(from->database(), to->database(), context.stop));
    FIT_TRY(style, style::copy_style(from->database(), to->database(), context.stop));
  }
  if (copied) FIT_CHECK(build_indexes(*to, args.to, graph));
  const Json json = {
      {"copied", report.copied},
      {"removed", report.removed},
      {"from", {{"items", report.from.items}, {"images", report.from.images}}},
      {"to", {{"items", report.to.items}, {"images", report.to.images}}},
      {"assets", {{"copied", assets.copied}, {"all", assets.of}, {"unfinished", assets.unfinished}}},
      {"sources", sources},
      {"garments", style.garments},
      {"outfits", style.outfits},
      {"feedback", style.feedback},
      {"keys", report.accounts.keys},
      {"users", report.accounts.users}};
  if (args.json) {
    std::cout << dump_json(json, 2) << "\n";
  } else {
    std::cout << fit::format(
        "{} items copied, {} removed; there are {} items with {} images now, and {} with {} "
        "in the original; {} assets; {} keys and {} users\n",
        with_thousands(report.copied), with_thousands(report.removed), with_thousands(report.to.items),
        with_thousands(report.to.images), with_thousands(report.from.items),
        with_thousands(report.from.images), with_thousands(assets.of), with_thousands(report.accounts.keys),
        with_thousands(report.accounts.users));
  }
  if (copied) return {};
  return cancelled("stopped; run the same copy again to continue");
}

}  // namespace

void add_copy(CommandSet& commands) {
  commands.add<CopyArgs>(
      {.name = "copy",
       .help = "Copy a catalogue with its ids into another database; a repeated copy copies only the changes",
       .on_signal = OnSignal::kStop},
      declare, run);
}

}  // namespace fit::cli
