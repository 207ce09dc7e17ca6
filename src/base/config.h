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
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

// Where files are stored.
struct StorageSettings {
  std::filesystem::path path = "data";  // images, thumbnails, index snapshots, models
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

// Who may use the server.
struct AccessSettings {
  std::string api_key;                        // a key with all scopes; empty: none
  bool anonymous_search = false;              // whether callers without credentials may search and read items
  std::chrono::hours max_token_lifetime{24};  // of search tokens
  std::chrono::days audit_days{365};          // how long entries of the audit log are kept
  std::chrono::hours session_idle{14 * 24};
  std::chrono::hours session_lifetime{90 * 24};
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

// How mail is sent.
struct MailSettings {
  std::string url;   // parsed by net/smtp_client.h; empty: no mail
  std::string from;  // parsed by notify/mail.h
};

// The model of images and the resources that it may use.
struct EmbeddingSettings {
  std::string provider = "builtin";
  std::string model = "clip-vit-b32-int8";
  std::filesystem::path models_path;  // empty: the folder models of StorageSettings::path
  std::string model_base_url;
  int batch_size = 16;
  int max_concurrent = 1;
  int threads = 0;  // 0: the number of cores
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

// Limits on uploaded images, and the size of thumbnails.
struct MediaSettings {
  std::size_t max_image_bytes = 20 << 20;
  std::uint64_t max_image_pixels = 100'000'000;
  int max_image_side = 32'768;  // pixels
  std::uint64_t image_memory_bytes = 1u << 30;
  std::uint64_t max_request_pixels = 100'000'000;
  std::chrono::milliseconds image_timeout{5000};
  int thumbnail_side = 320;  // pixels
};

// The resources of an import.
struct ImportSettings {
  std::size_t threads = 0;  // 0: the number of cores
};

// Outgoing requests that fetch images by URL.
struct NetSettings {
  std::chrono::milliseconds fetch_timeout{20'000};
  bool allow_private_addresses = false;
};

// How the vector indexes of this process are built.
struct IndexSettings {
  int hnsw_m = 16;
  int hnsw_ef_construction = 200;
};

// How results are ranked.
struct SearchSettings {
  std::string rerank_spaces;  // parsed by search/rerank.h
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
  AccessSettings access;
  MailSettings mail;
  RateLimitSettings rate_limits;
  EmbeddingSettings embedding;
  TextEmbeddingSettings text_embedding;
  MediaSettings media;
  ImportSettings import;
  NetSettings net;
  IndexSettings index;
  SearchSettings search;
  CacheSettings cache;

  std::filesystem::path models_folder() const {
    return embedding.models_path.empty() ? storage.path / "models" : embedding.models_path;
  }
};

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
  std::optional<std::filesystem::path> file;  // must exist; absent: ./fit.toml if there is one
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
