#include <algorithm>
#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/stopwatch.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/update_indexes.h"
#include "ingest/assets/frame_backfill.h"
#include "serving/space_records.h"

namespace fit::cli {
namespace {

struct EmbedArgs {
  std::string space;  // "builtin", "palette" or a model's name; empty: the active space
  std::uint64_t batch_size = 64;
  bool dry_run = false;
  bool json = false;
};

void declare(Arguments& arguments, EmbedArgs& args) {
  arguments.option("--space", args.space,
                   "builtin, palette, or the name of an installed model [the active space]");
  arguments.number("--batch-size", args.batch_size, 1, 10'000, "Images in one transaction");
  arguments.flag("--dry-run", args.dry_run, "Count the images and write nothing");
  arguments.flag("--json", args.json, "Print JSON");
}

void print(const Json& json) {
  std::cout << fit::format("space {}: {} of {} images have a vector", json["space"].get<std::string>(),
                           with_thousands(json["have"].get<std::int64_t>()),
                           with_thousands(json["pictures"].get<std::int64_t>()));
  if (json.contains("embedded")) {
    std::cout << fit::format("; {} embedded now, {:.1f} a second, {} could not be read",
                             with_thousands(json["embedded"].get<std::int64_t>()),
                             json["per_second"].get<double>(),
                             with_thousands(json["failed"].get<std::int64_t>()));
  } else {
    std::cout << fit::format("; {} would be embedded, nothing was written",
                             with_thousands(json["missing"].get<std::int64_t>()));
  }
  std::cout << "\n";
  const Json& frames = json["frames"];
  if (frames["frames"] == 0) return;
  std::cout << fit::format("{} of {} images of assets that are no item have a vector\n",
                           with_thousands(frames["have"].get<std::int64_t>()),
                           with_thousands(frames["frames"].get<std::int64_t>()));
}

// Embeds the images of assets that have no vector in the space. They are fewer than those of items, and
// nothing is searched among them.
Result<void> embed_frames(const ingest::FrameBackfill& backfill, std::size_t batch_size,
                          const std::stop_token& stop, Json& json) {
  std::int64_t done = 0;
  std::int64_t failed = 0;
  for (std::int64_t after = 0;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto page, backfill.step(after, batch_size));
    if (page.last == 0) break;
    after = page.last;
    done += page.done;
    failed += page.failed;
  }
  json["embedded"] = done;
  json["failed"] = failed;
  return {};
}

Result<void> count_frames(sql::Database& database, std::int64_t space_id, Json& json) {
  FIT_TRY(const auto counts, ingest::AssetFrames(database).count(space_id));
  json["frames"] = counts.frames;
  json["have"] = counts.with_vector;
  json["missing"] = counts.frames - counts.with_vector;
  return {};
}

// Embeds the images that have no vector in the space, or counts them; prints the result.
Result<void> embed_missing(catalog::Catalog& catalog, store::Catalogue& store,
                           const catalog::ActiveSpace& space, const EmbedArgs& args,
                           const std::stop_token& stop) {
  Json json = {{"space", space.embedder->space().name}};
  Result<void> embedded;
  if (!args.dry_run) {
    ProgressBar bar("embed", "photos");
    const Stopwatch stopwatch;
    catalog::Catalog::BackfillReport report;
    embedded =
        catalog.backfill({.spaces = {space}, .batch_size = args.batch_size}, bar.progress(), stop, report);
    if (!embedded && !is_stopped(embedded)) return embedded;
    bar.finish();
    json["embedded"] = report.done;
    json["failed"] = report.failed;
    json["per_second"] = static_cast<double>(report.done) / std::max(stopwatch.seconds(), 1e-3);
    if (embedded) {
      const ingest::FrameBackfill backfill(store.database(), catalog.writer(), space);
      embedded = embed_frames(backfill, args.batch_size, stop, json["frames"]);
    }
    if (!embedded && !is_stopped(embedded)) return embedded;
  }
  FIT_TRY(const store::Counts counts, store.items().counts());
  FIT_TRY(const std::int64_t have, store.vectors().count(space.space_id));
  json["pictures"] = counts.images;
  json["have"] = have;
  json["missing"] = counts.images - have;
  FIT_CHECK(count_frames(store.database(), space.space_id, json["frames"]));
  if (args.json) {
    std::cout << dump_json(json, 2) << "\n";
  } else {
    print(json);
  }
  if (embedded) return {};
  return cancelled("stopped; run the same command again to continue");
}

Result<void> run(const EmbedArgs& args, const Context& context) {
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  std::shared_ptr<embed::Embedder> other;
  domain::SpaceRecord space = catalogue.space.record();
  if (!args.space.empty()) {
    FIT_TRY(other, context.embedders.open(args.space));
    FIT_TRY(space, args.dry_run ? serving::find_space(catalogue.store, other->space())
                                : serving::register_space(catalogue.store, other->space()));
  }
  const catalog::ActiveSpace target{space.id, other ? other.get() : &catalogue.space.embedder()};
  catalog::Catalog& catalog = catalogue.space.catalog();
  if (args.dry_run) return embed_missing(catalog, catalogue.store, target, args, context.stop);
  FIT_CHECK(drop_empty_indexes(context, space));
  FIT_CHECK(embed_missing(catalog, catalogue.store, target, args, context.stop));
  return build_indexes(context, space, store::IndexesToBuild::kMissing);
}

}  // namespace

void add_embed(CommandSet& commands) {
  commands.add<EmbedArgs>(
      {.name = "embed",
       .help = "Embed the images that have no vector in a space; servers may be using another space",
       .on_signal = OnSignal::kStop,
       .decodes_images = true},
      declare, run);
}

}  // namespace fit::cli
