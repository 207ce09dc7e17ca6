#pragma once

#include <string>

#include "domain/records.h"

namespace fit::search {

// Returns the URL that opens a listing in its marketplace's app, or the listing's own URL when no app is
// known for the source; empty when the listing has neither. The source's letter case does not matter.
// Thread-safe.
std::string deep_link(const domain::Listing& listing);

}  // namespace fit::search
