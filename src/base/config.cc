#include "base/config.h"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdlib>
#include <toml++/toml.hpp>

#include "base/env_file.h"
#include "base/files.h"
#include "base/format.h"
#include "base/text.h"

namespace fit {
namespace {

constexpr std::int64_t kMaxBytes = std::int64_t{1} << 40;
constexpr std::int64_t kMaxMilliseconds = 3'600'000;

// A setting with its functions from text to Config and back.
struct Setting {
  SettingInfo info;
  std::function<Result<void>(Config&, const std::string& label, const std::string& text)> parse;
  std::function<std::string(const Config&)> print;
};

// Below, `group` and `member` say where a setting is in the Config: config.*group.*member.

template <class Group>
Setting text(std::string name, Group Config::* group, std::string Group::* member, std::string help,
             bool secret = false) {
  return {.info = {std::move(name), std::move(help), secret},
          .parse = [=](Config& config, const std::string&, const std::string& value) -> Result<void> {
            config.*group.*member = value;
            return {};
          },
          .print = [=](const Config& config) { return config.*group.*member; }};
}

template <class Group>
Setting secret(std::string name, Group Config::* group, std::string Group::* member, std::string help) {
  return text(std::move(name), group, member, std::move(help), true);
}

template <class Group>
Setting path(std::string name, Group Config::* group, std::filesystem::path Group::* member,
             std::string help) {
  return {.info = {std::move(name), std::move(help)},
          .parse = [=](Config& config, const std::string&, const std::string& value) -> Result<void> {
            config.*group.*member = value;
            return {};
          },
          .print = [=](const Config& config) { return (config.*group.*member).string(); }};
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

// `low` and `high` must fit into the member's type.
template <class Group, std::integral Number>
Setting integer(std::string name, Group Config::* group, Number Group::* member, std::int64_t low,
                std::int64_t high, std::string help) {
  return {.info = {std::move(name), std::move(help)},
          .parse = [=](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            FIT_TRY(const std::int64_t number, parse_integer(label, value, low, high));
            config.*group.*member = static_cast<Number>(number);
            return {};
          },
          .print = [=](const Config& config) { return std::to_string(config.*group.*member); }};
}

// A number of bytes, optionally in KiB, MiB, GiB or TiB; 0 or from `low` to `high`.
template <class Group>
Setting bytes(std::string name, Group Config::* group, std::uint64_t Group::* member, std::int64_t low,
              std::int64_t high, std::string help) {
  constexpr std::array<std::string_view, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
  return {.info = {std::move(name), std::move(help)},
          .parse = [=](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            std::string digits = value;
            std::int64_t unit = 1;
            for (std::size_t i = 0; i < kUnits.size(); ++i) {
              if (!value.ends_with(kUnits[i])) continue;
              unit = std::int64_t{1} << (10 * (i + 1));
              digits.resize(value.size() - kUnits[i].size());
            }
            const auto number = parse_integer(label, digits, 0, high / unit);
            if (!number || (*number != 0 && *number * unit < low)) {
              return invalid(label,
                             fit::format("must be 0 or a number of bytes from {} to {}, such as 512MiB, "
                                         "not \"{}\"",
                                         low, high, value));
            }
            config.*group.*member = static_cast<std::uint64_t>(*number * unit);
            return {};
          },
          .print = [=](const Config& config) { return std::to_string(config.*group.*member); }};
}

// The value is a whole number in the unit of the member's type.
template <class Group, class Rep, class Period>
Setting duration(std::string name, Group Config::* group, std::chrono::duration<Rep, Period> Group::* member,
                 std::int64_t low, std::int64_t high, std::string help) {
  return {.info = {std::move(name), std::move(help)},
          .parse = [=](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            FIT_TRY(const std::int64_t number, parse_integer(label, value, low, high));
            config.*group.*member = std::chrono::duration<Rep, Period>(number);
            return {};
          },
          .print = [=](const Config& config) { return std::to_string((config.*group.*member).count()); }};
}

template <class Group>
Setting milliseconds(std::string name, Group Config::* group, std::chrono::milliseconds Group::* member,
                     std::string help) {
  return duration(std::move(name), group, member, 1, kMaxMilliseconds, std::move(help));
}

template <class Group>
Setting boolean(std::string name, Group Config::* group, bool Group::* member, std::string help) {
  return {
      .info = {std::move(name), std::move(help)},
      .parse = [=](Config& config, const std::string& label, const std::string& value) -> Result<void> {
        if (value != "true" && value != "false" && value != "1" && value != "0") {
          return invalid(label, fit::format("must be true or false, not \"{}\"", value));
        }
        config.*group.*member = value == "true" || value == "1";
        return {};
      },
      .print = [=](const Config& config) { return std::string(config.*group.*member ? "true" : "false"); }};
}

// A number from 0 to 1.
template <class Group>
Setting share(std::string name, Group Config::* group, double Group::* member, std::string help) {
  return {.info = {std::move(name), std::move(help)},
          .parse = [=](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            double number = 0;
            const char* const end = value.data() + value.size();
            const auto [stop, error] = std::from_chars(value.data(), end, number);
            if (error != std::errc{} || stop != end || !(number >= 0 && number <= 1)) {
              return invalid(label, fit::format("must be a number from 0 to 1, not \"{}\"", value));
            }
            config.*group.*member = number;
            return {};
          },
          .print = [=](const Config& config) { return fit::format("{}", config.*group.*member); }};
}

template <class Group>
Setting one_of(std::string name, Group Config::* group, std::string Group::* member,
               std::vector<std::string> choices, std::string help) {
  Setting setting = text(std::move(name), group, member, std::move(help));
  setting.parse = [=, choices = std::move(choices)](Config& config, const std::string& label,
                                                    const std::string& value) -> Result<void> {
    if (!std::ranges::contains(choices, value)) {
      std::string known;
      for (const std::string& choice : choices) known += (known.empty() ? "" : ", ") + choice;
      return invalid(label, fit::format("must be one of {}, not \"{}\"", known, value));
    }
    config.*group.*member = value;
    return {};
  };
  return setting;
}

// `what` says what is limited and where the default applies.
Setting rate_limit(std::string name, RateLimitSetting RateLimitSettings::* member, const std::string& what) {
  return {.info = {std::move(name),
                   what + "; such as 10/minute, 100/second burst 500, 5000/hour or 1000/day, or off"},
          .parse = [=](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            FIT_TRY(const RateLimit limit, RateLimit::parse(label, value));
            config.rate_limits.*member = {.limit = limit, .is_given = true};
            return {};
          },
          .print = [=](const Config& config) { return to_string((config.rate_limits.*member).limit); }};
}

Setting log_level() {
  return {.info = {"log_level",
                   "Least important line to log: debug, info, warning or error; modules may have levels of "
                   "their own, "
                   "such as info,search=debug"},
          .parse = [](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            FIT_TRY(config.log.level, LogLevels::parse(label, value));
            return {};
          },
          .print = [](const Config& config) { return config.log.level.text(); }};
}

Setting log_format() {
  return {.info = {"log_format",
                   "How log lines are written: text, json, or auto (text on a terminal, otherwise json)"},
          .parse = [](Config& config, const std::string& label, const std::string& value) -> Result<void> {
            config.log.format.reset();
            if (value == "auto") return {};
            FIT_TRY(config.log.format, parse_log_format(label, value));
            return {};
          },
          .print =
              [](const Config& config) {
                if (!config.log.format) return std::string("auto");
                return std::string(config.log.format == LogFormat::kJson ? "json" : "text");
              }};
}

// The list of all settings, in the order in which `fit config` prints them.
std::vector<Setting> make_settings() {
  using C = Config;
  using Database = DatabaseSettings;
  using Http = HttpSettings;
  using Embedding = EmbeddingSettings;
  using Texts = TextEmbeddingSettings;
  using Vlm = VlmSettings;
  using Media = MediaSettings;
  using Cache = CacheSettings;
  using Content = ContentSettings;
  using Rates = RateLimitSettings;
  using Jobs = JobSettings;
  // clang-format off
  return {
      secret("database_url", &C::database, &Database::url, "Catalogue database: sqlite:///relative.db, sqlite:////absolute.db or postgresql://user:password@host:5432/database"),
      path("storage_path", &C::storage, &StorageSettings::path, "Folder for images, thumbnails, index snapshots and models"),
      text("storage_backend", &C::storage, &StorageSettings::backend, "Where images and thumbnails are stored: fs:///folder or s3://bucket/prefix; empty: STORAGE_PATH"),
      text("s3_endpoint", &C::storage, &StorageSettings::s3_endpoint, "Address of the S3 server, such as https://files.example:9000; empty: Amazon's for S3_REGION"),
      text("s3_region", &C::storage, &StorageSettings::s3_region, "Region of the S3 server, which is part of signatures"),
      one_of("s3_addressing", &C::storage, &StorageSettings::s3_addressing, {"auto", "path", "host"}, "How the bucket is named in addresses: path (server/bucket), host (bucket.server) or auto (host for Amazon's servers, path for S3_ENDPOINT)"),
      path("models_path", &C::embedding, &Embedding::models_path, "Folder of downloaded models; empty: STORAGE_PATH/models"),
      text("app_host", &C::http, &Http::host, "Address to listen on"),
      integer("app_port", &C::http, &Http::port, 0, 65'535, "Port to listen on; 0 takes a free one"),
      boolean("metrics_enabled", &C::metrics, &MetricsSettings::is_on, "Whether /metrics is there, at the server and at METRICS_PORT"),
      text("metrics_host", &C::metrics, &MetricsSettings::host, "Address to listen on for /metrics, with METRICS_PORT"),
      integer("metrics_port", &C::metrics, &MetricsSettings::port, 0, 65'535, "Port of a listener of its own for /metrics, which fit worker has too; 0: none"),
      integer("http_threads", &C::http, &Http::io_threads, 1, 64, "Threads that read and write sockets"),
      integer("worker_threads", &C::http, &Http::worker_threads, 1, 1024, "Threads for searches; imports have as many, writes half as many, embeddings a quarter, fetches twice as many"),
      integer("max_queued_requests", &C::http, &Http::max_queued_requests, 1, 100'000, "Requests that may wait for a worker; further ones get status 429"),
      integer("max_body_bytes", &C::http, &Http::max_body_bytes, 1024, kMaxBytes, "Largest request body in bytes"),
      integer("max_import_bytes", &C::http, &Http::max_import_bytes, 1024, kMaxBytes, "Largest body of an import in bytes"),
      integer("max_upload_bytes", &C::http, &Http::max_upload_bytes, 1024, kMaxBytes, "Largest request with files to ingest, and largest resumable upload, in bytes"),
      duration("upload_lifetime", &C::http, &Http::upload_lifetime, 1, 8760, "How long an unfinished upload is kept after its last bytes, in hours"),
      integer("max_scratch_bytes", &C::http, &Http::max_scratch_bytes, 1 << 20, kMaxBytes, "Disk space in bytes for all request bodies together; never more than half of the free space"),
      integer("max_connections", &C::http, &Http::max_connections, 1, 1'000'000, "Largest number of open connections; further ones are closed at once"),
      integer("max_connections_per_peer", &C::http, &Http::max_connections_per_peer, 1, 1'000'000, "Largest number of open connections of one client address, or of one proxy in front of this server"),
      milliseconds("receive_timeout", &C::http, &Http::receive_timeout, "Longest time for the header of a request, after which MIN_BYTES_PER_SECOND applies to its body and its response, in milliseconds"),
      integer("min_bytes_per_second", &C::http, &Http::min_bytes_per_second, 1, 1'000'000'000, "Lowest rate of a body and of a response; slower connections are closed"),
      milliseconds("idle_timeout", &C::http, &Http::idle_timeout, "Time after which an idle connection is closed, in milliseconds; a proxy in front should close earlier"),
      milliseconds("request_timeout", &C::http, &Http::request_timeout, "Longest time to handle a request other than an import, in milliseconds"),
      milliseconds("shutdown_timeout", &C::http, &Http::shutdown_timeout, "Longest time from SIGTERM to the end of the program, in milliseconds"),
      secret("api_key", &C::access, &AccessSettings::api_key, "An API key with all scopes, besides those that fit key create makes; with it the server is not open on loopback either; empty: none"),
      boolean("anonymous_search", &C::access, &AccessSettings::anonymous_search, "Whether callers without a key may search and read items where the server asks who is there"),
      duration("max_token_lifetime", &C::access, &AccessSettings::max_token_lifetime, 1, 8760, "Hours for which a search token may be valid"),
      duration("audit_days", &C::access, &AccessSettings::audit_days, 1, 36'500, "Days for which entries of the audit log are kept"),
      duration("session_idle", &C::access, &AccessSettings::session_idle, 1, 8760, "Hours after its last use at which the session of a signed-in user ends"),
      duration("session_lifetime", &C::access, &AccessSettings::session_lifetime, 1, 8760, "Hours after the sign-in at which a session ends"),
      duration("history_days", &C::access, &AccessSettings::history_days, 1, 36'500, "Days for which the searches of signed-in users are kept in their history"),
      text("oidc_issuer", &C::oidc, &OidcSettings::issuer, "URL of a sign-in provider (OpenID Connect), such as https://id.example/realms/shop; empty: none"),
      text("oidc_client_id", &C::oidc, &OidcSettings::client_id, "Name of this server at the sign-in provider"),
      secret("oidc_client_secret", &C::oidc, &OidcSettings::client_secret, "Secret of this server at the sign-in provider; empty: it is a public client"),
      text("oidc_scopes", &C::oidc, &OidcSettings::scopes, "Scopes that a sign-in asks the provider for, separated by blanks"),
      text("oidc_name", &C::oidc, &OidcSettings::name, "Name of the sign-in provider for people, on the button of the sign-in page"),
      text("oidc_audience", &C::oidc, &OidcSettings::audience, "Audience of the provider's tokens that the API takes as bearer tokens; empty: OIDC_CLIENT_ID"),
      text("oidc_groups_claim", &C::oidc, &OidcSettings::groups_claim, "Claim with the groups of a person; a path such as realm_access.roles leads to a claim inside another"),
      text("oidc_roles", &C::oidc, &OidcSettings::roles, "Roles by group, such as staff=editor, admins=owner; where given, groups decide the role of everybody at each sign-in"),
      text("oidc_default_role", &C::oidc, &OidcSettings::default_role, "Role of people of the provider in none of those groups: owner, editor, viewer or shopper; empty: they may not sign in unless they are invited"),
      secret("smtp_url", &C::mail, &MailSettings::url, "Mail server for invitations and links for another password, such as smtp://user:password@mail.example:587 (STARTTLS) or smtps://...; empty: no mail"),
      text("smtp_from", &C::mail, &MailSettings::from, "Sender of mail: an address, or Name <address>; needed with SMTP_URL"),
      path("apns_key_file", &C::apns, &ApnsSettings::key_file, "File with the key (.p8) that signs messages to the iOS app by Apple's push service; empty: no such messages"),
      text("apns_key_id", &C::apns, &ApnsSettings::key_id, "The 10 characters by which Apple names APNS_KEY_FILE"),
      text("apns_team_id", &C::apns, &ApnsSettings::team_id, "The 10 characters of the team that has built the app"),
      text("apns_topic", &C::apns, &ApnsSettings::topic, "Bundle identifier of the app, such as org.findthisfit.app"),
      text("apns_url", &C::apns, &ApnsSettings::url, "Address of Apple's push service; https://api.sandbox.push.apple.com for builds that Xcode installs"),
      integer("alert_messages_per_hour", &C::mail, &MailSettings::messages_per_hour, 1, 10'000, "Messages with alerts that one person gets in an hour by one channel; later finds wait and come together"),
      duration("alert_rules_interval", &C::monitor, &MonitorSettings::alert_rules_interval, 0, 3600, "Seconds between two looks at the alert rules (/api/v1/alert-rules); 0: this process judges none"),
      integer("recall_probe", &C::monitor, &MonitorSettings::recall_probe, 0, 1'000'000'000, "One in so many searches by a photo, an item or words is asked again exactly, in the background, which measures the recall of the index; 0: none is"),
      duration("slow_query_ms", &C::monitor, &MonitorSettings::slow_query, 0, kMaxMilliseconds, "Milliseconds from which on a search is logged as slow, with the times of its parts; 0: none is"),
      boolean("tracing_enabled", &C::traces, &TraceSettings::is_on, "Whether requests and jobs are traced, and their spans sent to OTEL_EXPORTER_OTLP_ENDPOINT"),
      text("otel_exporter_otlp_endpoint", &C::traces, &TraceSettings::endpoint, "Receiver of spans by OTLP over HTTP, such as http://127.0.0.1:4318; /v1/traces is added"),
      secret("otel_exporter_otlp_headers", &C::traces, &TraceSettings::headers, "Header fields of requests to OTEL_EXPORTER_OTLP_ENDPOINT, such as api-key=secret,x-team=shop; empty: none"),
      text("otel_service_name", &C::traces, &TraceSettings::service_name, "Name of this program in traces"),
      share("otel_traces_sampler_arg", &C::traces, &TraceSettings::ratio, "Share of the traces beginning here that are recorded, from 0 to 1; a trace of a caller is recorded if the caller records it"),
      secret("sentry_dsn", &C::error_reports, &ErrorReportSettings::sentry_dsn, "Address of a project of Sentry, or of a server like it, that unexpected errors and crashes are reported to, such as https://key@sentry.example/1; empty: none"),
      text("sentry_environment", &C::error_reports, &ErrorReportSettings::environment, "Environment in reports to SENTRY_DSN"),
      text("cdn_base_url", &C::http, &Http::cdn_base_url, "Prefix of the URLs of images that this server stores; empty: URLs without a host"),
      text("allowed_hosts", &C::http, &Http::allowed_hosts, "Host names with a dot by which clients may address this server, besides APP_HOST, separated by commas; *.name for all names below a name, * for all"),
      text("allowed_origins", &C::http, &Http::allowed_origins, "Origins whose web pages may call this server from a browser, such as https://shop.example, separated by commas, or *; empty: only its own"),
      rate_limit("rate_limit_search", &Rates::search, "Searches and lists of items for one client address without a key; the default applies only where other machines reach the server"),
      rate_limit("rate_limit_write", &Rates::write, "Changes of items for one client address without a key; the default applies only where other machines reach the server"),
      rate_limit("rate_limit_ingest", &Rates::ingest, "Imports for one client address without a key; the default applies only where other machines reach the server"),
      rate_limit("rate_limit_embedding", &Rates::embedding, "Requests to /v1/embeddings for one client address without a key; the default applies only where other machines reach the server"),
      rate_limit("rate_limit_sign_in", &Rates::sign_in, "Attempts to sign in from one client address"),
      rate_limit("rate_limit_keys", &Rates::keys, "Requests of each kind for one key or account that has no limit of its own; the default applies only where other machines reach the server"),
      text("public_url", &C::http, &Http::public_url, "Address by which clients reach this server, such as https://fit.example; https: browsers are told to use nothing else; empty: none"),
      text("brand_name", &C::brand, &BrandSettings::name, "Name of the shop that the app shows, at most 60 characters; empty: Find This Fit"),
      path("brand_logo", &C::brand, &BrandSettings::logo, "SVG, PNG or WebP file, at most 512 KiB, that the app shows beside the name and as its icon; empty: the app's own"),
      text("brand_color", &C::brand, &BrandSettings::color, "Colour of buttons and links, such as #0a5cb2, which the app darkens or lightens until texts are legible; empty: the app's own"),
      text("brand_currency", &C::brand, &BrandSettings::currency, "Currency of prices that have none, by three letters such as EUR; empty: those are shown without one"),
      text("brand_languages", &C::brand, &BrandSettings::languages, "Languages that the app offers, of en, de, fr, es, it and ar, separated by commas, the one first that others see; empty: all, and English for others"),
      text("imprint_url", &C::brand, &BrandSettings::imprint_url, "Page with the imprint that the app links, an http(s) URL or a path of this host; empty: no link"),
      text("privacy_url", &C::brand, &BrandSettings::privacy_url, "Page about privacy that the app links, an http(s) URL or a path of this host; empty: no link"),
      path("tls_cert", &C::http, &Http::tls_cert, "PEM file with the certificate of this server and the certificates between it and the authority; empty: plain HTTP"),
      path("tls_key", &C::http, &Http::tls_key, "PEM file with the private key of TLS_CERT, not encrypted"),
      text("trusted_proxies", &C::http, &Http::trusted_proxies, "Addresses and networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto count, such as 10.0.0.0/8 or ::1, separated by commas"),
      integer("max_open_tenants", &C::tenants, &TenantSettings::max_open, 1, 10'000, "Tenants besides default whose catalogues are open at a time; the one that was not used for longest is closed first"),
      duration("tenant_idle_time", &C::tenants, &TenantSettings::idle_time, 1, 86'400, "Seconds without a request after which the catalogue of a tenant is closed"),
      milliseconds("federation_timeout", &C::tenants, &TenantSettings::federation_timeout, "Longest time that a search of several tenants waits for their answers, in milliseconds; at most four fifths of REQUEST_TIMEOUT"),
      integer("workers", &C::jobs, &Jobs::workers, 0, 1024, "Jobs that this process works on at a time; 0: none, which leaves them to fit worker"),
      text("queues", &C::jobs, &Jobs::queues, "Queues that this process works on, separated by commas; empty: all"),
      one_of("queue_backend", &C::jobs, &Jobs::backend, {"database", "inproc", "redis"}, "Where jobs are queued: database (any number of processes work on them), inproc (the same, for a server that is alone: after a crash its jobs are taken again at once) or redis (the same, and REDIS_URL tells workers where jobs wait, so that many of them do not read the database all the time)"),
      duration("job_retention", &C::jobs, &Jobs::retention, 1, 87'600, "Hours for which finished jobs are kept; dead letters stay until they are retried or discarded"),
      log_level(),
      log_format(),
      one_of("embedding_provider", &C::embedding, &Embedding::provider, {"builtin", "palette", "onnx", "jina", "cohere", "voyage", "marqo", "openai-compatible"}, "Where vectors come from: builtin (the model inside this program), palette (colour, shape and texture, no learned model), onnx (a model, see EMBEDDING_MODEL), or a remote provider: jina, cohere, voyage, marqo or openai-compatible; fit space use takes precedence"),
      text("embedding_model", &C::embedding, &Embedding::model, "For EMBEDDING_PROVIDER=onnx the name of an installed model (fit model list) or the path of a model folder; for a remote provider its name of the model, and for marqo the index; where it is left as it is, the provider's usual model"),
      secret("embedding_base_url", &C::embedding, &Embedding::base_url, "Base URL of the remote EMBEDDING_PROVIDER, without /embeddings and the like; empty: the provider's own"),
      secret("embedding_api_key", &C::embedding, &Embedding::api_key, "Key for the remote EMBEDDING_PROVIDER; empty: none is sent"),
      integer("embedding_dimensions", &C::embedding, &Embedding::dimensions, 0, 4096, "Dimensions of the vectors of a remote provider: it is asked for that many, longer vectors are cut off, and shorter ones are filled with zeros; 0: those of its usual model"),
      milliseconds("embedding_timeout", &C::embedding, &Embedding::timeout, "Longest time that a search waits for the remote EMBEDDING_PROVIDER, in milliseconds"),
      text("model_base_url", &C::embedding, &Embedding::model_base_url, "Mirror to download model files from instead of the addresses in their manifests"),
      one_of("text_embedding_provider", &C::text_embedding, &Texts::provider, {"none", "openai"}, "Provider of the text vectors of items, which searches compare queries with in addition to images: none, or openai (a server with OpenAI's embeddings API)"),
      text("text_embedding_model", &C::text_embedding, &Texts::model, "Model of the text embedding provider"),
      integer("text_embedding_dimensions", &C::text_embedding, &Texts::dimensions, 1, 16'384, "Dimensions of text vectors; longer vectors are truncated and normalised"),
      milliseconds("text_embedding_timeout", &C::text_embedding, &Texts::timeout, "Longest time that a query waits for the text embedding provider, in milliseconds; it then proceeds without text vectors"),
      secret("openai_base_url", &C::text_embedding, &Texts::base_url, "Base URL of the text embedding provider, without /embeddings"),
      secret("openai_api_key", &C::text_embedding, &Texts::api_key, "Key for the text embedding provider; empty: none is sent"),
      one_of("vlm_provider", &C::vlm, &Vlm::provider, {"none", "gemini", "openai"}, "Vision-language model that labels assets and clusters: none, gemini (Google's generateContent) or openai (a server with OpenAI's chat completions, such as Ollama or vLLM)"),
      boolean("vlm_enabled", &C::vlm, &Vlm::is_enabled, "Whether VLM_PROVIDER is asked; false switches it off without losing its settings"),
      text("vlm_model", &C::vlm, &Vlm::model, "Model of VLM_PROVIDER; empty: gemini-2.5-flash or gpt-4o-mini"),
      secret("vlm_base_url", &C::vlm, &Vlm::base_url, "Base URL of VLM_PROVIDER, without /models or /chat/completions; empty: Google's or OpenAI's"),
      secret("vlm_api_key", &C::vlm, &Vlm::api_key, "Key for VLM_PROVIDER; empty: none is sent"),
      secret("gemini_api_key", &C::vlm, &Vlm::gemini_api_key, "Key for VLM_PROVIDER=gemini where VLM_API_KEY is empty"),
      milliseconds("vlm_timeout", &C::vlm, &Vlm::timeout, "Longest time of one request to VLM_PROVIDER, in milliseconds"),
      integer("vlm_daily_limit", &C::vlm, &Vlm::daily_limit, 0, 1'000'000'000, "Requests of one catalogue to VLM_PROVIDER in a day (UTC); 0: no limit"),
      boolean("vlm_fallback_to_clip", &C::vlm, &Vlm::falls_back, "Whether the predictions of the local model are the labels where VLM_PROVIDER is none or cannot answer"),
      integer("batch_size", &C::embedding, &Embedding::batch_size, 1, 1024, "Largest number of images or texts in one batch of a model"),
      integer("max_concurrent_embeddings", &C::embedding, &Embedding::max_concurrent, 1, 64, "Batches that a model processes at a time"),
      one_of("embed_on_write", &C::embedding, &Embedding::on_write, {"inline", "async"}, "When images of written items are embedded: inline (before the response) or async (behind it, by jobs of the queue embed; the items are stored at once and found by their photos a little later)"),
      integer("embedding_threads", &C::embedding, &Embedding::threads, 0, 256, "Threads for one batch of a model; 0: the number of cores"),
      integer("max_image_bytes", &C::media, &Media::max_image_bytes, 1024, std::int64_t{1} << 32, "Largest image file in bytes"),
      integer("max_image_pixels", &C::media, &Media::max_image_pixels, 1, std::int64_t{1} << 34, "Largest width times height of an image"),
      integer("max_image_side", &C::media, &Media::max_image_side, 8, 1 << 24, "Largest width and height of an image"),
      integer("image_memory_bytes", &C::media, &Media::image_memory_bytes, 32 << 20, kMaxBytes, "Memory for all images that are decoded at a time, in bytes"),
      integer("max_request_pixels", &C::media, &Media::max_request_pixels, 1, std::int64_t{1} << 34, "Largest width times height, summed over the images of one request to /v1/embeddings"),
      milliseconds("image_timeout", &C::media, &Media::image_timeout, "Longest time to decode an image, in milliseconds"),
      integer("max_video_bytes", &C::media, &Media::max_video_bytes, 1024, kMaxBytes, "Largest video file in bytes; MAX_UPLOAD_BYTES limits what is sent"),
      duration("max_video_duration", &C::media, &Media::max_video_duration, 1, 86'400, "Longest video in seconds"),
      integer("max_video_pixels", &C::media, &Media::max_video_pixels, 1, std::int64_t{1} << 34, "Largest width times height of a video"),
      integer("max_video_streams", &C::media, &Media::max_video_streams, 1, 1000, "Most streams of pictures, sound and texts in a video"),
      integer("video_frames", &C::media, &Media::video_frames, 1, 16, "Most frames that stand for a video"),
      integer("video_memory_bytes", &C::media, &Media::video_memory_bytes, 64 << 20, kMaxBytes, "Memory for all videos that are decoded at a time, in bytes; one video gets at most 768 MiB of it"),
      milliseconds("video_timeout", &C::media, &Media::video_timeout, "Longest time to decode a video, in milliseconds"),
      integer("thumbnail_size", &C::media, &Media::thumbnail_side, 16, 4096, "Longer side of a thumbnail in pixels"),
      boolean("clusters", &C::clusters, &ClusterSettings::is_on, "Whether the server puts new images into clusters of images that look alike"),
      share("cluster_threshold", &C::clusters, &ClusterSettings::threshold, "Least cosine to the nearest image of a cluster at which an image joins it, in the scale of CLIP ViT-B/32; 0 to 1"),
      one_of("content_filter", &C::content, &Content::filter, {"off", "flag", "refuse"}, "What happens to objectionable images of new items: off (images are not judged), flag (their items wait for a review) or refuse"),
      text("content_filter_model", &C::content, &Content::model, "Model that judges images: the name of an installed content filter (fit model list) or the path of a model folder; empty: the block list alone counts"),
      text("content_filter_thresholds", &C::content, &Content::thresholds, "Classes of CONTENT_FILTER_MODEL with the probability from which on an image is objectionable, such as porn=0.9,hentai=0.9"),
      text("detector_model", &C::detection, &DetectionSettings::model, "Model that finds the garments in photos: the name of an installed detector (fit model list) or the path of a model folder; empty: garments are not detected"),
      integer("import_threads", &C::import, &ImportSettings::threads, 0, 256, "Threads that fetch and decode images in an import; 0: the number of cores"),
      milliseconds("fetch_timeout", &C::net, &NetSettings::fetch_timeout, "Longest time to fetch the images of one item or query, all attempts together, in milliseconds"),
      boolean("allow_private_addresses", &C::net, &NetSettings::allow_private_addresses, "Whether images may be fetched from private and loopback addresses"),
      text("crawl_contact", &C::crawl, &CrawlSettings::contact, "Web page or e-mail address of the operator, which sources of listings see in the User-Agent of requests"),
      duration("crawl_delay", &C::crawl, &CrawlSettings::delay, 0, kMaxMilliseconds, "Least time between two requests to a host of a source, in milliseconds; robots.txt and slow hosts make it longer"),
      one_of("index_kind", &C::index, &IndexSettings::kind, {"auto", "exact", "graph", "quantised"}, "Kind of the vector indexes of this process (SQLite): exact compares every vector, graph has all vectors in memory, quantised has codes in memory and vectors on disk; auto selects by the number of vectors and INDEX_MEMORY"),
      bytes("index_memory", &C::index, &IndexSettings::memory_bytes, 1 << 20, kMaxBytes, "Memory that one index may use before INDEX_KIND=auto selects quantised, in bytes or as 512MiB or 8GiB; 0: half of the memory of the machine"),
      integer("hnsw_m", &C::index, &IndexSettings::hnsw_m, 4, 128, "Links of a node in the index of this process (SQLite); more: better recall, more memory"),
      integer("hnsw_ef_construction", &C::index, &IndexSettings::hnsw_ef_construction, 16, 2000, "Search width while the index of this process is built; more: better recall, slower building"),
      integer("db_hnsw_m", &C::database, &Database::hnsw_m, 2, 100, "Links of a node in the indexes that PostgreSQL holds; applies when an index is built"),
      integer("db_hnsw_ef_construction", &C::database, &Database::hnsw_ef_construction, 4, 1000, "Search width while PostgreSQL builds an index; at least twice DB_HNSW_M"),
      text("rerank_spaces", &C::search, &SearchSettings::rerank_spaces, "Spaces whose similarity counts in the order of results besides the searched one, with weights, such as palette:0.5; fit tune learns them"),
      boolean("adaptive_fusion", &C::search, &SearchSettings::adaptive_fusion, "Whether the weights of the parts of scores and of RERANK_SPACES follow what people click, save and buy"),
      share("adaptive_fusion_share", &C::search, &SearchSettings::adaptive_fusion_share, "Share of the searches of known people, with ADAPTIVE_FUSION, whose results by adapted and by fixed weights are interleaved, from 0 to 1: the weights learn from these alone"),
      text("exchange_rates", &C::search, &SearchSettings::exchange_rates, "Rates by which price filters compare currencies: a CSV file with the columns currency and rate, or an http(s) URL such as that of the European Central Bank's daily XML; empty: prices are compared without regard to their currency"),
      text("weather_url", &C::weather, &WeatherSettings::url, "Server with Open-Meteo's interface that outfits ask for the weather of a place, such as https://api.open-meteo.com; empty: nobody is asked"),
      text("weather_places_url", &C::weather, &WeatherSettings::places_url, "Server with Open-Meteo's geocoding interface that knows places by their names, such as https://geocoding-api.open-meteo.com; empty: places are given by their degrees"),
      duration("vector_search_cache_ttl", &C::cache, &Cache::time_to_live, 0, 86'400, "Seconds for which results and the vectors of queries are cached; 0: no caching"),
      integer("vector_search_cache_bytes", &C::cache, &Cache::max_bytes, 0, kMaxBytes, "Memory of the cache in this process, in bytes"),
      secret("redis_url", &C::cache, &Cache::redis_url, "Redis server that is a second cache level, shared with other processes, such as redis://:password@host:6379/0 or unix:///path; empty: none"),
      integer("db_pool_size", &C::database, &Database::pool_size, 1, 256, "Database connections for reading that are kept open; one more writes"),
      integer("db_max_overflow", &C::database, &Database::max_overflow, 0, 256, "Further connections under load, on PostgreSQL"),
      milliseconds("db_statement_timeout", &C::database, &Database::statement_timeout, "Longest time of one statement on PostgreSQL, in milliseconds"),
      secret("database_read_url", &C::database, &Database::read_url, "Standbys of the PostgreSQL of DATABASE_URL that reads go to, separated by commas"),
      duration("db_check_interval", &C::database, &Database::check_interval, 0, 31'536'000, "Seconds between two checks of SQLite's tables in the background, the first at the start; 0: no checks"),
      milliseconds("db_max_replica_lag", &C::database, &Database::max_replica_lag, "How far a standby of DATABASE_READ_URL may lag behind, in milliseconds"),
  };
  // clang-format on
}

// Reads the file's keys and values as text. kInvalid for values of other types and for nested tables.
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

Result<void> set_setting(Config& config, std::string_view name, const std::string& field,
                         const std::string& value) {
  for (const Setting& setting : make_settings()) {
    if (setting.info.name == name) return setting.parse(config, field, value);
  }
  return invalid(field, "is not a known setting; fit config lists them all");
}

std::string environment_name(std::string_view setting) {
  std::string name(setting);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  });
  return name;
}

std::optional<std::string> environment_value(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string flag_name(std::string_view setting) {
  std::string name = "--" + std::string(setting);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string mask_url_password(std::string_view url) {
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

// Masks the password of a secret that is a URL, and the whole of another secret.
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
    if (is_env_file(file)) {
      // Other programs' variables may be in it, as they may be in the environment.
      FIT_TRY(from_file, read_env_file(file));
    } else {
      FIT_TRY(from_file, read_toml(file));
      FIT_CHECK(check_known(settings, from_file, file.string() + ": "));
    }
  }
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
  if (loaded.config.database.hnsw_ef_construction < 2 * loaded.config.database.hnsw_m) {
    return invalid("DB_HNSW_EF_CONSTRUCTION", "must be at least twice DB_HNSW_M");
  }
  return loaded;
}

}  // namespace fit
