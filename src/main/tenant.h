#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "accounts/tenants.h"
#include "alerts/alert_service.h"
#include "base/config.h"
#include "base/metrics.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/content_filter.h"
#include "catalog/quotas.h"
#include "ingest/assets/asset_service.h"
#include "ingest/clusters/cluster_service.h"
#include "ingest/imports/import_service.h"
#include "ingest/labels/label_service.h"
#include "ingest/sources/source_service.h"
#include "jobs/handler.h"
#include "links/short_link_upkeep.h"
#include "main/runtime.h"
#include "main/tenant_jobs.h"
#include "monitor/alert_rule_service.h"
#include "monitor/health.h"
#include "monitor/indexes.h"
#include "serving/embed_jobs.h"
#include "serving/followed_space.h"
#include "serving/searched_space.h"
#include "serving/searched_texts.h"
#include "serving/shared_search.h"
#include "serving/space_opener.h"
#include "serving/space_switch.h"
#include "serving/text_filler.h"
#include "serving/trial_spaces.h"
#include "serving/word_filler.h"
#include "store/catalogue.h"
#include "style/experiments/experiment_service.h"
#include "style/fusion/adaptive_fusion.h"
#include "style/personal/personal_tastes.h"
#include "style/trends/trend_service.h"

namespace fit {

// One catalogue with its columns, spaces and fillers. The Runtime must outlive it. open(), start() and stop()
// are called by one thread, one after the other.
//
// The tenant "default" counts in the metrics of the Runtime. Every other one has metrics of its own, so that
// the gauges of two tenants never overwrite each other.
class Tenant {
 public:
  // What is opened, and what the tenant's users may do.
  struct Options {
    std::string name = "default";
    bool allow_local_paths = false;     // whether items may name image files of this machine
    sql::Database* accounts = nullptr;  // of all tenants; null: those of this catalogue
  };
  // Opens the store of the configuration, which is the tenant's own (main/tenant_config.h), and the active
  // space (serving/space_opener.h). The errors of both.
  static Result<std::unique_ptr<Tenant>> open(Runtime& runtime, const Config& config, const Options& options);
  ~Tenant() { stop(); }
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;

  const std::string& name() const { return name_; }
  const Config& config() const { return config_; }
  Metrics& metrics() { return metrics_; }
  // The image files that the catalogue stores. Copies share the record of damaged files.
  const catalog::ImageFiles& image_files() const { return files_; }
  store::Catalogue& store() { return *store_; }
  // Sets how much the catalogue may hold, and how many requests it may get a day, which whoever takes the
  // requests checks. Thread-safe. Valid for every tenant except "default", which has no quotas.
  void set_quotas(const accounts::TenantQuotas& quotas);
  std::int64_t max_requests_per_day() const { return max_requests_per_day_; }
  serving::SearchedTexts* texts() { return texts_.get(); }  // null: no text space

  jobs::Queue& queue() { return jobs_->queue(); }
  jobs::BulkRetry& bulk_retry() { return jobs_->bulk_retry(); }

  // For commands: the active space, until start().
  serving::SearchedSpace& space() { return *space_; }

  // For servers: makes the search ready, and starts the background tasks that update the index, the vectors
  // and the active space until stop(), and the workers on the tenant's jobs. Call it once.
  Result<void> start();
  // For workers beside a server: starts the workers on the tenant's jobs and nothing else, until stop().
  // Vectors are made in the space that is active at the time. Call it once, instead of start().
  Result<void> work();
  // Asks running jobs to stop and claims no more, without waiting. Thread-safe after start() or work().
  void request_stop() { jobs_->request_stop(); }
  // Stops the background tasks and waits for them. Call Runtime::request_stop() before it, which ends waits
  // for the text embedding provider.
  void stop();
  // Valid after start().
  const serving::SpaceSwitch& spaces() const { return *spaces_; }
  const monitor::Health& health() const { return *health_; }
  const monitor::Indexes& indexes() const { return *indexes_; }
  // The rules on the metrics of the process, which is not judging them yet; null except for "default".
  monitor::AlertRuleService* alert_rules() { return alert_rules_.get(); }
  ingest::AssetService& assets() { return *assets_; }
  alerts::AlertService& alerts() { return *alerts_; }
  style::PersonalTastes& tastes() { return *tastes_; }
  style::AdaptiveFusion* fusion() { return fusion_.get(); }  // null unless ADAPTIVE_FUSION is set
  ingest::LabelService& labels() { return *labels_; }
  ingest::SourceService& sources() { return *sources_; }
  ingest::ImportService& imports() { return *imports_; }
  ingest::ClusterService& clusters() { return *clusters_; }
  style::TrendService& trends() { return *trends_; }
  style::ExperimentService& experiments() { return *experiments_; }

