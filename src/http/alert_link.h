#pragma once

#include "http/message.h"
#include "http/tenant_snapshot.h"
#include "notify/signed_link.h"

namespace fit::http {

// The services of the tenant that a link of a message names. The link is not checked yet: its key is there.
// kNotFound, as for a wrong link, where there is no such tenant; the other errors of the source.
Result<TenantSnapshot> snapshot_of_link(const SnapshotSource& snapshot_of, const Request& request,
                                        const notify::SignedLink& link);

}  // namespace fit::http
