#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

#include "base/progress.h"
#include "base/result.h"
#include "catalog/item_writer.h"

namespace fit::catalog {

// Which items a run fills, and how.
struct PropertyBackfillOptions {
  bool dry_run = false;              // counts the changes and writes none
  std::size_t batch_size = 256;      // items read at once and written in one transaction; at least 1
  ItemId after{};                    // only items with a greater id
  std::optional<ItemId> until = {};  // only items with at most this id; nullopt: all
};

// A prediction below this confidence counts as doubtful in reports.
inline constexpr float kDoubtful = 0.75F;

// What a run did.
struct PropertyBackfillReport {
  // The changes of one property's values.
  struct Counts {
    std::int64_t added = 0;     // items that had no value
    std::int64_t changed = 0;   // items that had another value
    std::int64_t removed = 0;   // items that have no value now
    std::int64_t restated = 0;  // items with the same value but another origin or confidence
    std::int64_t doubtful = 0;  // predictions below kDoubtful, changed or not
  };
  std::array<Counts, domain::kProperties.size()> properties;
  std::int64_t items = 0;      // items read
  std::int64_t changed = 0;    // items written; in a dry run, items that would be written
  std::int64_t overtaken = 0;  // items not written, because another writer changed and filled them meanwhile
  ItemId last;                 // the last item read
};

// Fills the properties of all stored items again, as an import would now: after an upgrade, a change of the
// ontology or of the model. Reads texts and stored vectors, opens no image, and writes only what differs, in
// id order. The seller's values stay. Where no model predicts anything for an item, earlier predictions stay.
// A run can be stopped at any point and repeated; a repeated run writes nothing. Thread-safe.
class PropertyBackfill {
 public:
  explicit PropertyBackfill(ItemWriter& writer) : writer_(writer) {}

  // Blocks until done. `progress` gets the number of items read and of all. `report` is filled whatever is
  // returned: kCancelled after `stop`, or the error of the store or of a model. Changes that the report
  // counts stay written.
  Result<void> run(const PropertyBackfillOptions& options, const Progress& progress,
                   const std::stop_token& stop, PropertyBackfillReport& report);

 private:
  ItemWriter& writer_;
};

}  // namespace fit::catalog
