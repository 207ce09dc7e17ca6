#include "ingest/import/missing_items.h"

#include <algorithm>

#include "base/format.h"
#include "catalog/status_change.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMissingBatch = 256;

struct Missing {
  std::vector<ItemId> ids;
  std::int64_t all = 0;  // items of the sources, except hidden ones that are not listed
};

Result<Missing> find_missing(catalog::ItemWriter& catalog, const std::set<std::string>& sources,
                             const SeenKeys& listed, const std::stop_token& stop) {
  Missing missing;
  for (ItemId after{};;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto items, catalog.database().items().list(after, kMissingBatch));
    if (items.empty()) return missing;
    after = items.back().id;
    for (const domain::ItemRecord& item : items) {
      const domain::Listing& listing = item.listing;
      if (!sources.contains(listing.source)) continue;
      const bool is_listed = listed.contains({listing.source, listing.external_id});
      if (item.sellers_status() == "hidden" && !is_listed) continue;
      ++missing.all;
      if (!is_listed && !catalog::has_edited_status(item)) missing.ids.push_back(item.id);
    }
  }
}

}  // namespace

Result<std::int64_t> hide_missing_items(
    catalog::ItemWriter& catalog, const std::set<std::string>& sources, const SeenKeys& listed,
    const std::function<bool(std::int64_t missing, std::int64_t all)>& confirm, const std::stop_token& stop) {
  FIT_TRY(const Missing missing, find_missing(catalog, sources, listed, stop));
  const auto count = static_cast<std::int64_t>(missing.ids.size());
  if (2 * count > missing.all && !confirm(count, missing.all)) {
    return Error{
        ErrorCode::kConflict,
        fit::format("{} of {} items are not in the file; they were left as they are", count, missing.all),
        "complete",
        {}};
  }
  std::int64_t done = 0;
  for (std::size_t at = 0; at < missing.ids.size(); at += kMissingBatch) {
    if (stop.stop_requested()) return cancelled();
    const std::size_t size = std::min(kMissingBatch, missing.ids.size() - at);
    FIT_TRY(const auto items, catalog.database().items().get(std::span(missing.ids).subspan(at, size)));
    std::vector<domain::ItemWrite> writes;
    for (const domain::ItemRecord& item : items) {
      writes.push_back(catalog::status_change(catalog, item, "hidden", "missing"));
    }
    FIT_TRY(const auto outcomes, catalog.write(writes));
    done += static_cast<std::int64_t>(outcomes.size());
  }
  return done;
}

}  // namespace fit::ingest
