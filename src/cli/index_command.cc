#include <algorithm>
#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/update_indexes.h"
#include "serving/word_filler.h"

namespace fit::cli {
namespace {

struct StatusArgs {
  bool json = false;
};

void declare(Arguments& arguments, StatusArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

Result<void> print_status(store::Catalogue& store, const search::VectorSearcher& searcher,
                          const domain::SpaceRecord* texts, bool as_json) {
  FIT_TRY(const store::Counts counts, store.items().counts());
  FIT_TRY(const std::int64_t vectors, store.vectors().count(searcher.space().id));
  FIT_TRY(const std::int64_t position, store.changes().position());
  FIT_TRY(const search::SearcherState state, searcher.state());
  Json status = {{"space", searcher.space().name},
                 {"model_version", searcher.space().version},
                 {"dimensions", searcher.space().dimensions},
                 {"items", counts.items},
                 {"images", counts.images},
                 {"images_without_vector", counts.images - vectors},
                 {"index_kind", state.kind},
                 {"indexed_images", state.images},
                 {"index_memory_bytes", state.bytes},
                 {"index_position", state.position},
                 {"store_position", position}};
  if (texts != nullptr) {
    FIT_TRY(const std::int64_t text_vectors, store.vectors().count(texts->id));
    status["text_space"] = texts->name;
    status["text_dimensions"] = texts->dimensions;
    status["items_without_text_vector"] = std::max<std::int64_t>(0, counts.items - text_vectors);
  }
  if (as_json) {
    std::cout << dump_json(status, 2) << "\n";
    return {};
  }
  for (const auto& [name, value] : status.items()) {
    std::cout << fit::format("{:<22} {}\n", name,
                             value.is_string() ? value.get<std::string>() : dump_json(value));
  }
  return {};
}

// Embeds images that have no vector in the spaces of the catalogue.
Result<void> embed_missing(catalog::Catalog& catalog, const std::stop_token& stop) {
  ProgressBar bar("embed", "photos");
  catalog::Catalog::BackfillReport report;
  FIT_CHECK(catalog.backfill({}, bar.progress(), stop, report));
  bar.finish();
  if (report.failed > 0) {
    std::cerr << fit::format("{} images could not be read and have no vector\n",
                             with_thousands(report.failed));
  }
  return {};
}

Result<void> index_words(store::Words& words, const std::stop_token& stop) {
  ProgressBar bar("index", "words of items");
  FIT_CHECK(serving::backfill_words(words, bar.progress(), stop));
  bar.finish();
  return {};
}

Result<void> build(const Context& context) {
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  FIT_CHECK(index_words(catalogue.store.words(), context.stop));
  FIT_CHECK(embed_missing(catalogue.space.catalog(), context.stop));
  FIT_CHECK(build_indexes(context, catalogue.space.record(), store::IndexesToBuild::kMissingAndOutdated));
  return update_indexes(context, catalogue);
}

Result<void> show_status(const StatusArgs& args, const Context& context) {
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  FIT_CHECK(catalogue.space.load_search());
  return print_status(catalogue.store, catalogue.space.searcher(),
                      catalogue.texts == nullptr ? nullptr : &catalogue.texts->space(), args.json);
}

}  // namespace

void add_index(CommandSet& commands) {
  const CommandGroup group = {"index", "Build the search index, or show its state"};
  commands.add({.group = group,
                .name = "build",
                .help = "Embed images that have no vector yet, and write the index snapshot",
                .on_signal = OnSignal::kStop,
                .decodes_images = true},
               build);
  commands.add<StatusArgs>(
      {.group = group,
       .name = "status",
       .help = "Print the numbers of items, images and vectors, and the snapshot's position",
       .on_signal = OnSignal::kStop,
       .decodes_images = true},
      declare, show_status);
}

}  // namespace fit::cli
