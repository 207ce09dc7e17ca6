#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "accounts/account_copy.h"
#include "base/progress.h"
#include "base/result.h"
#include "store/catalogue.h"

namespace fit::catalog {

// What one run copied, and the content of both catalogues at its end.
struct CopyReport {
  std::int64_t copied = 0;   // items written; an item counts again for each change during the run
  std::int64_t removed = 0;  // items removed because they were removed from the original
  store::Counts from;
  store::Counts to;
  accounts::AccountCounts accounts;  // copied at the end of the run
};

// Copies a catalogue into another store, of any engine, with its ids, times, properties and vectors: first
// every item, then the items written meanwhile, until none is left. `from` may be written and searched during
// the copy. A later run copies the changes since the previous one, and resumes an interrupted run. At the end
// the copy has the same chosen space (chosen_space.h), keys and users (accounts/account_copy.h). Memory is
// bounded. No other process may write to `to`. Blocks.
//
// `progress` gets the number of copied items and of all. `report` is filled whatever is returned: kConflict
// when `to` is the same catalogue or holds items, keys or users that are not a copy of `from`; kCancelled
// after `stop`; and the errors of the stores.
Result<void> copy_catalogue(store::Catalogue& from, store::Catalogue& to, const Progress& progress,
                            const std::stop_token& stop, CopyReport& report);

}  // namespace fit::catalog
