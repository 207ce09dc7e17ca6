#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/image_files.h"
#include "http/message.h"
#include "http/saved_outfit_json.h"
#include "http/tenant_snapshot.h"
#include "style/saved/saved_outfit.h"

namespace fit::http {

// The stored thumbnail of a piece; nullopt for a piece that has none. `tenant.assets` must not be null.
// Blocks.
Result<std::optional<catalog::ImageFile>> piece_thumbnail(const TenantSnapshot& tenant,
                                                          const KnownPieces& known,
                                                          const style::SavedPiece& piece);

// The version of a thumbnail: equal for equal bytes only.
std::string thumbnail_version(const catalog::ImageFile& file);

// The beginning of a response with an image that may change, or that its owner may take back: its headers,
// without the content. Equal versions mean equal bytes. The status is 304 when the client has the image
// already; the response is complete then.
Response changing_image(const Request& request, std::string_view version, std::string_view media_type);

// Draws the pieces whose thumbnails are there; the others leave no space. Where cut-outs of garments must be
// made first, the request continues on the threads of writes. kNotFound where no piece has a thumbnail.
// Blocks.
Result<Response> outfit_picture(const Request& request, const TenantSnapshot& tenant,
                                const style::SavedOutfit& outfit, const KnownPieces& known);

}  // namespace fit::http
