#pragma once

#include <vector>

#include "base/json.h"
#include "http/message.h"
#include "http/tenant_snapshot.h"
#include "ingest/labels/label.h"

namespace fit::http {

// A label as the API shows it.
Json label_json(const ingest::Label& label);
Json labels_json(const std::vector<ingest::Label>& labels);

// Adds the job that lets a model label a target; the response names it. The errors of
// ingest::LabelService::request().
Result<Response> request_labels(const Request& request, const TenantSnapshot& tenant,
                                const ingest::LabelTarget& target);

}  // namespace fit::http
