#pragma once

#include <chrono>
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
#include "base/result.h"

namespace fit {

// Every setting of the program, typed and checked. A setting `app_port` is the flag --app-port, the
// environment variable APP_PORT and the key app_port of fit.toml; the first of these that is given counts,
// the default otherwise.
struct Config {
  std::string database_url = "sqlite:///data/fit.db";
  std::filesystem::path storage_path = "data";
  std::filesystem::path models_path;  // empty: STORAGE_PATH/models

  std::string app_host = "127.0.0.1";
  std::int64_t app_port = 8000;
  std::int64_t http_threads = 1;
  std::int64_t worker_threads = 8;
  std::int64_t max_queued_requests = 256;
  std::int64_t max_body_bytes = 32 << 20;
  std::int64_t max_import_bytes = std::int64_t{1} << 30;
  std::string cdn_base_url;
  std::string cors_origin;

  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;

  std::string embedding_provider = "builtin";
  std::string embedding_model = "clip-vit-b32-int8";
  std::string model_base_url;

  std::string text_embedding_provider = "none";
  std::string text_embedding_model = "text-embedding-3-small";
  std::int64_t text_embedding_dimensions = 1536;
  std::chrono::milliseconds text_embedding_timeout{2000};
  std::string openai_base_url = "https://api.openai.com/v1";
  std::string openai_api_key;

  std::int64_t batch_size = 16;
  std::int64_t max_concurrent_embeddings = 1;
  std::int64_t embedding_threads = 0;  // 0: the number of cores

  std::int64_t max_image_bytes = 20 << 20;
  std::int64_t max_image_pixels = 100'000'000;
  std::chrono::milliseconds image_timeout{5000};
  std::int64_t thumbnail_size = 320;

  std::int64_t import_threads = 0;  // 0: the number of cores
  std::chrono::milliseconds fetch_timeout{30000};
  bool allow_private_addresses = false;

  std::int64_t hnsw_m = 16;
  std::int64_t hnsw_ef_construction = 200;
  std::int64_t db_hnsw_m = 16;
  std::int64_t db_hnsw_ef_construction = 64;
  std::int64_t db_pool_size = 4;
  std::int64_t db_max_overflow = 8;
  std::chrono::milliseconds db_statement_timeout{30'000};
  std::string database_read_url;
  std::chrono::milliseconds db_max_replica_lag{10'000};

  std::string rerank_spaces;  // as search/rerank.h reads it

  std::int64_t vector_search_cache_ttl = 300;  // seconds; 0: nothing is remembered
  std::int64_t vector_search_cache_bytes = 64 << 20;
  std::string redis_url;  // as cache/redis_address.h reads it; empty: no Redis

  std::filesystem::path models_folder() const {
    return models_path.empty() ? storage_path / "models" : models_path;
  }
};

// Where a setting's value came from.
enum class ConfigOrigin { kDefault, kFile, kEnvironment, kFlag };
std::string_view to_string(ConfigOrigin origin);

// One setting as `fit config` prints it and as the command line offers it.
struct SettingInfo {
  std::string name;  // app_port
  std::string help;  // what it means, one sentence, with unit and range
  bool secret = false;
};
std::vector<SettingInfo> setting_infos();
std::string environment_name(std::string_view setting);  // "APP_PORT"
std::string flag_name(std::string_view setting);         // "--app-port"

// What the outside gives, each by the setting's name in lower case.
struct ConfigSources {
  std::map<std::string, std::string> flags;
  std::function<std::optional<std::string>(const std::string& name)> environment;  // by environment_name()
  std::optional<std::filesystem::path> file;  // must exist; absent: ./fit.toml if there is one
};

// The value that `fit config` shows of a setting.
struct ConfigValue {
  SettingInfo info;
  std::string value;  // secrets masked
  ConfigOrigin origin = ConfigOrigin::kDefault;
};

struct LoadedConfig {
  Config config;
  std::vector<ConfigValue> values;  // every setting, in the order of setting_infos()
};

// Reads and checks all settings. kInvalid with the name as given (flag, variable, or key with the file's
// name) for unknown flags and keys, wrong types and values out of range.
Result<LoadedConfig> load_config(const ConfigSources& sources);

// URLs, with commas between, with their passwords replaced by ***; other text as it is.
std::string mask_url_password(std::string_view url);

}  // namespace fit
