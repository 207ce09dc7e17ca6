#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <stop_token>

#include "base/progress.h"
#include "base/result.h"
#include "catalog/item_writer.h"

namespace fit::catalog {

struct PropertyBackfillOptions {
  bool dry_run = false;          // count, write nothing
  std::size_t batch_size = 256;  // items read, and written in one transaction; at least 1
  ItemId after{};                // begins with the first id above it
};

// A prediction below this confidence counts as doubtful in reports.
inline constexpr float kDoubtful = 0.75F;

// What a run did.
struct PropertyBackfillReport {
  struct Counts {
    std::int64_t added = 0;    // had no value
    std::int64_t changed = 0;  // another value
    std::int64_t removed = 0;
    std::int64_t restated = 0;  // equal value, other origin or confidence
    std::int64_t doubtful = 0;  // predictions below kDoubtful, changed or not
  };
  std::array<Counts, domain::kProperties.size()> properties;
  std::int64_t items = 0;      // read
  std::int64_t changed = 0;    // written; in a dry run, to be written
  std::int64_t overtaken = 0;  // not written, because another writer changed and filled them meanwhile
  ItemId last;                 // the last item read
};

// Fills the properties of all stored items again, as an import would now: after an upgrade, a change of the
// ontology or of the model. Reads texts and stored vectors, opens no image, and writes only what differs, in
// id order. The seller's values stay. Where no model predicts anything for an item, earlier predictions stay.
// A run can be stopped at any point and repeated; a second run writes nothing.
class PropertyBackfill {
 public:
  explicit PropertyBackfill(ItemWriter& writer) : writer_(writer) {}

  // Blocks until done. `progress` gets items read and in all. `report` is filled whatever is returned:
  // kCancelled after `stop`, or the error of the store or of a model. What the report counts stays written.
  Result<void> run(const PropertyBackfillOptions& options, const Progress& progress,
                   const std::stop_token& stop, PropertyBackfillReport& report);

 private:
  ItemWriter& writer_;
};

}  // namespace fit::catalog
