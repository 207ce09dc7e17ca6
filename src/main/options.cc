#include "main/options.h"

#include <ranges>
#include <string_view>

#include "base/text.h"
#include "base/version.h"
#include "http/address.h"

namespace fit {
namespace {

// Writes wait for memory for this time before they reject an image.
constexpr std::chrono::minutes kMaxWaitOfWrites{5};

}  // namespace

store::GraphOptions graph_options(const DatabaseSettings& settings) {
  return {.m = settings.hnsw_m, .ef_construction = settings.hnsw_ef_construction};
}

store::OpenOptions store_options(const DatabaseSettings& settings) {
  store::OpenOptions options{.connections = settings.pool_size,
                             .overflow_connections = settings.max_overflow,
                             .statement_timeout = settings.statement_timeout,
                             .read_urls = {},
                             .max_lag = settings.max_replica_lag};
  for (const auto part : std::views::split(settings.read_url, ',')) {
    const std::string_view url = trim(std::string_view(part.begin(), part.end()));
    if (!url.empty()) options.read_urls.emplace_back(url);
  }
  options.graph = graph_options(settings);
  return options;
}

media::Limits image_limits(const MediaSettings& settings, ByteBudget& memory) {
  return {.max_bytes = settings.max_image_bytes,
          .max_pixels = settings.max_image_pixels,
          .max_side = settings.max_image_side,
          .max_time = settings.image_timeout,
          .memory = &memory};
}

embed::EmbedderOptions embedder_options(const Config& config, Metrics& metrics, const std::string& name) {
  const EmbeddingSettings& settings = config.embedding;
  return {.provider = name.empty() ? settings.provider : embed::provider_of(name),
          .model = name.empty() ? settings.model : name,
          .models_dir = config.models_folder(),
          .batch_size = settings.batch_size,
          .max_concurrent = settings.max_concurrent,
          .threads = settings.threads,
          .metrics = &metrics};
}

embed::RemoteTextEmbedder::Options text_embedder_options(const TextEmbeddingSettings& settings) {
  embed::RemoteTextEmbedder::Options options;
  options.base_url = settings.base_url;
  options.key = settings.api_key;
  options.model = settings.model;
  options.dimensions = settings.dimensions;
  options.interactive_timeout = settings.timeout;
  return options;
}

serving::SpaceIndexOptions index_options(const Config& config) {
  return {.folder = config.storage.path / "index",
          .index = {.m = config.index.hnsw_m, .ef_construction = config.index.hnsw_ef_construction}};
}

serving::SharedSearch::Options shared_search_options(const Config& config) {
  serving::SharedSearch::Options options;
  options.columns_file = index_options(config).folder / "columns" / "columns.fitindex";
  // Cached results must be computed from current values.
  if (config.cache.time_to_live.count() > 0) options.values_age = std::chrono::milliseconds(0);
  return options;
}

serving::SearchedSpace::Options space_options(const Config& config, const media::Limits& image_limits,
                                              bool allow_local_paths) {
  serving::SearchedSpace::Options options;
  options.image_limits = image_limits;
  options.catalog.image_limits = image_limits;
  options.catalog.image_limits.max_wait = kMaxWaitOfWrites;
  options.catalog.fetch_limits.total_timeout = config.net.fetch_timeout;
  options.catalog.fetch_limits.max_bytes = config.media.max_image_bytes;
  options.catalog.thumbnail_side = config.media.thumbnail_side;
  options.catalog.allow_local_paths = allow_local_paths;
  options.index = index_options(config);
  options.rerank_spaces = config.search.rerank_spaces;
  options.cache_time = config.cache.time_to_live;
  options.reads_standbys = !config.database.read_url.empty();
  return options;
}

bool listens_beyond_loopback(const HttpSettings& settings) {
  if (!settings.public_url.empty()) return true;
  if (const auto address = http::Address::parse(settings.host)) return !address->is_loopback();
  return to_lower(settings.host) != "localhost";
}

Result<std::optional<http::TlsFiles>> tls_files(const HttpSettings& settings) {
  if (settings.tls_cert.empty() && settings.tls_key.empty()) return std::nullopt;
  if (settings.tls_cert.empty()) return invalid("TLS_CERT", "must be set, because TLS_KEY is");
  if (settings.tls_key.empty()) return invalid("TLS_KEY", "must be set, because TLS_CERT is");
  return http::TlsFiles{.certificate = settings.tls_cert, .key = settings.tls_key};
}

std::chrono::milliseconds drain_time_limit(const HttpSettings& settings) {
  return settings.shutdown_timeout * 5 / 6;
}

bool is_open_to_all(const Config& config) {
  return !listens_beyond_loopback(config.http) && config.access.api_key.empty();
}

http::AccountAuthenticator::Options authenticator_options(const Config& config) {
  return {.is_open = is_open_to_all(config),
          .allows_anonymous_search = config.access.anonymous_search,
          .api_key = config.access.api_key,
          .max_token_lifetime = config.access.max_token_lifetime};
}

accounts::SessionLimits session_limits(const AccessSettings& settings) {
  return {.idle = settings.session_idle, .lifetime = settings.session_lifetime};
}

http::RateLimits rate_limits(const Config& config) {
  const RateLimitSettings& settings = config.rate_limits;
  const bool has_defaults = listens_beyond_loopback(config.http);
  const auto applied = [has_defaults](const RateLimitSetting& setting) {
    return setting.is_given || has_defaults ? setting.limit : RateLimit{};
  };
  return {.search = applied(settings.search),
          .write = applied(settings.write),
          .ingest = applied(settings.ingest),
          .embedding = applied(settings.embedding),
          .sign_in = settings.sign_in.limit,
          .keys = applied(settings.keys)};
}

Result<http::MiddlewareOptions> middleware_options(const HttpSettings& settings, Metrics& metrics,
                                                   const Log& log, http::Authenticator& authenticator) {
  FIT_TRY(auto origins, http::AllowedOrigins::parse("ALLOWED_ORIGINS", settings.allowed_origins));
  FIT_TRY(auto hosts, http::AllowedHosts::parse("ALLOWED_HOSTS", settings.allowed_hosts));
  hosts.add(to_lower(settings.host));
  std::optional<http::PublicUrl> public_url;
  if (!settings.public_url.empty()) {
    FIT_TRY(public_url, http::PublicUrl::parse("PUBLIC_URL", settings.public_url));
    hosts.add(public_url->host);
  }
  if (const auto cdn = http::host_of_url(settings.cdn_base_url); !cdn.empty()) {
    hosts.add(to_lower(http::without_port(cdn)));
  }
  return http::MiddlewareOptions{.metrics = metrics,
                                 .log = log,
                                 .allowed_origins = std::move(origins),
                                 .allowed_hosts = std::move(hosts),
                                 .public_url = std::move(public_url),
                                 .authenticator = authenticator};
}

Result<http::ServerOptions> server_options(const HttpSettings& settings,
                                           const std::filesystem::path& scratch_path,
                                           http::TlsCertificate* tls) {
  http::ServerOptions options;
  FIT_TRY(options.trusted_proxies, http::TrustedProxies::parse("TRUSTED_PROXIES", settings.trusted_proxies));
  options.tls = tls;
  options.host = settings.host;
  options.port = settings.port;
  options.io_threads = settings.io_threads;
  options.worker_threads = settings.worker_threads;
  options.max_queued = settings.max_queued_requests;
  options.max_connections = settings.max_connections;
  options.max_connections_per_peer = settings.max_connections_per_peer;
  options.request_time_limit = settings.request_timeout;
  options.receive_time_limit = settings.receive_timeout;
  options.idle_time_limit = settings.idle_timeout;
  options.least_bytes_per_second = settings.min_bytes_per_second;
  options.drain_time_limit = drain_time_limit(settings);
  options.body_limits.scratch_bytes = settings.max_scratch_bytes;
  options.scratch_path = scratch_path;
  options.version = kVersion;
  return options;
}

}  // namespace fit
