#include "main/options.h"

#include <algorithm>
#include <ranges>
#include <string_view>

#include "base/bytes.h"
#include "base/files.h"
#include "base/format.h"
#include "base/machine_memory.h"
#include "base/secure_random.h"
#include "base/text.h"
#include "base/version.h"
#include "http/address.h"
#include "ingest/labels/caption_labels.h"
#include "net/url.h"
#include "notify/web_push_crypto.h"

namespace fit {
namespace {

// Writes wait for memory for this time before they reject an image.
constexpr std::chrono::minutes kMaxWaitOfWrites{5};
// The threads that ask the tenants of searches, for each of WORKER_THREADS. Twice as many as the fetch
// workers, where these searches wait: a slow tenant can hold half of them at most.
constexpr std::size_t kFederationThreads = 4;
constexpr std::size_t kAppleNameBytes = 10;  // of a key, of a team
constexpr std::uint64_t kMaxKeyBytes = 16 << 10;

blobs::S3Addressing addressing_of(std::string_view setting) {
  if (setting == "path") return blobs::S3Addressing::kPath;
  if (setting == "host") return blobs::S3Addressing::kHost;
  return blobs::S3Addressing::kAuto;
}

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

Result<blobs::Storage> open_storage(const StorageSettings& settings, std::string_view field,
                                    const std::string& url) {
  const std::string& place = url.empty() ? settings.backend : url;
  if (place.empty()) return blobs::Storage(settings.path);
  return blobs::Storage::open(field, place,
                              {.server = {.endpoint = settings.s3_endpoint,
                                          .region = settings.s3_region,
                                          .addressing = addressing_of(settings.s3_addressing)},
                               .credentials = {.environment = environment_value}});
}

media::Limits image_limits(const MediaSettings& settings, ByteBudget& memory) {
  return {.max_bytes = settings.max_image_bytes,
          .max_pixels = settings.max_image_pixels,
          .max_side = settings.max_image_side,
          .max_time = settings.image_timeout,
          .memory = &memory};
}

Result<std::optional<monitor::TraceExporterOptions>> trace_options(const TraceSettings& settings) {
  if (!settings.is_on) return std::nullopt;
  FIT_TRY(auto options, monitor::trace_exporter_options(settings.endpoint, settings.headers));
  options.source = {.service_name = settings.service_name,
                    .version = std::string(kVersion),
                    .instance = fit::format("{:016x}", secure_random_number())};
  return options;
}

Result<std::optional<monitor::Sentry::Options>> sentry_options(const ErrorReportSettings& settings) {
  if (settings.sentry_dsn.empty()) return std::nullopt;
  FIT_TRY(auto dsn, monitor::SentryDsn::parse("SENTRY_DSN", settings.sentry_dsn));
  return monitor::Sentry::Options{
      .dsn = std::move(dsn),
      .source = {.release = fit::format("fit@{}", kVersion), .environment = settings.environment}};
}

embed::EmbedderOptions embedder_options(const Config& config, Metrics& metrics, const std::string& name) {
  const EmbeddingSettings& settings = config.embedding;
  // The default model is one of onnx; remote providers have their own.
  const bool has_usual_model =
      embed::is_remote_provider(settings.provider) && settings.model == EmbeddingSettings{}.model;
  const std::string configured = has_usual_model ? std::string() : settings.model;
  return {.provider = name.empty() ? settings.provider : embed::provider_of(name),
          .model = name.empty() ? configured : name,
          .models_dir = config.models_folder(),
          .batch_size = settings.batch_size,
          .max_concurrent = settings.max_concurrent,
          .threads = settings.threads,
          .metrics = &metrics,
          .remote = {.base_url = settings.base_url,
                     .key = settings.api_key,
                     .dimensions = settings.dimensions,
                     .timeout = settings.timeout}};
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

embed::CaptionProvider::Options caption_options(const VlmSettings& settings,
                                                const ontology::Ontology& ontology) {
  const bool is_gemini = settings.provider == "gemini";
  return {.provider = settings.provider,
          .base_url = settings.base_url,
          .key = is_gemini && settings.api_key.empty() ? settings.gemini_api_key : settings.api_key,
          .model = settings.model,
          .fields = ingest::caption_fields(ontology),
          .timeout = settings.timeout};
}

ingest::LabelWorker::Options label_options(const VlmSettings& settings) {
  return {.use_local_model = settings.falls_back, .captions_per_day = settings.daily_limit};
}

index::KindPolicy index_policy(const IndexSettings& settings) {
  index::KindPolicy policy;
  if (settings.kind == "exact") policy.fixed = index::IndexKind::kExact;
  if (settings.kind == "graph") policy.fixed = index::IndexKind::kHnsw;
  if (settings.kind == "quantised") policy.fixed = index::IndexKind::kQuantised;
  if (settings.memory_bytes != 0)
    policy.memory_bytes = settings.memory_bytes;
  else if (const auto limit = memory_limit())
    policy.memory_bytes = *limit / 2;
  return policy;
}

serving::SpaceIndexOptions index_options(const Config& config) {
  return {.folder = config.storage.path / "index",
          .policy = index_policy(config.index),
          .index = {.m = config.index.hnsw_m, .ef_construction = config.index.hnsw_ef_construction}};
}

serving::SharedSearch::Options shared_search_options(const Config& config) {
  serving::SharedSearch::Options options;
  options.columns_file = index_options(config).folder / "columns" / "columns.fitindex";
  // Cached results must be computed from current values.
  if (config.cache.time_to_live.count() > 0) options.values_age = std::chrono::milliseconds(0);
  return options;
}

serving::ExchangeRateSource::Options exchange_rate_options(const Config& config) {
  return {.place = config.search.exchange_rates, .kept_folder = config.storage.path / "rates"};
}

net::HttpLimits fetch_limits(const Config& config) {
  net::HttpLimits limits;
  limits.total_timeout = config.net.fetch_timeout;
  limits.max_bytes = config.media.max_image_bytes;
  return limits;
}

media::VideoLimits video_limits(const MediaSettings& settings, ByteBudget& memory) {
  media::VideoLimits limits;
  limits.max_bytes = settings.max_video_bytes;
  limits.max_duration = settings.max_video_duration;
  limits.max_pixels = settings.max_video_pixels;
  limits.max_streams = settings.max_video_streams;
  limits.max_frames = settings.video_frames;
  limits.max_time = settings.video_timeout;
  limits.max_memory = std::min(limits.max_memory, memory.limit_bytes());
  limits.memory = &memory;
  return limits;
}

ingest::AssetService::Options asset_options(const Config& config, ByteBudget& video_memory) {
  return {.files = {.image_bytes = config.media.max_image_bytes, .video_bytes = config.media.max_video_bytes},
          .uploads = {.folder = config.storage.path / "uploads",
                      .max_bytes = config.http.max_upload_bytes,
                      .lifetime = config.http.upload_lifetime},
          .video = video_limits(config.media, video_memory)};
}

ingest::Crawler::Options crawler_options(const CrawlSettings& settings) {
  ingest::Crawler::Options options;
  options.contact = settings.contact;
  options.version = kVersion;
  options.throttle.min_delay = settings.delay;
  return options;
}

ingest::SourceWorker::Options source_options(const Config& config) {
  return {.writer = {.max_image_bytes = config.media.max_image_bytes},
          .is_alone = config.jobs.backend == "inproc"};
}

serving::SearchedSpace::Options space_options(const Config& config, const media::Limits& image_limits,
                                              bool allow_local_paths) {
  serving::SearchedSpace::Options options;
  options.image_limits = image_limits;
  options.catalog.image_limits = image_limits;
  options.catalog.image_limits.max_wait = kMaxWaitOfWrites;
  options.catalog.fetch_limits = fetch_limits(config);
  options.catalog.thumbnail_side = config.media.thumbnail_side;
  options.catalog.allow_local_paths = allow_local_paths;
  options.index = index_options(config);
  options.rerank_spaces = config.search.rerank_spaces;
  options.cache_time = config.cache.time_to_live;
  options.recall_probe = config.monitor.recall_probe;
  options.slow_query = config.monitor.slow_query;
  options.reads_standbys = !config.database.read_url.empty();
  return options;
}

Result<catalog::ContentFilter::Options> content_filter_options(const ContentSettings& settings,
                                                               const embed::ContentClassifier* classifier) {
  catalog::ContentFilter::Options options;
  options.mode = settings.filter == "refuse" ? catalog::ContentFilter::Mode::kRefuse
                                             : catalog::ContentFilter::Mode::kFlag;
  if (classifier == nullptr) return options;
  FIT_TRY(options.thresholds,
          catalog::parse_thresholds("CONTENT_FILTER_THRESHOLDS", settings.thresholds, classifier->classes()));
  return options;
}

bool listens_beyond_loopback(const HttpSettings& settings) {
  if (!settings.public_url.empty()) return true;
  if (const auto address = http::Address::parse(settings.host)) return !address->is_loopback();
  return to_lower(settings.host) != "localhost";
}

Result<http::Brand> brand_of(const BrandSettings& settings) {
  http::Brand brand{.name = std::string(trim(settings.name)),
                    .color = settings.color,
                    .currency = settings.currency,
                    .languages = settings.languages,
                    .imprint_url = settings.imprint_url,
                    .privacy_url = settings.privacy_url,
                    .logo = {}};
  if (!settings.logo.empty()) {
    FIT_TRY(brand.logo, http::read_logo("BRAND_LOGO", settings.logo));
  }
  FIT_CHECK(brand.check());
  return brand;
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

http::AccountAuthenticator::Options authenticator_options(const Config& config,
                                                          accounts::ProviderSignIn* provider) {
  return {.is_open = is_open_to_all(config),
          .allows_anonymous_search = config.access.anonymous_search,
          .api_key = config.access.api_key,
          .max_token_lifetime = config.access.max_token_lifetime,
          .provider = provider};
}

accounts::SessionLimits session_limits(const AccessSettings& settings) {
  return {.idle = settings.session_idle, .lifetime = settings.session_lifetime};
}

Result<std::optional<notify::MailSender::Options>> mail_options(const MailSettings& settings) {
  if (settings.url.empty()) return std::nullopt;
  FIT_TRY(net::SmtpServer server, net::SmtpServer::parse("SMTP_URL", settings.url));
  FIT_TRY(notify::Sender sender, notify::Sender::parse("SMTP_FROM", settings.from));
  return notify::MailSender::Options{.server = std::move(server), .sender = std::move(sender)};
}

Result<std::optional<notify::ApnsClient::Options>> apns_options(const ApnsSettings& settings) {
  if (settings.key_file.empty()) return std::nullopt;
  const auto is_name = [](const std::string& text) {
    return text.size() == kAppleNameBytes &&
           std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
  };
  if (!is_name(settings.key_id)) return invalid("APNS_KEY_ID", "must be 10 capital letters and digits");
  if (!is_name(settings.team_id)) return invalid("APNS_TEAM_ID", "must be 10 capital letters and digits");
  if (settings.topic.empty()) return invalid("APNS_TOPIC", "must be the bundle identifier of the app");
  const auto url = net::parse_url(settings.url);
  if (!url) return invalid("APNS_URL", "must be an https URL");
  const auto key = read_file(settings.key_file, kMaxKeyBytes);
  if (!key) return invalid("APNS_KEY_FILE", "cannot be read");
  std::string pem(as_text(*key));
  if (!notify::read_vapid_key(pem)) {
    return invalid("APNS_KEY_FILE", "is no private key on the curve P-256 in PEM form");
  }
  return notify::ApnsClient::Options{.url = url->origin(),
                                     .topic = settings.topic,
                                     .key_id = settings.key_id,
                                     .team_id = settings.team_id,
                                     .private_pem = std::move(pem)};
}

Result<std::optional<ProviderOptions>> provider_options(const OidcSettings& settings) {
  if (settings.issuer.empty()) return std::nullopt;
  ProviderOptions options{
      .provider = {.issuer = settings.issuer,
                   .client_id = settings.client_id,
                   .client_secret = settings.client_secret,
                   .scopes = settings.scopes,
                   .audience = settings.audience,
                   .groups_claim = settings.groups_claim},
      .sign_in = {.roles = {}, .name = settings.name.empty() ? "single sign-on" : settings.name}};
  FIT_CHECK(accounts::OidcProvider::check(options.provider));
  FIT_TRY(options.sign_in.roles, accounts::GroupRoles::parse(settings.roles, settings.default_role));
  return options;
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

http::Federation::Options federation_options(const Config& config) {
  return {.threads = std::min(kFederationThreads * config.http.worker_threads, config.tenants.max_open),
          .time_limit = std::min(config.tenants.federation_timeout, config.http.request_timeout * 4 / 5)};
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
