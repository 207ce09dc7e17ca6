#include "http/garment_cutout.h"

#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/wardrobe_call.h"

namespace fit::http {

Result<std::optional<catalog::StoredCutout>> known_cutout(const TenantSnapshot& tenant,
                                                          const ingest::Asset& asset) {
  if (asset.sha256.empty()) return std::nullopt;
  return catalog::stored_cutout(tenant.catalog.writer().files(), asset.sha256);
}

Result<catalog::StoredCutout> made_cutout(const TenantSnapshot& tenant, const ingest::Asset& asset) {
  FIT_TRY(const std::string location, photo_location(asset));
  catalog::ItemWriter& writer = tenant.catalog.writer();
  return catalog::make_cutout(writer.files(), location, asset.sha256, writer.image_limits());
}

}  // namespace fit::http
