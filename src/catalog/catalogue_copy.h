#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "base/result.h"
#include "store/catalogue.h"

namespace fit::catalog {

struct CopyReport {
  std::int64_t copied = 0;   // items written, one again for each time that it changed meanwhile
  std::int64_t removed = 0;  // items removed, because they were removed there
  bool stopped = false;      // by `stop`; the next run goes on from there
  store::Counts from;        // at the end
  store::Counts to;
};

// Brings a catalogue into another store, of any engine, with the ids, times, properties and vectors that it
// has: first every item, then what was written meanwhile, until nothing is left. `from` may be written and
// searched all the time; run again later, it brings what changed since. At the end searches of the copy use
// the same space as there, by choice or by the settings (chosen_space.h). The copy knows how far it is: an
// interrupted one goes on. Memory stays flat. Nobody else may write to `to`.
//
// kConflict when `to` is the same catalogue, or holds items that are no copy of `from`. `progress` (may be
// empty) is told items done and in all.
Result<CopyReport> copy_catalogue(store::Catalogue& from, store::Catalogue& to,
                                  const std::function<void(std::int64_t, std::int64_t)>& progress,
                                  const std::atomic<bool>& stop);

}  // namespace fit::catalog
