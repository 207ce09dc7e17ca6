#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>

#include "base/result.h"
#include "catalog/item_writer.h"

namespace fit::catalog {

struct PropertyBackfillOptions {
  bool dry_run = false;          // count, write nothing
  std::size_t batch_size = 256;  // items read, and written in one transaction; at least 1
  ItemId after{};                // begins with the first id above it
};

// A guess below this confidence counts as doubtful in reports.
inline constexpr float kDoubtful = 0.75F;

struct PropertyBackfillReport {
  struct Counts {
    std::int64_t added = 0;    // had no value
    std::int64_t changed = 0;  // another value
    std::int64_t removed = 0;
    std::int64_t restated = 0;  // the same value, with another origin or confidence
    std::int64_t doubtful = 0;  // guesses below kDoubtful, changed or not
  };
  std::array<Counts, domain::kProperties.size()> properties;
  std::int64_t items = 0;      // looked at
  std::int64_t changed = 0;    // of these, written (or, in a dry run, to be written)
  std::int64_t overtaken = 0;  // of these, not written: changed by another writer meanwhile, who filled them
  ItemId last;                 // the last one looked at
  bool stopped = false;
};

// Fills the properties of all stored items anew, as an import would now: after an upgrade, a change of the
// ontology or of the model. Reads texts and stored vectors, opens no image, and writes only what differs,
// in id order. What the seller gave stays. Where no model predicts anything for an item, what an earlier one
// saw stays too. A run can be ended at any point and repeated; one over items that are filled already writes
// nothing.
class PropertyBackfill {
 public:
  explicit PropertyBackfill(ItemWriter& writer) : writer_(writer) {}

  using Progress = std::function<void(std::int64_t done, std::int64_t total)>;
  // Blocks until done or `stop` is set. Errors: the store or a model fails; what was written before stays.
  Result<PropertyBackfillReport> run(const PropertyBackfillOptions& options, const Progress& progress,
                                     const std::atomic<bool>& stop);

 private:
  ItemWriter& writer_;
};

}  // namespace fit::catalog
