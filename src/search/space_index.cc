#include "search/space_index.h"

#include "base/format.h"
#include "index/factory/open_index.h"

namespace fit::search {
namespace {

constexpr std::size_t kBatch = 2000;

std::vector<index::Entry> entries_of(const std::vector<domain::ImageVector>& vectors) {
  std::vector<index::Entry> entries;
  entries.reserve(vectors.size());
  for (const domain::ImageVector& vector : vectors)
    entries.push_back({vector.image, vector.item, vector.values});
  return entries;
}

}  // namespace

SpaceIndex::SpaceIndex(store::Catalogue& store, Options options, Log log)
    : store_(store), options_(std::move(options)), log_(std::move(log)) {
  index::IndexOptions wanted = options_.index;
  wanted.dimensions = options_.space.dimensions;
  auto loaded = index::open_index(options_.folder, wanted);
  const auto latest = store_.changes().position();
  if (loaded && loaded->space_version == snapshot_version() && latest && loaded->position <= *latest) {
    index_ = std::move(loaded->index);
    position_ = loaded->position;
    saved_position_ = loaded->position;
    return;
  }
  if (loaded) {
    log_.warning("index snapshot belongs to another catalogue or model; building anew",
                 {{"space", options_.space.name}});
  } else if (loaded.error().code != ErrorCode::kNotFound) {
    log_.warning("index snapshot cannot be used; building anew",
                 {{"space", options_.space.name}, {"reason", loaded.error().describe()}});
  }
  index_ = index::make_index(wanted, options_.folder);
}

std::string SpaceIndex::snapshot_version() const {
  return fit::format("{}/{}/{}", store_.id(), options_.space.name, options_.space.version);
}

Result<std::int64_t> SpaceIndex::count_stored() const {
  return store_.vectors().count(options_.space.id);
}

Result<std::vector<domain::ImageVector>> SpaceIndex::stored_after(std::int64_t number) const {
  return store_.vectors().list(options_.space.id, ImageId{number}, kBatch);
}

Result<std::vector<domain::ImageVector>> SpaceIndex::stored_of(std::span<const ItemId> items) const {
  return store_.vectors().of_items(options_.space.id, items);
}

Result<void> SpaceIndex::catch_up(const Progress& progress, const std::stop_token& stop) {
  const std::lock_guard lock(writing_);
  FIT_TRY(const std::int64_t target, store_.changes().position());
  if (position_ == 0 && target > 0) FIT_CHECK(rebuild(progress, stop));
  while (position_ < target && !stop.stop_requested()) {
    FIT_TRY(const bool more, apply_changes(stop, progress, target));
    if (!more) break;
  }
  if (!stop.stop_requested()) complete_ = true;
  return {};
}

// Reads all vectors in the order of their images, which is the fastest for the store, and takes the position
// from before.
Result<void> SpaceIndex::rebuild(const Progress& progress, const std::stop_token& stop) {
  FIT_TRY(const std::int64_t start, store_.changes().position());
  FIT_TRY(const std::int64_t total, count_stored());
  std::int64_t done = 0;
  ImageId after{0};
  while (!stop.stop_requested()) {
    FIT_TRY(const auto vectors, stored_after(after.value));
    if (vectors.empty()) {
      position_ = start;
      return {};
    }
    FIT_CHECK(index_->upsert(entries_of(vectors)));
    after = vectors.back().image;
    done += static_cast<std::int64_t>(vectors.size());
    progress(done, std::max(done, total));
  }
  return {};
}

// One batch of changes. False when there are none left.
Result<bool> SpaceIndex::apply_changes(const std::stop_token& stop, const Progress& progress,
                                       std::int64_t target) {
  if (stop.stop_requested()) return false;
  FIT_TRY(const auto changes, store_.changes().list(position_, kBatch));
  if (changes.empty()) return false;
  std::vector<ItemId> changed;
  std::vector<ItemId> written;
  for (const store::Change& change : changes) {
    changed.push_back(change.item);
    if (!change.removed) written.push_back(change.item);
  }
  FIT_TRY(const auto vectors, stored_of(written));
  FIT_CHECK(index_->replace_items(changed, entries_of(vectors)));
  position_ = changes.back().position;
  progress(position_, std::max(position_.load(), target));
  return true;
}

Result<void> SpaceIndex::save() {
  const std::lock_guard lock(writing_);
  if (position_ == saved_position_) return {};
  FIT_CHECK(index_->checkpoint(position_, snapshot_version()));
  saved_position_ = position_.load();
  return {};
}

}  // namespace fit::search
