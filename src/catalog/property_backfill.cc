#include "catalog/property_backfill.h"

#include <algorithm>
#include <unordered_map>

#include "base/parallel.h"
#include "catalog/item_writer.h"

namespace fit::catalog {
namespace {

using domain::Origin;

bool is_guess(const domain::PropertyOrigin& origin) {
  return origin.origin != Origin::kNone && origin.origin != Origin::kSeller;
}

domain::Properties given_by_seller(const domain::ItemRecord& item) {
  domain::Properties given;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (item.origins[i].origin == Origin::kSeller) given[i] = item.listing.properties[i];
  }
  return given;
}

// The stored predictions of an item.
PhotoPredictions stored_predictions(const domain::ItemRecord& item) {
  PhotoPredictions predictions;
  for (std::size_t i = 0; i < item.origins.size(); ++i) {
    const auto& [origin, confidence] = item.origins[i];
    if (origin == Origin::kPhoto) predictions.push_back({i, item.listing.properties[i], confidence});
  }
  return predictions;
}

// One batch of items that is being filled.
class Batch {
 public:
  Batch(ItemWriter& writer, std::vector<domain::ItemRecord> items)
      : writer_(writer), items_(std::move(items)) {}

  Result<std::vector<ontology::MergedProperties>> fill() const {
    FIT_TRY(const auto vectors, first_vectors());
    const std::vector<ImageVectors> images(vectors.begin(), vectors.end());
    FIT_TRY(auto predictions, writer_.filler().predict(images));
    std::vector<ontology::MergedProperties> filled(items_.size());
    parallel_for(items_.size(), {}, [&](std::size_t i) {
      if (predictions[i].empty()) predictions[i] = stored_predictions(items_[i]);
      filled[i] = writer_.filler().merge(items_[i].listing, given_by_seller(items_[i]), predictions[i]);
    });
    return filled;
  }

  std::vector<domain::PropertiesWrite> differences(std::vector<ontology::MergedProperties> filled,
                                                   PropertyBackfillReport& report) const {
    std::vector<domain::PropertiesWrite> puts;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const domain::ItemRecord& item = items_[i];
      count(item, filled[i], report);
      if (filled[i].values == item.listing.properties && filled[i].origins == item.origins) continue;
      puts.push_back({item.version(), std::move(filled[i].values), filled[i].origins});
    }
    return puts;
  }

 private:
  // Reads the vectors of each item's first image in all active spaces.
  Result<std::vector<std::vector<domain::SpaceVector>>> first_vectors() const {
    std::vector<ItemId> ids;
    std::unordered_map<ImageId, std::size_t> first;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      ids.push_back(items_[i].id);
      if (!items_[i].images.empty()) first[items_[i].images.front().id] = i;
    }
    std::vector<std::vector<domain::SpaceVector>> vectors(items_.size());
    for (const ActiveSpace& space : writer_.spaces()) {
      FIT_TRY(auto stored, writer_.database().vectors().of_items(space.space_id, ids));
      for (domain::ImageVector& vector : stored) {
        const auto found = first.find(vector.image);
        if (found != first.end())
          vectors[found->second].push_back({space.space_id, std::move(vector.values)});
      }
    }
    return vectors;
  }

  static void count(const domain::ItemRecord& item, const ontology::MergedProperties& filled,
                    PropertyBackfillReport& report) {
    for (std::size_t i = 0; i < domain::kProperties.size(); ++i) {
      PropertyBackfillReport::Counts& counts = report.properties[i];
      const std::string& old = item.listing.properties[i];
      const std::string& value = filled.values[i];
      if (value != old) {
        ++(old.empty() ? counts.added : value.empty() ? counts.removed : counts.changed);
      } else if (filled.origins[i] != item.origins[i]) {
        ++counts.restated;
      }
      if (is_guess(filled.origins[i]) && filled.origins[i].confidence < kDoubtful) ++counts.doubtful;
    }
  }

  ItemWriter& writer_;
  const std::vector<domain::ItemRecord> items_;
};

}  // namespace

Result<void> PropertyBackfill::run(const PropertyBackfillOptions& options, const Progress& progress,
                                   const std::stop_token& stop, PropertyBackfillReport& report) {
  report = {};
  store::Catalogue& store = writer_.database();
  // The number of items in a part is not known.
  std::int64_t total = 0;
  if (options.after == ItemId{} && !options.until) {
    FIT_TRY(const store::Counts counts, store.items().counts());
    total = counts.items;
  }
  report.last = options.after;
  for (;;) {
    progress(report.items, total);
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(auto items, store.items().list(report.last, std::max<std::size_t>(1, options.batch_size)));
    if (options.until) std::erase_if(items, [&](const auto& item) { return *options.until < item.id; });
    if (items.empty()) return {};
    const auto size = static_cast<std::int64_t>(items.size());
    const ItemId last = items.back().id;
    const Batch batch(writer_, std::move(items));
    FIT_TRY(auto filled, batch.fill());
    const auto puts = batch.differences(std::move(filled), report);
    auto written = static_cast<std::int64_t>(puts.size());
    if (!options.dry_run) {
      FIT_TRY(written, store.items().put_properties(puts));
      if (written > 0) writer_.changed();
    }
    report.changed += written;
    report.overtaken += static_cast<std::int64_t>(puts.size()) - written;
    report.items += size;
    report.last = last;
  }
}

}  // namespace fit::catalog
