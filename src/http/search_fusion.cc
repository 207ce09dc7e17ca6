#include "http/search_fusion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "base/secure_random.h"
#include "http/request_person.h"
#include "search/cursor.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

using search::FusionCode;

// Who a search is of. A header that names nobody is not the search's concern.
std::optional<style::Person> searcher_of(const Request& request) {
  auto person = find_person(request);
  return person ? *std::move(person) : std::nullopt;
}

// Fuses a query by the weights of a code.
void use(const FusionCode& code, const search::FusionWeights& fixed, SearchFusion& fusion,
         search::Query& query) {
  fusion.weights = search::decode_weights(code, fixed);
  query.fusion = std::make_shared<const search::QueryFusion>(
      search::QueryFusion{.code = code, .weights = fusion.weights});
}

Result<FusionCode> code_of_page(const search::Query& query) {
  FIT_TRY(const search::Cursor page, search::decode_cursor(query.cursor));
  return page.fusion;
}

Json weights_json(const style::SignalGroup& group, std::span<const double> weights) {
  constexpr double kDigits = 1e3;
  Json json = Json::object();
  for (std::size_t i = 0; i < group.names.size(); ++i) {
    if (weights[i] > 0) json[group.names[i]] = std::round(weights[i] * kDigits) / kDigits;
  }
  return json;
}

}  // namespace

Result<SearchFusion> choose_fusion(const Request& request, const TenantSnapshot& tenant,
                                   SearchRequest& wanted) {
  search::Query& query = wanted.query;
  SearchFusion fusion{.type = style::fusion_type_of(query), .person = {}, .signals = {}, .weights = {}};
  if (!fusion.type || query.browse) return fusion;
  const search::FusionWeights fixed = tenant.engine.fixed_fusion(query);
  fusion.weights = fixed;
  fusion.signals = style::fusion_signals(fixed, tenant.engine.fused_spaces());
  if (wanted.has_fused_weights()) fusion.source = style::FusionSource::kRequest;
  if (!query.cursor.empty()) {
    FIT_TRY(const FusionCode code, code_of_page(query));
    if (code.kind == FusionCode::Kind::kFixed) return fusion;
    fusion.source = code.kind == FusionCode::Kind::kAdapted ? style::FusionSource::kAdapted
                                                            : style::FusionSource::kInterleaved;
    use(code, fixed, fusion, query);
    return fusion;
  }
  if (tenant.fusion == nullptr || wanted.has_fused_weights() || query.sort) return fusion;
  fusion.person = searcher_of(request);
  // An explanation is of one ranking.
  auto chosen = tenant.fusion->choose_or_fixed(*fusion.type, fusion.signals, fixed,
                                               fusion.person ? &*fusion.person : nullptr, !query.explain);
  fusion.source = chosen.source;
  if (chosen.source == style::FusionSource::kAdapted) {
    use(search::encode_weights(FusionCode::Kind::kAdapted, chosen.weights), fixed, fusion, query);
  } else if (chosen.source == style::FusionSource::kInterleaved) {
    FusionCode code = search::encode_weights(FusionCode::Kind::kInterleaved, chosen.weights);
    code.seed = static_cast<std::uint32_t>(secure_random_number());
    use(code, fixed, fusion, query);
  }
  return fusion;
}

void note_results(const TenantSnapshot& tenant, const SearchFusion& fusion, search::SearchResults& found) {
  if (found.interleaved.empty() || tenant.fusion == nullptr || !fusion.person || !fusion.type) return;
  if (found.interleaved.size() > style::kMostShown) found.interleaved.resize(style::kMostShown);
  tenant.fusion->note_shown_or_log(*fusion.person, *fusion.type,
                                   {.signals = fusion.signals, .hits = std::move(found.interleaved)}, now());
}

Json fusion_json(const SearchFusion& fusion) {
  return {{"source", style::to_string(fusion.source)},
          {"weights", weights_json(fusion.signals.parts, fusion.weights.parts)},
          {"spaces", weights_json(fusion.signals.spaces, fusion.weights.spaces)}};
}

}  // namespace fit::http
