#include "main/serve.h"

#include <algorithm>

#include "base/version.h"
#include "http/api.h"
#include "http/scratch_folder.h"
#include "http/server.h"
#include "main/access.h"
#include "main/exit_limit.h"
#include "main/options.h"
#include "main/runtime.h"
#include "main/tenant.h"
#include "monitor/database_check.h"
#include "monitor/health.h"
#include "monitor/probes.h"
#include "sql/database_url.h"

namespace fit {
namespace {

std::int64_t indexed_texts(serving::SearchedTexts& texts) {
  if (texts.index() == nullptr) return -1;
  return static_cast<std::int64_t>(texts.index()->vectors().stats().images);
}

monitor::Health make_health(Runtime& runtime, Tenant& tenant) {
  const serving::SpaceSwitch& spaces = tenant.spaces();
  std::vector<monitor::Check> checks = {
      {"store", [&] { return monitor::probe_store(tenant.store(), spaces.current()->state_metrics()); }},
      {"index",
       [&] {
         const auto space = spaces.current();
         return monitor::probe_index(space->searcher(), space->state_metrics());
       }},
      {"model", [&] { return monitor::probe_model(spaces.current()->embedder()); }},
      {"space", [&] { return Result<Json>(spaces.state()); }},
      {"storage",
       [&] { return monitor::probe_storage(runtime.config().storage.path, runtime.image_files()); }},
      {"cache", [&] { return Result<Json>(monitor::probe_cache(runtime.memory_cache(), runtime.redis())); }}};
  if (serving::SearchedTexts* const texts = tenant.texts()) {
    checks.push_back({"text_embedding", [&spaces, texts] {
                        return monitor::probe_text_embedding(
                            texts->embedder(), spaces.current()->state_metrics(), indexed_texts(*texts));
                      }});
  }
  return monitor::Health(std::move(checks));
}

http::TenantSnapshot snapshot(Tenant& tenant) {
  const auto space = tenant.spaces().current();
  return {.owner = space,
          .engine = space->engine(),
          .catalog = space->catalog(),
          .embedder = space->embedder(),
          .has_text_search = space->embedder().space().has_text || tenant.texts() != nullptr};
}

http::Router make_router(Runtime& runtime, Tenant& tenant, const monitor::Health& health, Access& access,
                         const std::filesystem::path& scratch_path) {
  const HttpSettings& settings = runtime.config().http;
  const MediaSettings& media = runtime.config().media;
  const search::ResultViews views(settings.cdn_base_url);
  http::Router router([&tenant](const http::Principal&) { return snapshot(tenant); });
  http::add_search_routes(router, {.views = views,
                                   .http = runtime.http(),
                                   .max_body_bytes = settings.max_body_bytes,
                                   .max_image_bytes = media.max_image_bytes,
                                   .fetch_time_limit = runtime.config().net.fetch_timeout});
  http::add_item_routes(
      router,
      {.views = views, .max_body_bytes = settings.max_body_bytes, .max_image_bytes = media.max_image_bytes});
  http::add_import_route(router, {.scratch_path = scratch_path,
                                  .max_body_bytes = settings.max_import_bytes,
                                  .threads = runtime.config().import.threads});
  http::add_sample_route(router);
  http::add_property_routes(router, runtime.ontology());
  http::add_image_routes(router);
  http::add_embedding_routes(router, {.max_body_bytes = settings.max_body_bytes,
                                      .image_limits = runtime.image_limits(),
                                      .max_pixels = media.max_request_pixels});
  access.add_routes(router);
  http::add_status_routes(router,
                          {.health = health, .metrics = runtime.metrics(), .version = std::string(kVersion)});
  http::add_page_routes(router);
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
  const monitor::Health health = make_health(runtime, tenant);
  FIT_TRY(const http::ScratchFolder scratch, http::ScratchFolder::make(config.storage.path / "scratch"));
  FIT_TRY(const auto access, Access::open(config, tenant.store().database(), runtime.log()));
  FIT_TRY(http::MiddlewareOptions middleware,
          middleware_options(config.http, runtime.metrics(), runtime.log(), access->authenticator()));
  middleware.audit = &access->audit();
  middleware.rate_limits.emplace(http::RateLimitOptions{
      .limiter = runtime.rate_limiter(), .metrics = runtime.metrics(), .limits = rate_limits(config)});
  FIT_TRY(http::ServerOptions options, server_options(config.http, scratch.path(), tls));
  warn_of_plain_http(config.http, runtime.log());
  options.on_stop = [&exit_limit] { exit_limit.start(); };
  http::Server server(std::move(options), make_router(runtime, tenant, health, *access, scratch.path()),
                      http::standard_middleware(middleware), runtime.metrics(), runtime.log());
  FIT_CHECK(access->announce_set_up());
  Result<void> served = server.run();
  exit_limit.start();  // of a server that could not begin
  runtime.request_stop();
  return served;
}

}  // namespace

Result<void> serve(const Config& config, const Log& log) {
  // Declared first, so that it is destroyed after everything whose end it limits.
  ExitLimit exit_limit(config.http.shutdown_timeout, log);
  FIT_TRY(const auto runtime, Runtime::open(config, log, {.is_server = true}));
  FIT_TRY(const auto tls, open_tls(config.http, runtime->metrics(), log));
  FIT_TRY(const auto tenant, Tenant::open(*runtime, {.allow_local_paths = false}));
  FIT_CHECK(tenant->start());
  runtime->metrics().on_expose([&] {
    monitor::show_connections(tenant->store().pool_stats(), runtime->metrics());
    monitor::show_damaged_images(runtime->image_files(), runtime->metrics());
  });
  monitor::DatabaseCheck database_check(tenant->store(), runtime->log(), runtime->metrics());
  // PostgreSQL has its own checks for its files.
  if (!sql::is_postgres(config.database.url)) database_check.start(config.database.check_interval);
  Result<void> served = run_server(*runtime, *tenant, tls.get(), exit_limit);
  database_check.stop();
  tenant->stop();
  return served;
}

}  // namespace fit
