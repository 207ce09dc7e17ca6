#include "search/index_fill.h"

#include <algorithm>

#include "search/subscriber.h"

namespace fit::search {
namespace {

constexpr std::size_t kVectorBatch = 2000;      // vectors read at once
constexpr std::size_t kChangesOfABatch = 2000;  // changes applied at once

// The vectors as entries of an index, which borrow them.
std::vector<index::Entry> entries_of(const std::vector<domain::ImageVector>& vectors) {
  std::vector<index::Entry> entries;
  entries.reserve(vectors.size());
  for (const domain::ImageVector& vector : vectors)
    entries.push_back({vector.image, vector.item, vector.values});
  return entries;
}

}  // namespace

Result<void> fill_index(index::VectorIndex& index, store::Catalogue& store, std::int64_t space,
                        const Progress& progress, const std::stop_token& stop) {
  FIT_TRY(const std::int64_t total, store.vectors().count(space));
  ImageId after{0};
  for (std::int64_t done = 0;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto vectors, store.vectors().list(space, after, kVectorBatch));
    if (vectors.empty()) return {};
    FIT_CHECK(index.upsert(entries_of(vectors)));
    after = vectors.back().image;
    done += static_cast<std::int64_t>(vectors.size());
    progress(done, std::max(done, total));
  }
}

Result<void> apply_to_index(index::VectorIndex& index, store::Catalogue& store, std::int64_t space,
                            std::span<const store::Change> changes) {
  const ChangedItems changed(changes);
  std::vector<ItemId> items = changed.written;
  items.insert(items.end(), changed.removed.begin(), changed.removed.end());
  FIT_TRY(const auto vectors, store.vectors().of_items(space, changed.written));
  return index.replace_items(items, entries_of(vectors));
}

Result<void> follow_store(index::VectorIndex& index, store::Catalogue& store, std::int64_t space,
                          std::int64_t& position, std::int64_t target, const std::stop_token& stop) {
  while (position < target) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto changes, store.changes().list(position, kChangesOfABatch));
    if (changes.empty()) return {};
    FIT_CHECK(apply_to_index(index, store, space, changes));
    position = changes.back().position;
  }
  return {};
}

}  // namespace fit::search
