#pragma once

#include <optional>

#include "base/json.h"
#include "http/message.h"
#include "http/search_request.h"
#include "http/tenant_snapshot.h"
#include "style/fusion/adaptive_fusion.h"

namespace fit::http {

// How one search is fused.
struct SearchFusion {
  style::FusionSource source = style::FusionSource::kFixed;
  std::optional<style::FusionType> type;  // nullopt: nothing is fused
  std::optional<style::Person> person;    // of an interleaved search
  style::FusionSignals signals;
  search::FusionWeights weights;  // of the results; the adapted ones of an interleaved search
};

// Chooses the weights of a search: those of the first page on further ones, otherwise those that the request
// names, otherwise what was learned. Sets Query::fusion. kInvalid naming "cursor".
Result<SearchFusion> choose_fusion(const Request& request, const TenantSnapshot& tenant,
                                   SearchRequest& wanted);

// Keeps the results of an interleaved search for the choice that may follow.
void note_results(const TenantSnapshot& tenant, const SearchFusion& fusion, search::SearchResults& found);

// What `explain` shows of the weights.
Json fusion_json(const SearchFusion& fusion);

}  // namespace fit::http
