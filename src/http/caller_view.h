#pragma once

#include "base/ids.h"
#include "base/json.h"
#include "domain/records.h"
#include "http/principal.h"
#include "http/search_request.h"
#include "http/tenant_snapshot.h"

namespace fit::http {

// What a caller's key or token leaves of the catalogue. Items that wait for a review exist only for callers
// with the scope "content:review". Thread-safe; the functions of a tenant block unless they say otherwise.

// Narrows a query to what the caller may see and ask for. kForbidden naming "limit" when it is larger than
// the caller's, and the field of a filter, facet or order that reads a member which the caller does not see.
Result<void> narrow(SearchRequest& request, const Principal& caller);
// As above; the query also excludes the items that wait for a review, from its results and from everything
// that it tells about the catalogue. An item that another process flagged within the last second is excluded
// from the results alone.
Result<void> narrow(SearchRequest& request, const TenantSnapshot& tenant, const Principal& caller);

// Whether an item with this listing exists for the caller. Does not block.
bool is_visible(const TenantSnapshot& tenant, const domain::Listing& listing, const Principal& caller);

// kNotFound, as for an unknown image, if the image's item does not exist for the caller. Returns at once for
// callers who may see and review all items, also for unknown images.
Result<void> check_visible(const TenantSnapshot& tenant, ImageId image, const Principal& caller);

// Removes the members that the caller does not see from an item, or from each of a list.
void leave_out_fields(Json& items, const Principal& caller);

// kInvalid naming "exclude_fields" for a name that no result and no item has, with the nearest known one, and
// for "id".
Result<void> check_excluded_fields(const std::vector<std::string>& names);

}  // namespace fit::http
