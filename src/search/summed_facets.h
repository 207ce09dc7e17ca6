#pragma once

#include <span>
#include <vector>

#include "domain/facet.h"
#include "search/merged_results.h"

namespace fit::search {

// The facets of several tenants as those of one catalogue: equal values, without regard to letter case, are
// counted together. A value that is not among the listed ones of some tenant counts there among `others`.
std::vector<domain::Facet> sum_facets(std::span<const TenantPage> pages);

}  // namespace fit::search
