#include "ingest/import/missing_items.h"

#include <algorithm>

#include "base/format.h"
#include "catalog/content_hash.h"
#include "catalog/edits.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kBatch = 256;

struct Missing {
  std::vector<ItemId> ids;
  std::int64_t all = 0;  // items of the sources, except hidden ones that are not listed
};

// Whether the item's status was set in the catalogue since its last import, which hiding would undo.
bool has_edited_status(const domain::ItemRecord& item) {
  const auto edits = catalog::find_edits(item.content_hash);
  return edits && std::ranges::contains(edits->fields, "status");
}

Result<Missing> find_missing(catalog::ItemWriter& catalog, const std::set<std::string>& sources,
                             const SeenKeys& listed, const std::stop_token& stop) {
  Missing missing;
  for (ItemId after{};;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto items, catalog.database().items().list(after, kBatch));
    if (items.empty()) return missing;
    after = items.back().id;
    for (const domain::ItemRecord& item : items) {
      const domain::Listing& listing = item.listing;
      if (!sources.contains(listing.source)) continue;
      const bool is_listed = listed.contains({listing.source, listing.external_id});
      if (listing.status == "hidden" && !is_listed) continue;
      ++missing.all;
      if (!is_listed && !has_edited_status(item)) missing.ids.push_back(item.id);
    }
  }
}

// Makes the write that hides the item. Its content hash equals that of no row, so that an import that lists
// the item again writes it.
domain::ItemWrite hidden(catalog::ItemWriter& catalog, const domain::ItemRecord& item) {
  domain::ItemWrite write;
  write.listing = item.listing;
  write.listing.status = "hidden";
  write.origins = item.origins;
  write.content_hash = catalog::outdated(item.content_hash, "missing");
  write.images = catalog.keep(item);
  write.expected_version = item.version();
  return write;
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
  for (std::size_t at = 0; at < missing.ids.size(); at += kBatch) {
    if (stop.stop_requested()) return cancelled();
    const std::size_t size = std::min(kBatch, missing.ids.size() - at);
    FIT_TRY(const auto items, catalog.database().items().get(std::span(missing.ids).subspan(at, size)));
    std::vector<domain::ItemWrite> writes;
    for (const domain::ItemRecord& item : items) writes.push_back(hidden(catalog, item));
    FIT_TRY(const auto outcomes, catalog.write(writes));
    done += static_cast<std::int64_t>(outcomes.size());
  }
  return done;
}

}  // namespace fit::ingest
