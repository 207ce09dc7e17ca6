#include "search/space_index.h"

#include <algorithm>

#include "base/folder_lock.h"
#include "base/format.h"
#include "index/factory/open_index.h"
#include "search/index_fill.h"

namespace fit::search {
namespace {

index::KindPolicy policy_of(const SpaceIndex::Options& options) {
  return options.policy.value_or(index::KindPolicy{.fixed = options.index.kind});
}

// As IndexStats::kind has it.
std::string name_of_kind(index::IndexKind kind) {
  switch (kind) {
    case index::IndexKind::kExact:
      return "exact";
    case index::IndexKind::kHnsw:
      break;
    case index::IndexKind::kQuantised:
      return "quantised";
  }
  return "hnsw";
}

// Reads the vector of an image. One that the store no longer has, and the index soon will not, gets zeros.
Result<void> read_from_store(store::Catalogue& store, std::int64_t space, ItemId item, ImageId image,
                             std::span<float> vector) {
  FIT_TRY(const auto stored, store.vectors().of_items(space, std::span(&item, 1)));
  const auto found = std::ranges::find(stored, image, &domain::ImageVector::image);
  if (found == stored.end() || found->values.size() != vector.size())
    std::ranges::fill(vector, 0.0F);
  else
    std::ranges::copy(found->values, vector.begin());
  return {};
}

}  // namespace

SpaceIndex::SpaceIndex(store::Catalogue& store, Options options, Log log)
    : Subscriber(store), options_(std::move(options)), policy_(policy_of(options_)), log_(std::move(log)) {
  open();
  if (index_ != nullptr) return;
  const index::IndexKind kind = index::wanted_kind(policy_, options_of(index::IndexKind::kExact), 0);
  set_index(index::make_index(options_of(kind), folder_of(kind)), kind);
}

SpaceIndex::~SpaceIndex() = default;

std::shared_ptr<index::VectorIndex> SpaceIndex::index() const {
  const std::lock_guard lock(mutex_);
  return index_;
}

void SpaceIndex::set_index(std::unique_ptr<index::VectorIndex> index, index::IndexKind kind) {
  std::shared_ptr<index::VectorIndex> next = std::move(index);
  const std::lock_guard lock(mutex_);
  index_.swap(next);  // the old one is released after the lock
  kind_ = kind;
}

index::IndexOptions SpaceIndex::options_of(index::IndexKind kind) const {
  index::IndexOptions options = options_.index;
  options.dimensions = options_.space.dimensions;
  options.read_elsewhere = [&store = store(), space = options_.space.id](ItemId item, ImageId image,
                                                                         std::span<float> vector) {
    return read_from_store(store, space, item, image, vector);
  };
  return index::options_for(kind, policy_, options);
}

// The quantised kind has a folder of its own, so that it can be written beside a checkpoint of another kind.
std::filesystem::path SpaceIndex::folder_of(index::IndexKind kind) const {
  return kind == index::IndexKind::kQuantised ? options_.folder / "quantised" : options_.folder;
}

// Opens the later one of the checkpoints that are there, the other one if that is unusable. There are two
// after a crash at the end of a conversion.
void SpaceIndex::open() {
  const auto latest = store().changes().position();
  if (!latest) return;
  std::vector<index::SavedIndex> saved;
  for (const index::IndexKind kind : {index::IndexKind::kExact, index::IndexKind::kQuantised}) {
    const auto one = index::saved_index(folder_of(kind));
    if (one) saved.push_back(*one);
    if (one || one.error().code == ErrorCode::kNotFound) continue;
    log_.warning("index snapshot cannot be used; building anew",
                 {{"space", options_.space.name}, {"reason", one.error().describe()}});
  }
  std::ranges::stable_sort(saved, std::greater{}, &index::SavedIndex::position);
  for (const index::SavedIndex& one : saved) {
    if (open_as(one.kind, *latest)) return;
  }
}

bool SpaceIndex::open_as(index::IndexKind kind, std::int64_t latest) {
  auto opened = index::open_index(folder_of(kind), options_of(kind));
  if (!opened) {
    log_.warning("index snapshot cannot be used; building anew",
                 {{"space", options_.space.name}, {"reason", opened.error().describe()}});
    return false;
  }
  if (opened->space_version != snapshot_version() || opened->position > latest) {
    log_.warning("index snapshot belongs to another catalogue or model; building anew",
                 {{"space", options_.space.name}});
    return false;
  }
  set_index(std::move(opened->index), kind);
  resume_at(opened->position);
  return true;
}

std::string SpaceIndex::snapshot_version() const {
  return fit::format("{}/{}/{}", store().id(), options_.space.name, options_.space.version);
}

std::optional<ConversionState> SpaceIndex::conversion() const {
  const std::lock_guard lock(mutex_);
  if (conversion_ == nullptr) return given_up_;
  return ConversionState{.to = name_of_kind(conversion_->kind()),
                         .done = conversion_->done(),
                         .total = conversion_->total(),
                         .problem = {}};
}

void SpaceIndex::show(Metrics& metrics) const {
  const index::IndexStats stats = index()->stats();
  const Labels labels = {{"space", options_.space.name}};
  metrics.gauge("fit_index_images", "Live vectors in the index", labels)
      .set(static_cast<double>(stats.images));
  metrics.gauge("fit_index_bytes", "Size of the index, in this process or in the database", labels)
      .set(static_cast<double>(stats.memory_bytes));
  metrics.gauge("fit_index_position", "Change number of the store that the index has reached", labels)
      .set(static_cast<double>(position()));
  const auto converting = conversion();
  metrics.gauge("fit_index_converting", "1 while an index of another kind is built", labels)
      .set(converting && converting->problem.empty() ? 1 : 0);
  metrics
      .gauge("fit_index_conversion_failed", "1 while the index stays of a kind that is no longer wanted",
             labels)
      .set(converting && !converting->problem.empty() ? 1 : 0);
}

Result<void> SpaceIndex::rebuild(const Progress& progress, const std::stop_token& stop) {
  FIT_TRY(const std::int64_t total, store().vectors().count(options_.space.id));
  const auto vectors = static_cast<std::uint64_t>(total);
  const index::IndexKind kind = index::wanted_kind(policy_, options_of(index::IndexKind::kExact), vectors);
  if (kind == index::IndexKind::kQuantised) {
    FIT_CHECK(index::check_room(index::room_needed(kind, options_of(kind), vectors),
                                options_.room(folder_of(kind))));
  }
  if (kind != kind_) set_index(index::make_index(options_of(kind), folder_of(kind)), kind);
  return fill_index(*index(), store(), options_.space.id, progress, stop);
}

Result<void> SpaceIndex::apply(std::span<const store::Change> changes) {
  return apply_to_index(*index(), store(), options_.space.id, changes);
}

Result<void> SpaceIndex::save(std::int64_t position) {
  FIT_CHECK(index()->checkpoint(position, snapshot_version()));
  has_leftovers_ = !remove_other_checkpoint();
  return {};
}

// Removes the checkpoint that the present one replaces; false when somebody still uses it.
bool SpaceIndex::remove_other_checkpoint() const {
  std::error_code ignored;
  if (kind_ == index::IndexKind::kQuantised) {
    index::remove_saved_index(folder_of(index::IndexKind::kExact));
    return true;
  }
  const std::filesystem::path other = folder_of(index::IndexKind::kQuantised);
  if (!std::filesystem::exists(other, ignored)) return true;
  const auto lock = FolderLock::try_take(other, FolderLock::Kind::kAlone);
  if (lock) std::filesystem::remove_all(other, ignored);
  return lock.has_value();
}

void SpaceIndex::caught_up(const std::stop_token& stop) {
  if (has_leftovers_) has_leftovers_ = !remove_other_checkpoint();
  if (conversion_ != nullptr) {
    if (conversion_->is_done()) finish_conversion(stop);
    return;
  }
  const std::uint64_t vectors = index()->stats().images;
  const index::IndexKind kind = index::wanted_kind(policy_, options_of(kind_), vectors, kind_);
  if (kind == kind_) {
    const std::lock_guard lock(mutex_);
    given_up_.reset();
    return;
  }
  if (Clock::now() < convert_at_) return;
  const auto has_room =
      index::check_room(index::room_needed(kind, options_of(kind), vectors), options_.room(folder_of(kind)));
  if (has_room)
    start_conversion(kind);
  else
    give_up_conversion(kind, has_room.error());
}

void SpaceIndex::start_conversion(index::IndexKind kind) {
  log_.info("converting the index", {{"space", options_.space.name},
                                     {"from", name_of_kind(kind_)},
                                     {"to", name_of_kind(kind)},
                                     {"vectors", index()->stats().images}});
  auto conversion = std::make_unique<IndexConversion>(
      store(), IndexConversion::Plan{
                   .space = options_.space.id, .index = options_of(kind), .folder = folder_of(kind)});
  const std::lock_guard lock(mutex_);
  given_up_.reset();
  conversion_ = std::move(conversion);
}

// Applies what the new index lacks, and makes it the present one. Searches that began go on with the old one.
void SpaceIndex::finish_conversion(const std::stop_token& stop) {
  const index::IndexKind kind = conversion_->kind();
  auto built = conversion_->take();
  auto followed =
      built ? follow_store(*built->index, store(), options_.space.id, built->position, position(), stop)
            : Result<void>(built.error());
  {
    const std::lock_guard lock(mutex_);
    conversion_.reset();
  }
  if (!followed) return give_up_conversion(kind, followed.error());
  set_index(std::move(built->index), kind);
  log_.info("the index is converted", {{"space", options_.space.name}, {"kind", name_of_kind(kind)}});
  if (const auto saved = save(position())) {
    resume_at(position());
  } else {
    mark_unsaved();
    log_.error("the checkpoint of the converted index failed", saved.error());
  }
}

void SpaceIndex::give_up_conversion(index::IndexKind kind, const Error& error) {
  if (error.code != ErrorCode::kCancelled) {
    log_.warning("the index stays of its kind", {{"space", options_.space.name},
                                                 {"kind", name_of_kind(kind_)},
                                                 {"wanted", name_of_kind(kind)},
                                                 {"reason", error.describe()}});
  }
  convert_at_ = Clock::now() + options_.convert_again;
  const std::lock_guard lock(mutex_);
  given_up_ = ConversionState{.to = name_of_kind(kind), .problem = error.message};
}

}  // namespace fit::search
