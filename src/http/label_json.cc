#include "http/label_json.h"

#include <cmath>

#include "ingest/labels/label_service.h"

namespace fit::http {

Json label_json(const ingest::Label& label) {
  const bool is_person = label.origin == ingest::LabelOrigin::kPerson;
  return {{"field", label.field},
          {"value", label.value},
          {"language", label.language},
          {"confidence", std::round(double{label.confidence} * 1000) / 1000},
          {"origin", to_string(label.origin)},
          {"person", is_person ? Json(label.author) : Json()},
          {"model", is_person ? Json() : Json(label.author)},
          {"model_version", is_person ? Json() : Json(label.version)},
          {"created_at", to_rfc3339(label.created_at)}};
}

Json labels_json(const std::vector<ingest::Label>& labels) {
  Json json = Json::array();
  for (const ingest::Label& label : labels) json.push_back(label_json(label));
  return json;
}

Result<Response> request_labels(const Request& request, const TenantSnapshot& tenant,
                                const ingest::LabelTarget& target) {
  FIT_TRY(const jobs::AddedJob job, tenant.labels->request(target, request.principal.id));
  return json_response({{"job_id", job.id.str()}, {"status", job.is_new ? "queued" : "known"}}, 202);
}

}  // namespace fit::http
