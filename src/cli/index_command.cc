#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "cli/commands.h"

namespace fit::cli {

Result<void> update_index(search::SpaceIndex& index, const std::atomic<bool>& stop) {
  ProgressBar bar("index", "vectors");
  FIT_CHECK(index.catch_up([&](std::int64_t done, std::int64_t total) { bar.update(done, total); }, stop));
  bar.finish();
  if (stop) return Error{ErrorCode::kCancelled, "stopped; the index goes on from the last snapshot", {}, {}};
  return index.save();
}

Result<void> print_index_status(store::Store& store, const search::SpaceIndex& index, const IndexArgs& args) {
  FIT_TRY(const store::Counts counts, store.counts());
  FIT_TRY(const std::int64_t vectors, store.count_vectors(index.space().id));
  FIT_TRY(const std::int64_t position, store.position());
  const index::IndexStats stats = index.vectors().stats();
  const Json status = {{"space", index.space().name},
                       {"model_version", index.space().version},
                       {"dimensions", index.space().dimensions},
                       {"items", counts.items},
                       {"images", counts.images},
                       {"images_without_vector", counts.images - vectors},
                       {"index_kind", stats.kind},
                       {"indexed_images", stats.images},
                       {"index_memory_bytes", stats.memory_bytes},
                       {"index_position", index.position()},
                       {"store_position", position}};
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
