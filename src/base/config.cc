#include "base/config.h"

#include <algorithm>
#include <charconv>
#include <toml++/toml.hpp>

#include "base/files.h"
#include "base/format.h"
#include "base/text.h"

namespace fit {
namespace {

constexpr std::int64_t kMaxInt = std::int64_t{1} << 40;

// How one setting is read from text into the Config and written back.
struct Setting {
  SettingInfo info;
  std::function<Result<void>(Config&, const std::string& label, const std::string& text)> parse;
  std::function<std::string(const Config&)> print;
};

Setting text(std::string name, std::string Config::* member, std::string help, bool secret = false) {
  return {{std::move(name), std::move(help), secret},
          [member](Config& config, const std::string&, const std::string& value) -> Result<void> {
            config.*member = value;
            return {};
          },
          [member](const Config& config) { return config.*member; }};
}

Setting path(std::string name, std::filesystem::path Config::* member, std::string help) {
  return {{std::move(name), std::move(help)},
          [member](Config& config, const std::string&, const std::string& value) -> Result<void> {
            config.*member = value;
            return {};
          },
          [member](const Config& config) { return (config.*member).string(); }};
}

Result<std::int64_t> parse_integer(const std::string& label, const std::string& value, std::int64_t low,
                                   std::int64_t high) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || stop != value.data() + value.size() || number < low || number > high) {
    return invalid(label, fit::format("must be a whole number from {} to {}, not \"{}\"", low, high, value));
  }
  return number;
}

Setting integer(std::string name, std::int64_t Config::* member, std::int64_t low, std::int64_t high,
                std::string help) {
  return {{std::move(name), std::move(help)},
          [=](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            FIT_TRY(config.*member, parse_integer(label, value, low, high));
            return {};
          },
          [member](const Config& config) { return std::to_string(config.*member); }};
}

Setting milliseconds(std::string name, std::chrono::milliseconds Config::* member, std::string help) {
  return {{std::move(name), std::move(help)},
          [=](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            FIT_TRY(const std::int64_t number, parse_integer(label, value, 1, 3'600'000));
            config.*member = std::chrono::milliseconds(number);
            return {};
          },
          [member](const Config& config) { return std::to_string((config.*member).count()); }};
}

Setting boolean(std::string name, bool Config::* member, std::string help) {
  return {{std::move(name), std::move(help)},
          [member](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            if (value != "true" && value != "false" && value != "1" && value != "0") {
              return invalid(label, fit::format("must be true or false, not \"{}\"", value));
            }
            config.*member = value == "true" || value == "1";
            return {};
          },
          [member](const Config& config) { return std::string(config.*member ? "true" : "false"); }};
}

Setting one_of(std::string name, std::string Config::* member, std::vector<std::string> choices,
               std::string help) {
  return {
      {std::move(name), std::move(help)},
      [member, choices](Config& config, const std::string& label, const std::string& value) -> Result<void> {
        if (!std::ranges::contains(choices, value)) {
          std::string known;
          for (const std::string& choice : choices) known += (known.empty() ? "" : ", ") + choice;
          return invalid(label, fit::format("must be one of {}, not \"{}\"", known, value));
        }
        config.*member = value;
        return {};
      },
      [member](const Config& config) { return config.*member; }};
}

std::vector<Setting> log_settings() {
  return {{{"log_level", "Least important line to log: debug, info, warning or error"},
           [](Config& config, const std::string& label, const std::string& value) -> Result<void> {
             FIT_TRY(config.log_level, parse_log_level(label, value));
             return {};
           },
           [](const Config& config) {
             constexpr std::array kNames = {"debug", "info", "warning", "error"};
             return std::string(kNames.at(static_cast<std::size_t>(config.log_level)));
           }},
          {{"log_format", "How log lines are written: text or json"},
           [](Config& config, const std::string& label, const std::string& value) -> Result<void> {
             FIT_TRY(config.log_format, parse_log_format(label, value));
             return {};
           },
           [](const Config& config) {
             return std::string(config.log_format == LogFormat::kJson ? "json" : "text");
           }}};
}

