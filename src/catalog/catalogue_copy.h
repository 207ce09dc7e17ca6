#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "base/progress.h"
#include "base/result.h"
#include "store/catalogue.h"

namespace fit::catalog {

// What one run copied, and what both catalogues hold then.
struct CopyReport {
  std::int64_t copied = 0;   // items written, one again for each time that it changed meanwhile
  std::int64_t removed = 0;  // items removed, because they were removed there
  store::Counts from;        // at the end
  store::Counts to;
};

// Copies a catalogue into another store, of any engine, with its ids, times, properties and vectors: first
// every item, then the items written meanwhile, until nothing is left. `from` may be written and searched all
// the time. A later run copies what changed since; an interrupted run is resumed. At the end the copy has the
// same chosen space (chosen_space.h). Memory stays flat. No other process may write to `to`.
//
// `progress` gets items done and in all. `report` is filled whatever is returned: kConflict when `to` is the
// same catalogue, or holds items that are no copy of `from`; kCancelled after `stop`: the next run continues
// there; and the errors of the stores.
Result<void> copy_catalogue(store::Catalogue& from, store::Catalogue& to, const Progress& progress,
                            const std::stop_token& stop, CopyReport& report);

}  // namespace fit::catalog