 private:
  Tenant(Runtime& runtime, const Config& config, std::string name);

  Result<void> open_jobs();
  Result<void> open_texts();
  Result<void> open_content_filter();
  void open_spaces(bool allow_local_paths);
  void open_assets();
  void open_alerts();
  void open_labels();
  void open_sources();
  void open_imports();
  void open_clusters();
  void open_trends();
  void open_experiments();
  void open_alert_rules();
  // The catalog of the active space, for one job.
  ingest::CatalogLease lease_catalog();
  void make_health();
  void make_indexes();
  // What this program does with jobs, one handler for each kind. Valid after open_assets().
  std::vector<jobs::Handler> job_handlers();
  // What writes do with images that are embedded behind the response; empty where they embed them.
  std::function<void(std::span<const ItemId>)> embed_later();
  // Called after each write of the catalogue.
  void changed();

  Runtime& runtime_;
  const Config config_;
  const std::string name_;
  const std::unique_ptr<Metrics> own_metrics_;  // null: those of the runtime
  Metrics& metrics_;
  catalog::ImageFiles files_;
  const std::unique_ptr<serving::EmbedderPool> own_embedders_;  // null: those of the runtime
  serving::EmbedderPool& embedders_;
  const std::shared_ptr<catalog::WriteLocks> write_locks_ = std::make_shared<catalog::WriteLocks>();
  std::unique_ptr<store::Catalogue> store_;
  std::unique_ptr<TenantJobs> jobs_;
  std::shared_ptr<catalog::Quotas> quotas_;  // null: there are none
  std::atomic<std::int64_t> max_requests_per_day_ = 0;
  std::unique_ptr<serving::SearchedTexts> texts_;
  std::unique_ptr<catalog::ContentFilter> content_filter_;  // null: CONTENT_FILTER is off
  std::unique_ptr<serving::EmbedJobs> embed_jobs_;
  std::unique_ptr<serving::SharedSearch> shared_;
  std::unique_ptr<serving::SpaceOpener> opener_;
  std::unique_ptr<serving::SpaceOpener> trial_opener_;
  std::unique_ptr<serving::SearchedSpace> space_;     // until start() or work()
  std::unique_ptr<serving::SpaceSwitch> spaces_;      // from start() on
  std::unique_ptr<serving::TrialSpaces> trials_;      // from start() on
  std::unique_ptr<serving::FollowedSpace> followed_;  // from work() on
  std::unique_ptr<serving::TextFiller> text_filler_;
  std::unique_ptr<serving::WordFiller> word_filler_;
  std::unique_ptr<const monitor::Health> health_;           // from start() on
  std::unique_ptr<ingest::AssetService> assets_;            // from start() on
  std::unique_ptr<ingest::LabelService> labels_;            // from start() on
  std::unique_ptr<ingest::SourceService> sources_;          // from start() on
  std::unique_ptr<ingest::ImportService> imports_;          // from start() or work() on
  std::unique_ptr<ingest::ClusterService> clusters_;        // from start() on
  sql::Database* accounts_ = nullptr;                       // of all tenants; null: those of this catalogue
  std::unique_ptr<alerts::AlertService> alerts_;            // from start() on
  std::unique_ptr<style::PersonalTastes> tastes_;           // from start() on
  std::unique_ptr<style::AdaptiveFusion> fusion_;           // from start() on; null: ADAPTIVE_FUSION is off
  std::unique_ptr<style::TrendService> trends_;             // from start() or work() on
  std::unique_ptr<style::ExperimentService> experiments_;   // from start() on
  std::unique_ptr<links::ShortLinkUpkeep> short_links_;     // from start() on
  std::unique_ptr<const monitor::Indexes> indexes_;         // from start() on
  std::unique_ptr<monitor::AlertRuleService> alert_rules_;  // from start() or work() on; null: not "default"
};

}  // namespace fit