std::vector<Setting> make_settings() {
  std::vector<Setting> settings = {
      text("database_url", &Config::database_url,
           "Catalogue database: sqlite:///relative.db, sqlite:////absolute.db or "
           "postgresql://user:password@host:5432/database",
           true),
      path("storage_path", &Config::storage_path,
           "Folder for pictures, thumbnails, index snapshots and models"),
      path("models_path", &Config::models_path, "Folder of downloaded models; empty: STORAGE_PATH/models"),
      text("app_host", &Config::app_host, "Address to listen on"),
      integer("app_port", &Config::app_port, 0, 65535, "Port to listen on; 0 takes a free one"),
      integer("http_threads", &Config::http_threads, 1, 64, "Threads that read and write sockets"),
      integer("worker_threads", &Config::worker_threads, 1, 1024, "Requests worked on at a time"),
      integer("max_queued_requests", &Config::max_queued_requests, 1, 100'000,
              "Requests that may wait for a worker; more are answered with 429"),
      integer("max_body_bytes", &Config::max_body_bytes, 1024, kMaxInt, "Largest request body in bytes"),
      integer("max_import_bytes", &Config::max_import_bytes, 1024, kMaxInt,
              "Largest body of an import in bytes"),
      text("cdn_base_url", &Config::cdn_base_url,
           "Put in front of the URLs of pictures that this server holds; empty: URLs without a host"),
      text("cors_origin", &Config::cors_origin,
           "Origin whose web pages may call this server from a browser, or *; empty: none but its own"),
  };
  for (Setting& setting : log_settings()) settings.push_back(std::move(setting));
  for (Setting& setting : std::vector<Setting>{
           one_of("embedding_provider", &Config::embedding_provider, {"builtin", "palette", "onnx"},
                  "Where vectors come from: builtin (this program's own model), palette (colour, shape and "
                  "texture, nothing learned) or onnx (a model, see EMBEDDING_MODEL); fit space use goes "
                  "before it"),
           text("embedding_model", &Config::embedding_model,
                "Name of an installed model (fit model list) or the path of a model folder; for "
                "EMBEDDING_PROVIDER=onnx"),
           text("model_base_url", &Config::model_base_url,
                "Fetch model files from this mirror instead of the addresses in their manifests"),
           one_of("text_embedding_provider", &Config::text_embedding_provider, {"none", "openai"},
                  "Where the vectors of items' texts come from, to which words are compared beside pictures: "
                  "none, or openai (a server that speaks OpenAI's embeddings format)"),
           text("text_embedding_model", &Config::text_embedding_model,
                "Model of the provider of text embeddings"),
           integer("text_embedding_dimensions", &Config::text_embedding_dimensions, 1, 16'384,
                   "Dimensions of text embeddings; fewer than the model has are cut off and scaled"),
           milliseconds("text_embedding_timeout", &Config::text_embedding_timeout,
                        "Longest time that a question waits for the provider of text embeddings, in "
                        "milliseconds; it is answered without then"),
           text("openai_base_url", &Config::openai_base_url,
                "Address of the provider of text embeddings, in front of /embeddings", true),
           text("openai_api_key", &Config::openai_api_key,
                "Key for the provider of text embeddings; empty: none is sent", true),
           integer("batch_size", &Config::batch_size, 1, 1024,
                   "Most pictures or texts that a model reads at once"),
           integer("max_concurrent_embeddings", &Config::max_concurrent_embeddings, 1, 64,
                   "Batches that a model works on at a time"),
           integer("embedding_threads", &Config::embedding_threads, 0, 256,
                   "Threads for one batch of a model; 0: the number of cores"),
           integer("max_image_bytes", &Config::max_image_bytes, 1024, std::int64_t{1} << 32,
                   "Largest picture file in bytes"),
           integer("max_image_pixels", &Config::max_image_pixels, 1, std::int64_t{1} << 34,
                   "Largest width times height of a picture"),
           milliseconds("image_timeout", &Config::image_timeout,
                        "Longest time to decode a picture, in milliseconds"),
           integer("thumbnail_size", &Config::thumbnail_size, 16, 4096,
                   "Longer side of a thumbnail in pixels"),
           integer("import_threads", &Config::import_threads, 0, 256,
                   "Threads that fetch and decode pictures in an import; 0: the number of cores"),
           milliseconds("fetch_timeout", &Config::fetch_timeout,
                        "Longest time to fetch a picture, in milliseconds"),
           boolean("allow_private_addresses", &Config::allow_private_addresses,
                   "Whether pictures may be fetched from private and loopback addresses"),
           integer("hnsw_m", &Config::hnsw_m, 4, 128,
                   "Links of a node in the index of this process (SQLite); more: better recall, more memory"),
           integer("hnsw_ef_construction", &Config::hnsw_ef_construction, 16, 2000,
                   "Width of the search while that index is built; more: better recall, slower building"),
           integer("db_hnsw_m", &Config::db_hnsw_m, 2, 100,
                   "Links of a node in the index that PostgreSQL holds, when it is built"),
           integer("db_hnsw_ef_construction", &Config::db_hnsw_ef_construction, 4, 1000,
                   "Width of the search while that index is built, at least twice DB_HNSW_M"),
           text("rerank_spaces", &Config::rerank_spaces,
                "Spaces whose likeness counts beside the searched one's in the order of answers, with "
                "weights, such "
                "as palette:0.5; fit tune learns them"),
           integer("vector_search_cache_ttl", &Config::vector_search_cache_ttl, 0, 86'400,
                   "Seconds for which answers and the vectors of questions are remembered; 0: not at all"),
           integer("vector_search_cache_bytes", &Config::vector_search_cache_bytes, 0, kMaxInt,
                   "Memory for what is remembered in this process, in bytes"),
           text("redis_url", &Config::redis_url,
                "Redis server in which it is remembered too, shared with other processes, such as "
                "redis://:password@host:6379/0 or unix:///path; empty: none",
                true),
           integer("db_pool_size", &Config::db_pool_size, 1, 256,
                   "Database connections for reading that are kept open; one more writes"),
           integer("db_max_overflow", &Config::db_max_overflow, 0, 256,
                   "More of them at times of need, on PostgreSQL"),
           milliseconds("db_statement_timeout", &Config::db_statement_timeout,
                        "Longest time of one statement on PostgreSQL, in milliseconds"),
           text("database_read_url", &Config::database_read_url,
                "Standbys of the PostgreSQL of DATABASE_URL that answer reads, separated by commas", true),
           milliseconds("db_max_replica_lag", &Config::db_max_replica_lag,
                        "How far a standby of DATABASE_READ_URL may be behind, in milliseconds"),
       }) {
    settings.push_back(std::move(setting));
  }
  return settings;
}

