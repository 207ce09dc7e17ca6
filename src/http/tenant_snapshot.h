#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"
#include "http/principal.h"

namespace fit {
class Metrics;
}
namespace fit::alerts {
class AlertService;
}
namespace fit::catalog {
class Catalog;
}
namespace fit::embed {
class Embedder;
}
namespace fit::ingest {
class AssetService;
class SourceService;
class ImportService;
class ClusterService;
class LabelService;
}  // namespace fit::ingest
namespace fit::jobs {
class BulkRetry;
class Queue;
}  // namespace fit::jobs
namespace fit::monitor {
class AlertRuleService;
class Health;
class Indexes;
}  // namespace fit::monitor
namespace fit::search {
class SearchEngine;
}
namespace fit::style {
class AdaptiveFusion;
class ExperimentService;
class PersonalTastes;
class TrendService;
}  // namespace fit::style

namespace fit::http {

// A tenant's queue of jobs.
struct JobServices {
  jobs::Queue& queue;
  jobs::BulkRetry& bulk_retry;
};

// A tenant's services at one moment, all of the same vector space. A request uses one snapshot from its
// beginning to its end, so that a space switch does not affect it.
struct TenantSnapshot {
  std::shared_ptr<const void> owner;  // keeps the others alive
  search::SearchEngine& engine;
  catalog::Catalog& catalog;                   // refuses local paths: locations come from clients
  embed::Embedder& embedder;                   // for /v1/embeddings
  bool has_text_search = false;                // whether texts are compared by vectors
  ingest::AssetService* assets = nullptr;      // null in tests without asset routes
  ingest::LabelService* labels = nullptr;      // null in tests without asset routes
  ingest::ClusterService* clusters = nullptr;  // null in tests without cluster routes
  ingest::SourceService* sources = nullptr;    // null in tests without routes of sources
  ingest::ImportService* imports = nullptr;    // null in tests without routes of imports
  alerts::AlertService* alerts = nullptr;      // null in tests without routes of alerts
  style::PersonalTastes* tastes = nullptr;     // null in tests without feedback
  // What /health and /metrics report; null for routes that do not. The metrics of "default" are also those of
  // the process.
  const monitor::Health* health = nullptr;
  const Metrics* metrics = nullptr;
  std::optional<JobServices> jobs = {};              // nullopt for routes that have nothing to do with jobs
  const monitor::Indexes* indexes = nullptr;         // null in tests without routes of indexes
  monitor::AlertRuleService* alert_rules = nullptr;  // null except for "default"
  style::TrendService* trends = nullptr;             // null in tests without routes of trends
  style::ExperimentService* experiments = nullptr;   // null in tests without experiments
  style::AdaptiveFusion* fusion = nullptr;           // null unless ADAPTIVE_FUSION is set
};

// Takes a snapshot of the principal's tenant. Thread-safe; blocks while the tenant is opened. kNotFound for a
// tenant that does not exist; kUnavailable for one that cannot be opened now; the errors of opening it.
using SnapshotSource = std::function<Result<TenantSnapshot>(const Principal&)>;

}  // namespace fit::http
