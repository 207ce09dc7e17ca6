#include "main/serve.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/version.h"
#include "http/api.h"
#include "http/app_files.h"
#include "http/federated_search.h"
#include "http/public_url.h"
#include "http/scratch_folder.h"
#include "http/server.h"
#include "main/access.h"
#include "main/exit_limit.h"
#include "main/metrics_server.h"
#include "main/options.h"
#include "main/queue_tour.h"
#include "main/runtime.h"
#include "main/service_watch.h"
#include "main/tenant.h"
#include "main/tenant_config.h"
#include "main/tenant_pool.h"
#include "monitor/backup_age.h"
#include "monitor/database_check.h"
#include "monitor/metric_history.h"
#include "monitor/process_metrics.h"
#include "net/server_probe.h"
#include "sql/database_url.h"
#include "style/recommend/outfit_recommender.h"
#include "style/weather/weather_service.h"
#include "tenants/tenant_lifecycle.h"

namespace fit {
namespace {

// What keeps the services of a request alive.
struct Lease {
  std::shared_ptr<Tenant> tenant;
  std::shared_ptr<serving::SearchedSpace> space;
};

http::TenantSnapshot snapshot(std::shared_ptr<Tenant> leased) {
  Tenant& tenant = *leased;
  const auto space = tenant.spaces().current();
  return {.owner = std::make_shared<const Lease>(std::move(leased), space),
          .engine = space->engine(),
          .catalog = space->catalog(),
          .embedder = space->embedder(),
          .has_text_search = space->embedder().space().has_text || tenant.texts() != nullptr,
          .assets = &tenant.assets(),
          .labels = &tenant.labels(),
          .clusters = &tenant.clusters(),
          .sources = &tenant.sources(),
          .imports = &tenant.imports(),
          .alerts = &tenant.alerts(),
          .tastes = &tenant.tastes(),
          .health = &tenant.health(),
          .metrics = &tenant.metrics(),
          .jobs = http::JobServices{.queue = tenant.queue(), .bulk_retry = tenant.bulk_retry()},
          .indexes = &tenant.indexes(),
          .alert_rules = tenant.alert_rules(),
          .trends = &tenant.trends(),
          .experiments = &tenant.experiments(),
          .fusion = tenant.fusion()};
}

// Finds the services of a caller's tenant.
http::SnapshotSource snapshots_of(TenantPool& tenants) {
  return [&tenants](const http::Principal& caller) -> Result<http::TenantSnapshot> {
    FIT_TRY(auto tenant, tenants.acquire(caller.tenant));
    FIT_CHECK(tenants.count_request(*tenant));
    return snapshot(std::move(tenant));
  };
}

// The routes that create, change and remove tenants.
http::TenantRouteDeps tenant_routes_of(const Runtime& runtime, Access& access, TenantPool& pool) {
  const Config& config = runtime.config();
  const tenants::Installation installation{
      .directory = access.accounts().tenants(), .first = place_of(config), .storage = runtime.storage()};
  const auto create = [installation](const std::string& name, const accounts::TenantChange& given,
                                     const std::stop_token& stop) {
    return tenants::create_tenant(installation, name, {.given = given}, stop);
  };
  const auto remove = [installation, &config, &pool](const std::string& name, bool with_backup,
                                                     const std::stop_token& stop) -> Result<std::string> {
    tenants::RemoveOptions options;
    if (with_backup) options.backups = config.storage.path / "backups";
    options.close = [&pool, name] { return pool.close(name); };
    FIT_TRY(const tenants::Removal removal, tenants::remove_tenant(installation, name, options, stop));
    return removal.backup.empty() ? "" : removal.backup.lexically_relative(config.storage.path).string();
  };
  return {
      .accounts = access.accounts(),
      .authenticator = access.authenticator(),
      .check_settings = [&config](const auto& settings) { return check_tenant_settings(config, settings); },
      .create = create,
      .remove = remove,
      .changed = [&pool](const accounts::Tenant& tenant) { pool.changed(tenant); }};
}

std::shared_ptr<http::FederatedSearch> federated_search(Runtime& runtime, TenantPool& tenants,
                                                        const search::ResultViews& views) {
  return std::make_shared<http::FederatedSearch>(
      http::FederatedSearch::Parts{.snapshot_of = snapshots_of(tenants),
                                   .tenant_names = [&tenants] { return tenants.names(); },
                                   .views = views,
                                   .max_image_bytes = runtime.config().media.max_image_bytes,
                                   .log = runtime.log()},
      federation_options(runtime.config()));
}

// Null where no weather is looked up.
Result<std::unique_ptr<style::WeatherService>> open_weather(Runtime& runtime) {
  const WeatherSettings& settings = runtime.config().weather;
  if (settings.url.empty() && settings.places_url.empty()) return nullptr;
  return style::WeatherService::open(
      {.http = runtime.http(), .log = runtime.log(), .metrics = runtime.metrics()},
      {.forecast_url = settings.url, .places_url = settings.places_url});
}

Result<http::Router> make_router(Runtime& runtime, Tenant& first, TenantPool& tenants, Access& access,
                                 const std::filesystem::path& scratch_path,
                                 const std::shared_ptr<const http::AppFiles>& app_files) {
  FIT_TRY(style::OutfitRecommender recommender, style::OutfitRecommender::load(runtime.ontology()));
  FIT_TRY(std::unique_ptr<style::WeatherService> weather, open_weather(runtime));
  const HttpSettings& settings = runtime.config().http;
  const MediaSettings& media = runtime.config().media;
  const search::ResultViews views(settings.cdn_base_url);
  http::Router router(snapshots_of(tenants));
  http::add_search_routes(router, {.views = views,
                                   .http = runtime.http(),
                                   .max_body_bytes = settings.max_body_bytes,
                                   .max_image_bytes = media.max_image_bytes,
                                   .fetch_time_limit = runtime.config().net.fetch_timeout,
                                   .history = &access.history(),
                                   .federated = federated_search(runtime, tenants, views)});
  http::add_detect_route(router, {.http = runtime.http(),
                                  .detector = runtime.detector(),
                                  .max_body_bytes = settings.max_body_bytes,
                                  .max_image_bytes = media.max_image_bytes,
                                  .fetch_time_limit = runtime.config().net.fetch_timeout});
  http::add_item_routes(
      router,
      {.views = views, .max_body_bytes = settings.max_body_bytes, .max_image_bytes = media.max_image_bytes});
  const http::ImportRouteDeps imports{.scratch_path = scratch_path,
                                      .max_body_bytes = settings.max_import_bytes,
                                      .threads = runtime.config().import.threads};
  http::add_import_route(router, imports);
  http::add_import_job_routes(router, imports);
  const http::IngestRouteDeps ingest{.max_body_bytes = settings.max_upload_bytes};
  http::add_ingest_route(router, ingest);
  http::add_upload_routes(router, ingest);
  http::add_asset_file_routes(router, settings.max_scratch_bytes);
  http::add_asset_routes(router);
  http::add_label_routes(router);
  http::add_cluster_routes(router, views);
  http::add_source_routes(router, {.test_time_limit = std::min<std::chrono::milliseconds>(
                                       std::chrono::seconds(20), settings.request_timeout * 4 / 5)});
  http::add_sample_route(router);
  http::add_content_routes(router, {.views = views,
                                    .max_body_bytes = settings.max_body_bytes,
                                    .max_image_bytes = media.max_image_bytes,
                                    .image_limits = runtime.image_limits(),
                                    .thumbnail_side = media.thumbnail_side});
  http::add_property_routes(router, runtime.ontology());
  http::add_image_routes(router);
  http::add_image_variant_routes(router, runtime.ontology());
  http::add_embedding_routes(router, {.max_body_bytes = settings.max_body_bytes,
                                      .image_limits = runtime.image_limits(),
                                      .max_pixels = media.max_request_pixels});
  http::add_job_routes(router);
  http::add_dead_letter_routes(router);
  http::add_tenant_routes(router, tenant_routes_of(runtime, access, tenants));
  const auto public_url =
      http::PublicUrl::parse("PUBLIC_URL", settings.public_url);  // fails when it is not set
  const bool detects = runtime.detector() != nullptr;
  access.add_routes(router, {.public_origin = public_url ? public_url->origin : "", .detects = detects});
  http::add_favourite_routes(router, {.views = views, .favourites = access.accounts().favourites()});
  http::add_feedback_routes(router);
  http::add_wardrobe_routes(
      router, {.max_body_bytes = settings.max_body_bytes, .max_image_bytes = media.max_image_bytes});
  http::add_garment_photo_routes(router);
  http::add_wardrobe_file_routes(router, {.scratch_path = scratch_path,
                                          .max_scratch_bytes = settings.max_scratch_bytes,
                                          .max_import_bytes = settings.max_import_bytes,
                                          .max_upload_bytes = settings.max_upload_bytes});
  http::add_saved_outfit_routes(router);
  http::add_shared_outfit_routes(router);
  http::add_for_you_route(router, views);
  http::add_recommend_routes(
      router, {.views = views,
               .recommender = std::make_shared<const style::OutfitRecommender>(std::move(recommender)),
               .weather = std::move(weather),
               .max_body_bytes = settings.max_body_bytes,
               .max_image_bytes = media.max_image_bytes});
  http::add_saved_search_routes(router, {.views = views,
                                         .accounts = access.accounts(),
                                         .http = runtime.http(),
                                         .max_body_bytes = settings.max_body_bytes,
                                         .max_image_bytes = media.max_image_bytes,
                                         .fetch_time_limit = runtime.config().net.fetch_timeout,
                                         .image_limits = runtime.image_limits()});
  http::add_notification_routes(router, {.accounts = access.accounts()});
  http::add_status_routes(router, {.ready = first.health(),
                                   .version = std::string(kVersion),
                                   .detects = detects,
                                   .has_metrics = runtime.config().metrics.is_on});
  http::add_index_routes(router);
  http::add_log_level_routes(router, runtime.log());
  http::add_alert_rule_routes(router);
  http::add_trend_routes(router);
  http::add_experiment_routes(router);
  http::add_fusion_routes(router);
  http::add_link_routes(router, {.public_origin = public_url ? public_url->origin : "",
                                 .max_body_bytes = settings.max_body_bytes,
                                 .max_image_bytes = media.max_image_bytes,
                                 .image_limits = runtime.image_limits()});
  const http::HeadRouteDeps heads{.views = views,
                                  .public_origin = public_url ? public_url->origin : "",
                                  .site_name = std::string(http::site_name(runtime.config().brand.name)),
                                  .currency = runtime.config().brand.currency,
                                  .visitor = access.authenticator().without_credentials()};
  http::add_headed_page_routes(router, app_files, heads);
  http::add_site_map_routes(router, heads);
  http::add_page_routes(router, app_files);
  return router;
}

Result<std::unique_ptr<http::TlsCertificate>> open_tls(const HttpSettings& settings, Metrics& metrics,
                                                       const Log& log) {
  FIT_TRY(auto files, tls_files(settings));
  if (!files) return nullptr;
  return http::TlsCertificate::open(*std::move(files), metrics, log);
}

void warn_of_plain_http(const HttpSettings& settings, const Log& log) {
  if (!listens_beyond_loopback(settings) || !settings.tls_cert.empty() || !settings.trusted_proxies.empty()) {
    return;
  }
  log.warning(
      "this server is reachable from other machines without encryption: others on the way can read and "
      "change "
      "everything; set TLS_CERT and TLS_KEY, or name the proxy with TLS that is in front in TRUSTED_PROXIES");
}

Result<void> run_server(Runtime& runtime, Tenant& tenant, http::TlsCertificate* tls, ExitLimit& exit_limit) {
  const Config& config = runtime.config();
  FIT_TRY(const auto metrics_server,
          MetricsServer::start(config, tenant.store().database(), runtime.metrics(), runtime.log()));
  FIT_TRY(const http::ScratchFolder scratch, http::ScratchFolder::make(config.storage.path / "scratch"));
  FIT_TRY(const auto access, Access::open(config, tenant.store().database(), runtime.log()));
  FIT_TRY(http::MiddlewareOptions middleware,
          middleware_options(config.http, runtime.metrics(), runtime.log(), access->authenticator()));
  TenantPool tenants(runtime, tenant, access->accounts());
  tenants.start();
  FIT_TRY(const http::Brand brand, brand_of(config.brand));
  const auto app_files = std::make_shared<const http::AppFiles>(brand);
  middleware.app_files = app_files;
  middleware.tracer = runtime.tracer();
  middleware.audit = &access->audit();
  middleware.rate_limits.emplace(http::RateLimitOptions{
      .limiter = runtime.rate_limiter(), .metrics = runtime.metrics(), .limits = rate_limits(config)});
  FIT_TRY(http::ServerOptions options, server_options(config.http, scratch.path(), tls));
  warn_of_plain_http(config.http, runtime.log());
  ServiceWatch service(ServiceManager(environment_value),
                       {.is_ready = [&tenant] { return monitor::Health::all_ok(tenant.health().probe()); },
                        .reacts = net::server_reacts},
                       runtime.log());
  options.on_listening = [&service](const std::string& address, std::uint16_t port) {
    service.listening(address, port);
  };
  options.on_stop = [&exit_limit, &tenant, &service] {
    service.stopping();
    exit_limit.start();
    tenant.request_stop();
  };
  FIT_TRY(http::Router router, make_router(runtime, tenant, tenants, *access, scratch.path(), app_files));
  monitor::MetricHistory history({.metrics = runtime.metrics(),
                                  .folder = config.storage.path / "history",
                                  .version = std::string(kVersion),
                                  .log = runtime.log()});
  http::add_metric_history_route(router, history);
  http::Server server(std::move(options), std::move(router), http::standard_middleware(middleware),
                      runtime.metrics(), runtime.log());
  FIT_CHECK(access->announce_set_up());
  QueueTour queue_tour(runtime, tenants, access->accounts().tenants());
  if (config.jobs.workers > 0) queue_tour.start();
  // After everything that adds to what the metrics expose.
  if (config.monitor.alert_rules_interval.count() > 0) {
    tenant.alert_rules()->start(config.monitor.alert_rules_interval);
  }
  history.start();
  Result<void> served = server.run();
  exit_limit.start();  // of a server that could not begin
  history.stop();
  tenant.alert_rules()->stop();
  service.stop();
  queue_tour.stop();
  runtime.request_stop();
  return served;
}

}  // namespace

Result<void> serve(const Config& config, const Log& log) {
  // Declared first, so that it is destroyed after everything whose end it limits.
  ExitLimit exit_limit(config.http.shutdown_timeout, log);
  FIT_TRY(const auto runtime, Runtime::open(config, log, {.is_server = true, .works_on_jobs = true}));
  FIT_TRY(const auto tls, open_tls(config.http, runtime->metrics(), log));
  FIT_TRY(const auto tenant, Tenant::open(*runtime, config, {}));
  FIT_CHECK(tenant->start());
  monitor::show_process(runtime->metrics(), config.storage.path);
  monitor::BackupAge backup_age(tenant->store(), runtime->log(), runtime->metrics());
  backup_age.start();
  monitor::DatabaseCheck database_check(tenant->store(), runtime->log(), runtime->metrics());
  // PostgreSQL has its own checks for its files.
  if (!sql::is_postgres(config.database.url)) database_check.start(config.database.check_interval);
  Result<void> served = run_server(*runtime, *tenant, tls.get(), exit_limit);
  database_check.stop();
  backup_age.stop();
  tenant->stop();
  return served;
}

}  // namespace fit