// The file's keys and values as text. kInvalid for nested tables and other types.
Result<std::map<std::string, std::string>> read_toml(const std::filesystem::path& file) {
  FIT_TRY(const Bytes content, read_file(file, 1 << 20));
  try {
    const toml::table table = toml::parse(as_text(content), file.string());
    std::map<std::string, std::string> values;
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (const auto text_value = node.value_exact<std::string>()) {
        values[name] = *text_value;
      } else if (const auto integer_value = node.value_exact<std::int64_t>()) {
        values[name] = std::to_string(*integer_value);
      } else if (const auto boolean_value = node.value_exact<bool>()) {
        values[name] = *boolean_value ? "true" : "false";
      } else {
        return invalid(file.string() + ": " + name, "must be a text, a whole number, true or false");
      }
    }
    return values;
  } catch (const toml::parse_error& error) {
    return invalid(file.string(), fit::format("line {}: {}", error.source().begin.line, error.description()));
  }
}

Result<void> check_known(const std::vector<Setting>& settings,
                         const std::map<std::string, std::string>& given, const std::string& prefix) {
  for (const auto& [name, value] : given) {
    const bool known = std::ranges::any_of(settings, [&](const Setting& s) { return s.info.name == name; });
    if (!known) return invalid(prefix + name, "is not a known setting; fit config lists them all");
  }
  return {};
}

}  // namespace

