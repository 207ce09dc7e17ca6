#pragma once

#include <string>

#include "domain/records.h"

namespace fit::http {

// The address that opens a listing in its marketplace's app where one is known for the source (any letter
// case), else the listing's own URL; empty when it has neither.
std::string deep_link(const domain::Listing& listing);

}  // namespace fit::http
