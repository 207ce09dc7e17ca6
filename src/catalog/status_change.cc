#include "catalog/status_change.h"

#include <algorithm>

#include "catalog/edits.h"

namespace fit::catalog {

bool has_edited_status(const domain::ItemRecord& item) {
  const auto edits = find_edits(item.content_hash);
  return edits && std::ranges::contains(edits->fields, "status");
}

domain::ItemWrite status_change(ItemWriter& writer, const domain::ItemRecord& item, std::string_view status,
                                std::string_view why) {
  domain::ItemWrite write;
  write.listing = item.listing;
  write.listing.status = status;
  write.origins = item.origins;
  write.content_hash = outdated(item.content_hash, why);
  write.images = writer.keep(item);
  write.expected_version = item.version();
  return write;
}

}  // namespace fit::catalog
