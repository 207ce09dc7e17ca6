#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "cli/commands.h"

namespace fit::cli {

Result<void> update_index(search::SpaceIndex& index, const std::stop_token& stop) {
  ProgressBar bar("index", "vectors");
  FIT_CHECK(index.catch_up(bar.progress(), stop));
  bar.finish();
  if (stop.stop_requested()) return cancelled("stopped; the index goes on from the last snapshot");
  return index.save();
}

void fill_text_vectors(catalog::TextVectors& vectors, const std::stop_token& stop) {
  ProgressBar bar("embed", "texts");
  catalog::TextVectors::Report report;
  const auto filled = vectors.fill(bar.progress(), stop, report);
  bar.finish();
  if (!filled && filled.error().code != ErrorCode::kCancelled) {
    std::cerr << fit::format("some items have no text vector yet ({}); fit serve goes on with them\n",
                             filled.error().message);
  } else if (report.refused > 0) {
    std::cerr << fit::format("the provider refused the texts of {} items\n", with_thousands(report.refused));
  }
}

Result<void> print_index_status(store::Catalogue& store, const search::Backend& backend,
                                const domain::SpaceRecord* texts, const IndexArgs& args) {
  FIT_TRY(const store::Counts counts, store.items().counts());
  FIT_TRY(const std::int64_t vectors, store.vectors().count(backend.space().id));
  FIT_TRY(const std::int64_t position, store.changes().position());
  FIT_TRY(const search::BackendState state, backend.state());
  Json status = {{"space", backend.space().name},
                 {"model_version", backend.space().version},
                 {"dimensions", backend.space().dimensions},
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
  if (args.json) {
    std::cout << dump_json(status, 2) << "\n";
    return {};
  }
  for (const auto& [name, value] : status.items()) {
    std::cout << fit::format("{:<22} {}\n", name,
                             value.is_string() ? value.get<std::string>() : dump_json(value));
  }
  return {};
}

}  // namespace fit::cli
