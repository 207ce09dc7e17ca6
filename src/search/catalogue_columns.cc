#include "search/catalogue_columns.h"

namespace fit::search {
namespace {

constexpr std::size_t kItemBatch = 5000;  // items read at once

}  // namespace

CatalogueColumns::CatalogueColumns(store::Catalogue& store, std::filesystem::path file, Log log)
    : Subscriber(store), file_(std::move(file)), log_(std::move(log)) {
  if (!file_.empty()) load();
}

void CatalogueColumns::load() {
  const auto position = columns_.load(file_, store().id());
  if (!position) {
    if (position.error().code != ErrorCode::kNotFound) {
      log_.warning("the snapshot of the columns cannot be used; reading the catalogue",
                   {{"reason", position.error().describe()}});
    }
    return;
  }
  const auto latest = store().changes().position();
  if (latest && *position <= *latest) return resume_at(*position);
  columns_.clear();
  log_.warning("the snapshot of the columns is newer than the catalogue; reading the catalogue");
}

void CatalogueColumns::show(Metrics& metrics) const {
  metrics.gauge("fit_items", "Items in the catalogue").set(static_cast<double>(columns_.size()));
}

Result<void> CatalogueColumns::rebuild(const Progress& progress, const std::stop_token& stop) {
  FIT_TRY(const store::Counts counts, store().items().counts());
  ItemId after{0};
  for (std::int64_t done = 0;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto items, store().items().list_filter_columns(after, kItemBatch));
    if (items.empty()) return {};
    columns_.upsert(items);
    after = items.back().id;
    done += static_cast<std::int64_t>(items.size());
    progress(done, std::max(done, counts.items));
  }
}

Result<void> CatalogueColumns::apply(std::span<const store::Change> changes) {
  const ChangedItems changed(changes);
  FIT_TRY(const auto items, store().items().filter_columns(changed.written));
  columns_.upsert(items);
  columns_.remove(changed.removed);
  return {};
}

Result<void> CatalogueColumns::save(std::int64_t position) {
  if (file_.empty()) return {};
  return columns_.save(file_, store().id(), position);
}

}  // namespace fit::search
