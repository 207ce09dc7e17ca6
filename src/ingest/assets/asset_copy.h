#pragma once

#include <cstdint>
#include <stop_token>

#include "base/progress.h"
#include "base/result.h"
#include "store/catalogue.h"

namespace fit::ingest {

// What a run of copy_assets() did.
struct AssetCopyReport {
  std::int64_t copied = 0;      // assets written; unchanged ones are not written again
  std::int64_t of = 0;          // assets that the copy has
  std::int64_t unfinished = 0;  // of these, those whose work begins anew in the copy
};

// Makes the assets of `to` those of `from`, with their ids, frames and vectors, after
// catalog::copy_catalogue() has copied the items and spaces. Jobs, uploads and idempotency keys are not
// copied: the upkeep of the copy adds a job for each unfinished asset (Assets::reconcile()). Files are not
// copied either; both catalogues name the same ones. Works in small transactions; a repeated call writes what
// has changed. No other process may write to `to`. Blocks. `report` is filled whatever is returned:
// kCancelled after `stop`, and the errors of the stores.
Result<void> copy_assets(store::Catalogue& from, store::Catalogue& to, const Progress& progress,
                         const std::stop_token& stop, AssetCopyReport& report);

// Whether assets may be copied into `to`: kConflict when it has assets and is no copy of another catalogue.
// Call it before catalog::copy_catalogue().
Result<void> check_asset_copy(store::Catalogue& to);

}  // namespace fit::ingest
