#include "search/space_index.h"

#include <algorithm>

#include "base/format.h"
#include "index/factory/open_index.h"

namespace fit::search {
namespace {

constexpr std::size_t kVectorBatch = 2000;  // vectors read at once

// The vectors as entries of an index, which borrow them.
std::vector<index::Entry> entries_of(const std::vector<domain::ImageVector>& vectors) {
  std::vector<index::Entry> entries;
  entries.reserve(vectors.size());
  for (const domain::ImageVector& vector : vectors)
    entries.push_back({vector.image, vector.item, vector.values});
  return entries;
}

index::IndexOptions index_options(const SpaceIndex::Options& options) {
  index::IndexOptions index = options.index;
  index.dimensions = options.space.dimensions;
  return index;
}

}  // namespace

SpaceIndex::SpaceIndex(store::Catalogue& store, Options options, Log log)
    : Subscriber(store), options_(std::move(options)), log_(std::move(log)) {
  open();
  if (!index_) index_ = index::make_index(index_options(options_), options_.folder);
}

void SpaceIndex::open() {
  auto opened = index::open_index(options_.folder, index_options(options_));
  const auto latest = store().changes().position();
  if (opened && opened->space_version == snapshot_version() && latest && opened->position <= *latest) {
    index_ = std::move(opened->index);
    resume_at(opened->position);
  } else if (opened) {
    log_.warning("index snapshot belongs to another catalogue or model; building anew",
                 {{"space", options_.space.name}});
  } else if (opened.error().code != ErrorCode::kNotFound) {
    log_.warning("index snapshot cannot be used; building anew",
                 {{"space", options_.space.name}, {"reason", opened.error().describe()}});
  }
}

std::string SpaceIndex::snapshot_version() const {
  return fit::format("{}/{}/{}", store().id(), options_.space.name, options_.space.version);
}

void SpaceIndex::show(Metrics& metrics) const {
  const index::IndexStats stats = index_->stats();
  const Labels labels = {{"space", options_.space.name}};
  metrics.gauge("fit_index_images", "Live vectors in the index", labels)
      .set(static_cast<double>(stats.images));
  metrics.gauge("fit_index_bytes", "Size of the index, in this process or in the database", labels)
      .set(static_cast<double>(stats.memory_bytes));
  metrics.gauge("fit_index_position", "Change number of the store that the index has reached", labels)
      .set(static_cast<double>(position()));
}

// Reads the vectors by ascending image, which is the order in which the store reads fastest.
Result<void> SpaceIndex::rebuild(const Progress& progress, const std::stop_token& stop) {
  const std::int64_t space = options_.space.id;
  FIT_TRY(const std::int64_t total, store().vectors().count(space));
  ImageId after{0};
  for (std::int64_t done = 0;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto vectors, store().vectors().list(space, after, kVectorBatch));
    if (vectors.empty()) return {};
    FIT_CHECK(index_->upsert(entries_of(vectors)));
    after = vectors.back().image;
    done += static_cast<std::int64_t>(vectors.size());
    progress(done, std::max(done, total));
  }
}

Result<void> SpaceIndex::apply(std::span<const store::Change> changes) {
  const ChangedItems changed(changes);
  std::vector<ItemId> items = changed.written;
  items.insert(items.end(), changed.removed.begin(), changed.removed.end());
  FIT_TRY(const auto vectors, store().vectors().of_items(options_.space.id, changed.written));
  return index_->replace_items(items, entries_of(vectors));
}

Result<void> SpaceIndex::save(std::int64_t position) {
  return index_->checkpoint(position, snapshot_version());
}

}  // namespace fit::search
