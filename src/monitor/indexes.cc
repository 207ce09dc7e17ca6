#include "monitor/indexes.h"

#include <cmath>

namespace fit::monitor {
namespace {

Json rounded_seconds(const std::optional<double>& value) {
  if (!value) return nullptr;
  return std::round(*value * 1e6) / 1e6;
}

Json latency_json(const Histogram& seconds) {
  const std::uint64_t count = seconds.count();
  if (count == 0) return nullptr;
  return {{"searches", count},
          {"p50_s", rounded_seconds(seconds.quantile(0.5))},
          {"p95_s", rounded_seconds(seconds.quantile(0.95))},
          {"p99_s", rounded_seconds(seconds.quantile(0.99))}};
}

// The recall of all probes together; null before the first one.
Json recall_json(const search::RecallProbe* probe) {
  const auto recall = probe == nullptr ? std::nullopt : probe->recall();
  if (!recall) return nullptr;
  return std::round(*recall * 1e4) / 1e4;
}

Json recalls_json(const search::RecallProbe* probe) {
  Json list = Json::array();
  if (probe == nullptr) return list;
  for (const search::RecallOfKind& one : probe->recalls()) {
    list.push_back({{"kind", one.kind},
                    {"selectivity", search::to_string(one.selectivity)},
                    {"recall", std::round(one.recall * 1e4) / 1e4},
                    {"probes", one.probes}});
  }
  return list;
}

template <class T>
Json number_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

Json conversion_json(const std::optional<search::ConversionState>& conversion) {
  if (!conversion) return nullptr;
  return {{"to", conversion->to},
          {"done", conversion->done},
          {"total", conversion->total},
          {"problem", conversion->problem.empty() ? Json(nullptr) : Json(conversion->problem)}};
}

Json index_statistics(const search::VectorSearcher& searcher, const search::SearcherState& state,
                      const Histogram& seconds, const search::RecallProbe* recall) {
  const domain::SpaceRecord& space = searcher.space();
  return {{"space", space.name},
          {"vectors_of", space.of == domain::VectorsOf::kImages ? "images" : "texts"},
          {"kind", state.kind},
          {"state", searcher.is_complete() ? "ready" : "building"},
          {"dimensions", space.dimensions},
          {"size", state.images + state.deleted.value_or(0)},
          {"vectors", state.images},
          {"deleted", number_or_null(state.deleted)},
          {"missing", number_or_null(state.missing)},
          {"bytes", state.bytes},
          {"position", state.position},
          {"conversion", conversion_json(state.conversion)},
          {"recall", recall_json(recall)},
          {"recalls", recalls_json(recall)},
          {"latency", latency_json(seconds)}};
}

Result<Json> Indexes::list() const {
  Json list = Json::array();
  for (const auto& index : indexes_) {
    FIT_TRY(Json one, index());
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace fit::monitor
