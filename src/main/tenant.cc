#include "main/tenant.h"

#include "base/format.h"
#include "ingest/clusters/clusters.h"
#include "jobs/job_rows.h"
#include "main/options.h"
#include "main/tenant_alerts.h"
#include "main/tenant_config.h"
#include "monitor/probes.h"
#include "search/query_timer.h"

namespace fit {
namespace {

std::int64_t indexed_texts(serving::SearchedTexts& texts) {
  if (texts.index() == nullptr) return -1;
  return static_cast<std::int64_t>(texts.index()->vectors()->stats().images);
}

std::unique_ptr<Metrics> own_metrics(std::string_view tenant) {
  return tenant == accounts::kDefaultTenant ? nullptr : std::make_unique<Metrics>();
}

// The embedders of a tenant whose settings name another model than the server's.
std::unique_ptr<serving::EmbedderPool> own_embedders(Runtime& runtime, const Config& config) {
  std::string name = embedder_name(runtime.config(), config);
  if (name.empty()) return nullptr;
  return std::make_unique<serving::EmbedderPool>(runtime.embedders(), std::move(name));
}

}  // namespace

Tenant::Tenant(Runtime& runtime, const Config& config, std::string name)
    : runtime_(runtime),
      config_(config),
      name_(std::move(name)),
      own_metrics_(own_metrics(name_)),
      metrics_(own_metrics_ ? *own_metrics_ : runtime.metrics()),
      files_(own_metrics_ ? catalog::stored_image_files(runtime.storage().part("tenants/" + name_))
                          : runtime.image_files()),
      own_embedders_(own_embedders(runtime, config_)),
      embedders_(own_embedders_ ? *own_embedders_ : runtime.embedders()) {}

Result<std::unique_ptr<Tenant>> Tenant::open(Runtime& runtime, const Config& config, const Options& options) {
  std::unique_ptr<Tenant> tenant(new Tenant(runtime, config, options.name));
  tenant->accounts_ = options.accounts;
  const DatabaseSettings& database = config.database;
  FIT_TRY(tenant->store_, store::open_catalogue(database.url, store_options(database)));
  FIT_CHECK(tenant->open_jobs());
  if (tenant->own_metrics_) {
    tenant->quotas_ = std::make_shared<catalog::Quotas>(*tenant->store_, tenant->files_.originals());
  }
  FIT_CHECK(tenant->open_texts());
  FIT_CHECK(tenant->open_content_filter());
  tenant->open_spaces(options.allow_local_paths);
  FIT_TRY(tenant->space_, tenant->opener_->open_active());
  return tenant;
}

Result<void> Tenant::open_jobs() {
  std::string queue_id;
  if (runtime_.queue_redis() != nullptr) {
    FIT_TRY(queue_id, store_->metadata().get_or_add("queue_id", fit::format("{:x}", jobs::random_number())));
  }
  jobs_ = std::make_unique<TenantJobs>(TenantJobs::Parts{.database = store_->database(),
                                                         .redis = runtime_.queue_redis(),
                                                         .queue_id = std::move(queue_id),
                                                         .database_url = config_.database.url,
                                                         .log = runtime_.log(),
                                                         .metrics = metrics_,
                                                         .tracer = runtime_.tracer()},
                                       config_.jobs);
  return {};
}

Result<void> Tenant::open_texts() {
  if (runtime_.text_embedder() == nullptr) return {};
  FIT_TRY(texts_, serving::SearchedTexts::open(
                      {.store = *store_,
                       .embedder = *runtime_.text_embedder(),
                       .cache = runtime_.cache(),
                       .log = runtime_.log(),
                       .metrics = metrics_,
                       .on_change = [this] { changed(); }},
                      {.index = index_options(config_), .cache_time = config_.cache.time_to_live}));
  return {};
}

Result<void> Tenant::open_content_filter() {
  const ContentSettings& settings = config_.content;
  if (settings.filter == "off") return {};
  FIT_TRY(auto options, content_filter_options(settings, runtime_.content_classifier()));
  content_filter_ = std::make_unique<catalog::ContentFilter>(
      catalog::ContentFilter::Parts{.reviews = store_->reviews(),
                                    .blocked = store_->blocked_images(),
                                    .classifier = runtime_.content_classifier(),
                                    .metrics = metrics_},
      std::move(options));
  return {};
}

void Tenant::open_spaces(bool allow_local_paths) {
  shared_ = std::make_unique<serving::SharedSearch>(
      serving::SharedSearch::Parts{
          .store = *store_, .texts = texts_.get(), .log = runtime_.log(), .metrics = metrics_},
      shared_search_options(config_));
  const serving::ExchangeRateSource* const rates = runtime_.exchange_rates();
  serving::SearchedSpace::Parts parts{.store = *store_,
                                      .shared = *shared_,
                                      .embedders = embedders_,
                                      .http = runtime_.http(),
                                      .files = files_,
                                      .ontology = runtime_.ontology(),
                                      .cache = runtime_.cache(),
                                      .log = runtime_.log(),
                                      .metrics = metrics_,
                                      .on_change = [this] { changed(); },
                                      .locks = write_locks_,
                                      .quotas = quotas_,
                                      .content_filter = content_filter_.get(),
                                      .rates = rates == nullptr ? nullptr : &rates->rates(),
                                      .detector = runtime_.detector(),
                                      .embed_later = {}};
  auto options = space_options(config_, runtime_.image_limits(config_.media), allow_local_paths);
  // Jobs embed images in the active space only, whose searches are those that people see.
  auto trial_options = options;
  trial_options.recall_probe = 0;
  trial_opener_ = std::make_unique<serving::SpaceOpener>(parts, std::move(trial_options));
  parts.embed_later = embed_later();
  opener_ = std::make_unique<serving::SpaceOpener>(std::move(parts), std::move(options));
}

std::function<void(std::span<const ItemId>)> Tenant::embed_later() {
  embed_jobs_ = std::make_unique<serving::EmbedJobs>(
      jobs_->queue(),
      [this](ItemId item, const std::stop_token& stop) {
        return lease_catalog().catalog.embed_item(item, stop);
      },
      runtime_.log());
  if (config_.embedding.on_write != "async") return {};
  return [this](std::span<const ItemId> items) { embed_jobs_->add(items); };
}

Result<void> Tenant::start() {
  FIT_TRY(spaces_, serving::SpaceSwitch::open(
                       {.store = *store_, .opener = *opener_, .log = runtime_.log(), .metrics = metrics_},
                       std::move(space_)));
  if (texts_) {
    text_filler_ = std::make_unique<serving::TextFiller>(serving::TextFiller::Parts{
        .vectors = texts_->vectors(), .embedder = texts_->embedder(), .log = runtime_.log()});
  }
  word_filler_ = std::make_unique<serving::WordFiller>(store_->words(), runtime_.log());
  word_filler_->start();
  open_clusters();
  open_alerts();
  tastes_ = std::make_unique<style::PersonalTastes>(*store_);
  open_experiments();
  if (config_.search.adaptive_fusion) {
    fusion_ = std::make_unique<style::AdaptiveFusion>(
        style::AdaptiveFusion::Parts{.database = store_->database(),
                                     .log = runtime_.log(),
                                     .metrics = metrics_,
                                     .share = config_.search.adaptive_fusion_share});
  }
  // They may write as soon as they run, and changed() uses them.
  spaces_->start();
  if (text_filler_) text_filler_->start();
  open_assets();
  assets_->start_filling();
  open_labels();
  open_sources();
  open_imports();
  open_trends();
  open_alert_rules();
  FIT_CHECK(jobs_->start(job_handlers()));
  clusters_->start();
  trends_->start();
  trials_->start();
  experiments_->start();
  if (fusion_) fusion_->start();
  start_alerts(*alerts_, *spaces_);
  short_links_ = std::make_unique<links::ShortLinkUpkeep>(store_->database(), runtime_.log());
  short_links_->start();
  make_health();
  make_indexes();
  metrics_.on_expose([this] {
    monitor::show_connections(store_->pool_stats(), metrics_);
    monitor::show_damaged_images(files_, metrics_);
  });
  return {};
}

Result<void> Tenant::work() {
  followed_ = std::make_unique<serving::FollowedSpace>(
      serving::FollowedSpace::Parts{.store = *store_, .opener = *opener_, .log = runtime_.log()},
      std::move(space_));
  open_assets();
  open_labels();
  open_sources();
  open_imports();
  open_alerts();
  open_trends();
  open_alert_rules();
  return jobs_->start(job_handlers());
}

void Tenant::open_assets() {
  assets_ = std::make_unique<ingest::AssetService>(
      ingest::AssetService::Parts{.database = store_->database(),
                                  .originals = files_.originals_store(),
                                  .queue = jobs_->queue(),
                                  .catalog = [this] { return lease_catalog(); },
                                  .http = runtime_.http(),
                                  .fetch_limits = fetch_limits(config_),
                                  .log = runtime_.log(),
                                  .metrics = metrics_,
                                  .quotas = quotas_.get()},
      asset_options(config_, runtime_.video_memory()));
  assets_->start();
}

ingest::CatalogLease Tenant::lease_catalog() {
  const auto space = spaces_ ? spaces_->current() : followed_->current();
  return {.owner = space, .catalog = space->catalog()};
}

void Tenant::open_clusters() {
  clusters_ = std::make_unique<ingest::ClusterService>(
      ingest::ClusterFollower::Parts{
          .store = *store_,
          .search =
              [this] {
                auto space = spaces_->current();
                const search::VectorSearcher& searcher = space->searcher();
                const embed::Space& scale = space->embedder().space();
                return ingest::SearchLease{.owner = std::move(space), .searcher = searcher, .space = scale};
              },
          .log = runtime_.log(),
          .metrics = metrics_},
      ingest::ClusterService::Options{.follows = config_.clusters.is_on,
                                      .clip_threshold = config_.clusters.threshold});
}

void Tenant::open_alerts() {
  alerts_ = fit::open_alerts({.runtime = runtime_,
                              .tenant = name_,
                              .store = *store_,
                              .accounts = accounts_ == nullptr ? store_->database() : *accounts_,
                              .queue = jobs_->queue(),
                              .files = files_,
                              .metrics = metrics_});
}

void Tenant::open_labels() {
  const auto centre_of = [this](std::int64_t cluster) -> Result<std::optional<ImageId>> {
    const auto found = ingest::Clusters(store_->database()).get({cluster});
    if (found) return found->centre;
    if (found.error().code == ErrorCode::kNotFound) return std::nullopt;
    return found.error();
  };
  labels_ = std::make_unique<ingest::LabelService>(
      ingest::LabelWorker::Parts{.database = store_->database(),
                                 .ontology = runtime_.ontology(),
                                 .captions = runtime_.captions(),
                                 .catalog = [this] { return lease_catalog(); },
                                 .cluster_centre = centre_of,
                                 .log = runtime_.log()},
      label_options(config_.vlm), jobs_->queue());
}

void Tenant::open_sources() {
  sources_ = std::make_unique<ingest::SourceService>(
      ingest::SourceService::Parts{.database = store_->database(),
                                   .catalog = [this] { return lease_catalog(); },
                                   .queue = jobs_->queue(),
                                   .crawler = runtime_.crawler(),
                                   .log = runtime_.log(),
                                   .metrics = metrics_},
      source_options(config_));
  // A process that works on no jobs would only take the times of schedules.
  if (config_.jobs.workers > 0) sources_->start();
}

void Tenant::open_imports() {
  const blobs::Storage storage =
      own_metrics_ ? runtime_.storage().part("tenants/" + name_) : runtime_.storage();
  imports_ = std::make_unique<ingest::ImportService>(
      ingest::ImportService::Parts{.store = *store_,
                                   .files = storage.store("imports"),
                                   .catalog = [this] { return lease_catalog(); },
                                   .queue = jobs_->queue(),
                                   .log = runtime_.log()},
      ingest::ImportWorker::Options{.scratch = config_.storage.path / "uploads",
                                    .threads = config_.import.threads});
}

void Tenant::open_trends() {
  trends_ = std::make_unique<style::TrendService>(style::TrendService::Parts{
      .sources = {.database = store_->database(),
                  .accounts = accounts_ == nullptr ? store_->database() : *accounts_,
                  .tenant = name_,
                  .ontology = runtime_.ontology()},
      .queue = jobs_->queue(),
      .log = runtime_.log()});
}

void Tenant::open_experiments() {
  trials_ = std::make_unique<serving::TrialSpaces>(
      serving::TrialSpaces::Parts{.store = *store_,
                                  .opener = *trial_opener_,
                                  .active = [this] { return spaces_->current(); },
                                  .log = runtime_.log()});
  const auto engine_of = [this](const std::string& name) -> std::optional<style::SearchedEngine> {
    auto space = name.empty() ? spaces_->current() : trials_->find(name);
    if (space == nullptr) return std::nullopt;
    search::SearchEngine& engine = space->engine();
    const bool has_text = space->embedder().space().has_text || texts_ != nullptr;
    return style::SearchedEngine{.owner = std::move(space), .engine = &engine, .has_text = has_text};
  };
  experiments_ = std::make_unique<style::ExperimentService>(style::ExperimentService::Parts{
      .database = store_->database(),
      .engine_of = engine_of,
      .want_spaces = [this](const std::vector<std::string>& names) { trials_->want(names); },
      .log = runtime_.log()});
}

void Tenant::open_alert_rules() {
  if (own_metrics_) return;
  alert_rules_ = std::make_unique<monitor::AlertRuleService>(
      monitor::AlertRuleService::Parts{.database = store_->database(),
                                       .queue = jobs_->queue(),
                                       .http = runtime_.http(),
                                       .mail = runtime_.mail(),
                                       .log = runtime_.log(),
                                       .metrics = metrics_});
}

void Tenant::set_quotas(const accounts::TenantQuotas& quotas) {
  quotas_->set({.items = quotas.items, .bytes = quotas.bytes});
  max_requests_per_day_ = quotas.requests_per_day;
}

void Tenant::make_health() {
  std::vector<monitor::Check> checks = {
      {"store", [this] { return monitor::probe_store(*store_, spaces_->current()->state_metrics()); }},
      {"index",
       [this] {
         const auto space = spaces_->current();
         return monitor::probe_index(space->searcher(), space->state_metrics());
       }},
      {"model", [this] { return monitor::probe_model(spaces_->current()->embedder()); }},
      {"space", [this] { return Result<Json>(spaces_->state()); }},
      {"queue",
       [this] {
         return Result<Json>(monitor::probe_queues(jobs_->queues(), jobs_->active(), jobs_->threads()));
       }},
      {"storage", [this] { return monitor::probe_storage(config_.storage.path, files_); }},
      {"cache",
       [this] { return Result<Json>(monitor::probe_cache(runtime_.memory_cache(), runtime_.redis())); }}};
  if (texts_) {
    checks.push_back({"text_embedding", [this] {
                        return monitor::probe_text_embedding(
                            texts_->embedder(), spaces_->current()->state_metrics(), indexed_texts(*texts_));
                      }});
  }
  if (const auto* const rates = runtime_.exchange_rates()) {
    checks.push_back({"exchange_rates", [rates] { return Result<Json>(rates->state()); }});
  }
  health_ = std::make_unique<const monitor::Health>(std::move(checks));
}

void Tenant::make_indexes() {
  std::vector<std::function<Result<Json>()>> indexes = {[this]() -> Result<Json> {
    const auto space = spaces_->current();
    FIT_TRY(auto measured, space->state_metrics().state());
    measured.index.missing = measured.missing;
    return monitor::index_statistics(space->searcher(), measured.index,
                                     search::index_seconds(metrics_, space->record().name), space->recall());
  }};
  if (texts_) {
    indexes.emplace_back([this]() -> Result<Json> {
      FIT_TRY(const auto state, texts_->searcher().state());
      return monitor::index_statistics(texts_->searcher(), state,
                                       search::index_seconds(metrics_, texts_->space().name));
    });
  }
  indexes_ = std::make_unique<const monitor::Indexes>(std::move(indexes));
}

std::vector<jobs::Handler> Tenant::job_handlers() {
  std::vector<jobs::Handler> handlers = assets_->handlers();
  handlers.push_back(labels_->handler());
  handlers.push_back(imports_->handler());
  handlers.push_back(alerts_->handler());
  handlers.push_back(embed_jobs_->handler());
  handlers.push_back(trends_->handler());
  if (alert_rules_) handlers.push_back(alert_rules_->handler());
  for (jobs::Handler& handler : sources_->handlers()) handlers.push_back(std::move(handler));
  return handlers;
}

void Tenant::stop() {
  // Handlers use everything else.
  if (jobs_) jobs_->stop();
  if (alert_rules_) alert_rules_->stop();
  if (fusion_) fusion_->stop();
  if (experiments_) experiments_->stop();
  if (trials_) trials_->stop();
  if (trends_) trends_->stop();
  if (sources_) sources_->stop();
  if (assets_) assets_->stop();
  if (clusters_) clusters_->stop();
  if (alerts_) alerts_->stop();
  if (short_links_) short_links_->stop();
  if (word_filler_) word_filler_->stop();
  if (text_filler_) text_filler_->stop();
  if (spaces_) spaces_->stop();
}

void Tenant::changed() {
  if (spaces_) spaces_->current()->notify();
  if (trials_) trials_->notify();
  if (text_filler_) text_filler_->notify();
  if (clusters_) clusters_->notify();
  if (alerts_) alerts_->notify();
}

}  // namespace fit
