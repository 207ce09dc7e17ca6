#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/rate_limit.h"
#include "base/result.h"

namespace fit {

// The settings, grouped by the folder that they are for. base/config.cc lists them with their names, ranges
// and meanings.

// How much is logged, and in which form.
struct LogSettings {
  LogLevels level;
  std::optional<LogFormat> format;  // nullopt: text on a terminal, otherwise JSON
};

// Where files are stored.
struct StorageSettings {
  std::filesystem::path path = "data";  // images, thumbnails, index snapshots, models
  std::string backend;                  // of images and thumbnails; parsed by blobs/storage.h; empty: path
  std::string s3_endpoint;              // parsed by blobs/s3_bucket.h; empty: Amazon's
  std::string s3_region = "us-east-1";
  std::string s3_addressing = "auto";
};

// The catalogue's database, its connections and the vector indexes that PostgreSQL holds.
struct DatabaseSettings {
  std::string url = "sqlite:///data/fit.db";
  std::string read_url;       // standbys, separated by commas
  std::size_t pool_size = 4;  // connections kept open
  std::size_t max_overflow = 8;
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds max_replica_lag{10'000};
  std::chrono::seconds check_interval{86'400};  // between checks of SQLite's tables; 0: no checks
  int hnsw_m = 16;                              // for the indexes that PostgreSQL holds
  int hnsw_ef_construction = 64;
};

// The HTTP server: its address, threads and limits.
struct HttpSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;
  std::size_t io_threads = 1;
  std::size_t worker_threads = 8;
  std::size_t max_queued_requests = 256;
  std::size_t max_body_bytes = 32 << 20;
  std::size_t max_import_bytes = std::size_t{1} << 30;
  std::size_t max_upload_bytes = std::size_t{1} << 30;
  std::chrono::hours upload_lifetime{24};
  std::size_t max_connections = 4096;
  std::size_t max_connections_per_peer = 1024;
  std::chrono::milliseconds receive_timeout{10'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds request_timeout{30'000};
  std::chrono::milliseconds shutdown_timeout{30'000};
  std::size_t min_bytes_per_second = 4096;
  std::uint64_t max_scratch_bytes = std::uint64_t{4} << 30;
  std::string cdn_base_url;
  std::string allowed_hosts;       // parsed by http/origins.h
  std::string allowed_origins;     // parsed by http/origins.h
  std::filesystem::path tls_cert;  // both empty: plain HTTP
  std::filesystem::path tls_key;
  std::string public_url;       // parsed by http/public_url.h
  std::string trusted_proxies;  // parsed by http/trusted_proxies.h
};

// The listener that serves nothing but /metrics.
struct MetricsSettings {
  bool is_on = true;  // false: nobody gets them over HTTP
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: there is none
};

// How the app presents itself; checked by http/brand.h.
struct BrandSettings {
  std::string name;  // empty: Find This Fit
  std::filesystem::path logo;
  std::string color;      // #rrggbb
  std::string currency;   // of prices without one
  std::string languages;  // "de, fr": offered by the app, the first where the browser wants none; empty: all
  std::string imprint_url;
  std::string privacy_url;
};

// Who may use the server.
struct AccessSettings {
  std::string api_key;                        // a key with all scopes; empty: none
  bool anonymous_search = false;              // whether callers without credentials may search and read items
  std::chrono::hours max_token_lifetime{24};  // of search tokens
  std::chrono::days audit_days{365};          // how long entries of the audit log are kept
  std::chrono::hours session_idle{14 * 24};
  std::chrono::hours session_lifetime{90 * 24};
  std::chrono::days history_days{90};  // how long the searches of users are kept
};

// The sign-in provider (OpenID Connect); parsed by accounts/oidc_provider.h and accounts/group_roles.h.
struct OidcSettings {
  std::string issuer;  // empty: there is none
  std::string client_id;
  std::string client_secret;
  std::string scopes = "openid email profile";
  std::string name = "single sign-on";
  std::string audience;  // of bearer tokens; empty: client_id
  std::string groups_claim = "groups";
  std::string roles;
  std::string default_role;
};

// A rate limit. Its default applies only to a server that other machines reach.
struct RateLimitSetting {
  RateLimit limit = {.count = 10, .window = std::chrono::minutes(1), .burst = 10};
  bool is_given = false;  // by a flag, a variable or the file: it applies everywhere
};

// How many requests a caller may send.
struct RateLimitSettings {
  // Of one address, for callers without a key or an account.
  RateLimitSetting search;
  RateLimitSetting write;
  RateLimitSetting ingest;
  RateLimitSetting embedding;
  RateLimitSetting sign_in;  // for all callers; the default applies to every server
  // Of one key or account.
  RateLimitSetting keys = {.limit = {.count = 100, .window = std::chrono::seconds(1), .burst = 500}};
};

// The queue of jobs and who works on it.
struct JobSettings {
  // Or "inproc": no other process works on the queue; or "redis": CacheSettings::redis_url says where jobs
  // wait.
  std::string backend = "database";
  std::size_t workers = 2;               // jobs that this process works on at a time
  std::string queues;                    // those that it works on, separated by commas; empty: all
  std::chrono::hours retention{7 * 24};  // how long finished jobs are kept
};

// The tenants of a server.
struct TenantSettings {
  std::size_t max_open = 32;  // besides "default"
  std::chrono::seconds idle_time{600};
  std::chrono::milliseconds federation_timeout{10'000};
};

// How the program watches itself.
struct MonitorSettings {
  std::uint64_t recall_probe = 0;  // one in so many searches by vectors is asked again exactly; 0: none
  std::chrono::seconds alert_rules_interval{15};  // between looks at the alert rules; 0: none is judged
  std::chrono::milliseconds slow_query{1'000};    // a search that takes as long is logged; 0: none
};

// Where spans are sent.
struct TraceSettings {
  bool is_on = false;
  std::string endpoint = "http://127.0.0.1:4318";  // of an OTLP receiver, without /v1/traces
  std::string headers;                             // NAME=VALUE, separated by commas
  std::string service_name = "fit";
  double ratio = 1;  // of the traces that begin here; 0 to 1
};

// Where unexpected errors are reported.
struct ErrorReportSettings {
  std::string sentry_dsn;  // parsed by monitor/sentry.h; empty: nowhere
  std::string environment = "production";
};

// How mail is sent.
struct MailSettings {
  std::string url;                     // parsed by net/smtp_client.h; empty: no mail
  std::string from;                    // parsed by notify/mail.h
  std::size_t messages_per_hour = 20;  // of alerts, to one person by one channel
};

// How messages reach the app on devices of Apple.
struct ApnsSettings {
  std::filesystem::path key_file;  // PEM; empty: no such messages
  std::string key_id;
  std::string team_id;
  std::string topic;
  std::string url = "https://api.push.apple.com";
};

// The model of images and the resources that it may use.
struct EmbeddingSettings {
  std::string provider = "builtin";
  std::string model = "clip-vit-b32-int8";
  std::filesystem::path models_path;  // empty: the folder models of StorageSettings::path
  std::string model_base_url;
  int batch_size = 16;
  int max_concurrent = 1;
  int threads = 0;                  // 0: the number of cores
  std::string on_write = "inline";  // or "async": jobs embed the images of written items
  // Remote providers alone read the following.
  std::string base_url;  // empty: that of the provider
  std::string api_key;
  int dimensions = 0;  // 0: those of the model
  std::chrono::milliseconds timeout{5'000};
};

// The remote model of texts.
struct TextEmbeddingSettings {
  std::string provider = "none";
  std::string model = "text-embedding-3-small";
  int dimensions = 1536;
  std::chrono::milliseconds timeout{2000};
  std::string base_url = "https://api.openai.com/v1";
  std::string api_key;

  bool is_enabled() const { return provider != "none"; }
};

// The vision-language model that labels pictures; parsed by embed/caption_provider.h.
struct VlmSettings {
  std::string provider = "none";
  bool is_enabled = true;
  std::string model;     // empty: the provider's usual one
  std::string base_url;  // empty: the provider's
  std::string api_key;
  std::string gemini_api_key;  // counts for gemini where api_key is empty
  std::chrono::milliseconds timeout{30'000};
  std::int64_t daily_limit = 1'000;  // requests of one catalogue; 0: no limit
  bool falls_back = true;            // to the predictions of the local model

  bool is_used() const { return is_enabled && provider != "none"; }
};

// How images that look alike are grouped.
struct ClusterSettings {
  bool is_on = true;
  double threshold = 0.95;  // the least cosine within a cluster, in the scale of CLIP; 0 to 1
};

// Limits on uploaded images, and the size of thumbnails.
struct MediaSettings {
  std::size_t max_image_bytes = 20 << 20;
  std::uint64_t max_image_pixels = 100'000'000;
  int max_image_side = 32'768;  // pixels
  std::uint64_t image_memory_bytes = 1u << 30;
  std::uint64_t max_request_pixels = 100'000'000;
  std::chrono::milliseconds image_timeout{5000};
  int thumbnail_side = 320;  // pixels

  std::uint64_t max_video_bytes = 1u << 30;
  std::chrono::seconds max_video_duration{600};
  std::uint64_t max_video_pixels = 36'000'000;  // width times height of a frame
  int max_video_streams = 32;
  int video_frames = 8;                           // frames that stand for a video
  std::uint64_t video_memory_bytes = 768u << 20;  // of all processes that decode videos at a time
  std::chrono::milliseconds video_timeout{60'000};
};

// The resources of an import.
struct ImportSettings {
  std::size_t threads = 0;  // 0: the number of cores
};

// How images that come in are judged.
struct ContentSettings {
  std::string filter = "off";            // "off", "flag" or "refuse"
  std::string model = "content-filter";  // as EmbeddingSettings::model; empty: the block list alone counts
  std::string thresholds = "porn=0.99,hentai=0.9,sexy=0.98";  // parsed by catalog/content_filter.h
};

// How garments are found in photos.
struct DetectionSettings {
  std::string model = "detector";  // as EmbeddingSettings::model; empty: garments are not detected
};

// Outgoing requests that fetch images by URL.
struct NetSettings {
  std::chrono::milliseconds fetch_timeout{20'000};
  bool allow_private_addresses = false;
};

// How sources of listings are asked.
struct CrawlSettings {
  std::string contact;                    // of the operator, part of the User-Agent; may be empty
  std::chrono::milliseconds delay{1000};  // the least time between two requests to a host
};

// How the vector indexes of this process are built.
struct IndexSettings {
  std::string kind = "auto";       // "auto", "exact", "graph" or "quantised" (index/factory/kind_policy.h)
  std::uint64_t memory_bytes = 0;  // of one index in its uncompressed kinds; 0: half of the machine's memory
  int hnsw_m = 16;
  int hnsw_ef_construction = 200;
};

// How results are ranked.
struct SearchSettings {
  std::string rerank_spaces;  // parsed by search/rerank.h
  bool adaptive_fusion = false;
  double adaptive_fusion_share = 0.1;  // of the searches that compare adapted with fixed weights
  std::string exchange_rates;          // a file or a URL, read by serving/exchange_rate_source.h; empty: none
};

// Where the weather of places is looked up; empty: nowhere.
struct WeatherSettings {
  std::string url;         // of the forecasts, read by style/weather/weather_service.h
  std::string places_url;  // of the names of places
};

// The cache of search results and vectors.
struct CacheSettings {
  std::chrono::seconds time_to_live{300};  // 0: nothing is cached
  std::size_t max_bytes = 64 << 20;
  std::string redis_url;  // parsed by cache/redis_address.h; empty: no Redis
};

// Every setting of the program, typed and checked. A setting `app_port` is the flag --app-port, the
// environment variable APP_PORT and the key app_port of fit.toml. The first of these that is given counts,
// the default otherwise.
struct Config {
  LogSettings log;
  StorageSettings storage;
  DatabaseSettings database;
  HttpSettings http;
  MetricsSettings metrics;
  BrandSettings brand;
  AccessSettings access;
  OidcSettings oidc;
  MonitorSettings monitor;
  TraceSettings traces;
  ErrorReportSettings error_reports;
  MailSettings mail;
  ApnsSettings apns;
  TenantSettings tenants;
  JobSettings jobs;
  RateLimitSettings rate_limits;
  EmbeddingSettings embedding;
  TextEmbeddingSettings text_embedding;
  VlmSettings vlm;
  MediaSettings media;
  ImportSettings import;
  ContentSettings content;
  DetectionSettings detection;
  ClusterSettings clusters;
  NetSettings net;
  CrawlSettings crawl;
  IndexSettings index;
  SearchSettings search;
  WeatherSettings weather;
  CacheSettings cache;

  // STORAGE_PATH/models unless MODELS_PATH is set.
  std::filesystem::path models_folder() const {
    return embedding.models_path.empty() ? storage.path / "models" : embedding.models_path;
  }
};

// Sets a setting by its name. kInvalid naming `field` for an unknown name, and for a value that load_config()
// would refuse.
Result<void> set_setting(Config& config, std::string_view name, const std::string& field,
                         const std::string& value);

// Where a setting's value came from.
enum class ConfigOrigin { kDefault, kFile, kEnvironment, kFlag };
std::string_view to_string(ConfigOrigin origin);

// One setting as `fit config` prints it and as the command line offers it.
struct SettingInfo {
  std::string name;     // app_port
  std::string help;     // the meaning in one sentence, with unit and range
  bool secret = false;  // masked by `fit config`
};
std::vector<SettingInfo> setting_infos();
std::string environment_name(std::string_view setting);  // "APP_PORT"
std::string flag_name(std::string_view setting);         // "--app-port"

// Where values are read from. Flags and keys of the file are the settings' names in lower case.
struct ConfigSources {
  std::map<std::string, std::string> flags;
  std::function<std::optional<std::string>(const std::string& name)> environment;  // by environment_name()
  // Must exist; absent: ./fit.toml if there is one. A file by env_file.h, otherwise TOML.
  std::optional<std::filesystem::path> file;
};

// The value of a variable in the environment of this process.
std::optional<std::string> environment_value(const std::string& name);

// A setting as `fit config` shows it.
struct ConfigValue {
  SettingInfo info;
  std::string value;  // secrets masked
  ConfigOrigin origin = ConfigOrigin::kDefault;
};

// The typed configuration, and its values as text with their origins.
struct LoadedConfig {
  Config config;
  std::vector<ConfigValue> values;  // every setting, in the order of setting_infos()
};

// Reads and checks all settings. kInvalid with the name as given (flag, variable, or key with the file's
// name) for unknown flags and keys, wrong types and values out of range.
Result<LoadedConfig> load_config(const ConfigSources& sources);

// Replaces the passwords in URLs, which commas may separate, by ***. Returns other text unchanged.
std::string mask_url_password(std::string_view url);

}  // namespace fit
