#pragma once

#include <optional>

#include "base/result.h"
#include "catalog/cutouts.h"
#include "http/tenant_snapshot.h"
#include "ingest/assets/asset.h"

namespace fit::http {

// The cut-out of a garment's photo, as it was made before; nullopt where it was not made yet. Blocks.
Result<std::optional<catalog::StoredCutout>> known_cutout(const TenantSnapshot& tenant,
                                                          const ingest::Asset& asset);

// Makes it, which takes much time of a processor core. kNotFound before the photo is fetched; the errors
// of catalog::make_cutout(). Blocks.
Result<catalog::StoredCutout> made_cutout(const TenantSnapshot& tenant, const ingest::Asset& asset);

}  // namespace fit::http