std::string_view to_string(ConfigOrigin origin) {
  switch (origin) {
    case ConfigOrigin::kDefault:
      return "default";
    case ConfigOrigin::kFile:
      return "file";
    case ConfigOrigin::kEnvironment:
      return "environment";
    case ConfigOrigin::kFlag:
      return "flag";
  }
  return "default";
}

std::vector<SettingInfo> setting_infos() {
  std::vector<SettingInfo> infos;
  for (const Setting& setting : make_settings()) infos.push_back(setting.info);
  return infos;
}

std::string environment_name(std::string_view setting) {
  std::string name(setting);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  });
  return name;
}

std::string flag_name(std::string_view setting) {
  std::string name = "--" + std::string(setting);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string mask_url_password(std::string_view url) {
  // Several URLs with commas between.
  if (const std::size_t next = url.find(",postgres"); next != std::string_view::npos) {
    return mask_url_password(url.substr(0, next)) + "," + mask_url_password(url.substr(next + 1));
  }
  std::string masked(url);
  if (const std::size_t option = masked.find("password="); option != std::string::npos) {
    const std::size_t start = option + std::string_view("password=").size();
    masked.replace(start, std::min(masked.find('&', start), masked.size()) - start, "***");
  }
  const std::size_t scheme = masked.find("://");
  if (scheme == std::string::npos) return masked;
  const std::size_t start = scheme + 3;
  const std::size_t host = std::string_view(masked).substr(0, masked.find('/', start)).rfind('@');
  if (host == std::string::npos || host < start) return masked;
  const std::size_t colon = masked.find(':', start);
  if (colon == std::string::npos || colon > host) return masked;
  return masked.substr(0, colon + 1) + "***" + masked.substr(host);
}

namespace {

// Of a URL the password is secret, of anything else all.
std::string masked(const std::string& secret) {
  if (secret.find("://") != std::string::npos) return mask_url_password(secret);
  return secret.empty() ? "" : "***";
}

}  // namespace

Result<LoadedConfig> load_config(const ConfigSources& sources) {
  const std::vector<Setting> settings = make_settings();
  const std::filesystem::path file = sources.file.value_or("fit.toml");
  std::map<std::string, std::string> from_file;
  std::error_code ignored;
  if (sources.file || std::filesystem::exists(file, ignored)) {
    FIT_TRY(from_file, read_toml(file));
  }
  FIT_CHECK(check_known(settings, from_file, file.string() + ": "));
  FIT_CHECK(check_known(settings, sources.flags, "--"));

  LoadedConfig loaded;
  for (const Setting& setting : settings) {
    const std::string& name = setting.info.name;
    ConfigValue value{setting.info, {}, ConfigOrigin::kDefault};
    const auto from_environment =
        sources.environment ? sources.environment(environment_name(name)) : std::optional<std::string>();
    if (const auto flag = sources.flags.find(name); flag != sources.flags.end()) {
      FIT_CHECK(setting.parse(loaded.config, flag_name(name), flag->second));
      value.origin = ConfigOrigin::kFlag;
    } else if (from_environment) {
      FIT_CHECK(setting.parse(loaded.config, environment_name(name), *from_environment));
      value.origin = ConfigOrigin::kEnvironment;
    } else if (const auto entry = from_file.find(name); entry != from_file.end()) {
      FIT_CHECK(setting.parse(loaded.config, file.string() + ": " + name, entry->second));
      value.origin = ConfigOrigin::kFile;
    }
    value.value = setting.print(loaded.config);
    if (setting.info.secret) value.value = masked(value.value);
    loaded.values.push_back(std::move(value));
  }
  if (loaded.config.db_hnsw_ef_construction < 2 * loaded.config.db_hnsw_m) {
    return invalid("DB_HNSW_EF_CONSTRUCTION", "must be at least twice DB_HNSW_M");
  }
  return loaded;
}

}  // namespace fit
