#include "monitor/dependency_checks.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "cache/redis_connection.h"
#include "net/smtp_client.h"
#include "sql/database_url.h"
#include "store/migrate.h"

namespace fit::monitor {
namespace {

using std::chrono::milliseconds;

constexpr double kMaxClockDifferenceS = 5;
// What PostgreSQL keeps for superusers, and what other programs may need.
constexpr std::int64_t kSpareConnections = 5;

std::string text_of(const Error& error) {
  std::string text = error.field.empty() ? error.message : error.field + ": " + error.message;
  if (!error.detail.empty()) text += fit::format(" ({})", error.detail);
  return text;
}

std::string advice_for_database(const Error& error, bool is_postgres) {
  switch (error.code) {
    case ErrorCode::kConflict:
      return "install the version of the program that wrote the catalogue, or a newer one";
    case ErrorCode::kUnavailable:
      return is_postgres ? "start PostgreSQL, and check host, port and firewall of DATABASE_URL"
                         : "end the program that has locked the file";
    case ErrorCode::kStorageFull:
      return "give the file and its folder to the user of the service, and check that the disk has space";
    case ErrorCode::kDamaged:
    case ErrorCode::kInternal:
      return "run fit check to see what is damaged, and restore a backup if it says so";
    default:
      return is_postgres
                 ? "correct DATABASE_URL; the database needs UTF-8, PostgreSQL 15 and pgvector 0.8 or newer"
                 : "correct DATABASE_URL: sqlite:////var/lib/fit/fit.db has four slashes";
  }
}

// The connections that a server of this configuration may hold.
std::int64_t connections_of(const store::OpenOptions& options) {
  return static_cast<std::int64_t>(options.connections + options.overflow_connections) + 3;
}

Result<Findings> check_postgres(store::Catalogue& catalogue, const store::OpenOptions& options) {
  struct Seen {
    std::int64_t connections = 0;
    double ahead_s = 0;
  };
  FIT_TRY(const Seen seen, catalogue.database().read([](sql::SqlConnection& connection) -> Result<Seen> {
    FIT_TRY(const auto most,
            connection.query_integer("SELECT current_setting('max_connections')::bigint", {}));
    const std::string ask = fit::format("SELECT {}", connection.dialect().server_time);
    FIT_TRY(const auto time, connection.query_integer(ask, {}));
    const auto here = now().time_since_epoch().count();
    return Seen{.connections = most.value_or(0),
                .ahead_s = static_cast<double>(time.value_or(here) - here) / 1e6};
  }));
  Findings findings;
  const std::int64_t needed = connections_of(options) + kSpareConnections;
  const std::string what = fit::format("the server allows {} connections, and one process holds up to {}",
                                       seen.connections, connections_of(options));
  findings.push_back(
      seen.connections >= needed
          ? ok("connections", what)
          : fault("connections", what,
                  "raise max_connections of PostgreSQL, lower DB_POOL_SIZE and DB_MAX_OVERFLOW, or "
                  "put PgBouncer in front"));
  const std::string difference = fit::format(
      "the clock of the database differs by {:.1f} s from that of this machine", std::abs(seen.ahead_s));
  findings.push_back(std::abs(seen.ahead_s) <= kMaxClockDifferenceS
                         ? ok("database clock", difference)
                         : fault("database clock", difference,
                                 "synchronise both clocks: leases of jobs and sessions are timed by them"));
  return findings;
}

// Measures an open catalogue whose schema is up to date.
Result<void> measure(store::Catalogue& catalogue, const store::OpenOptions& options, bool is_postgres,
                     DatabaseReport& report) {
  FIT_CHECK(catalogue.check());
  FIT_TRY(const store::Counts counts, catalogue.items().counts());
  FIT_TRY(const auto spaces, catalogue.spaces().list());
  report.images = static_cast<std::uint64_t>(counts.images);
  for (const domain::SpaceRecord& space : spaces) {
    if (space.of != domain::VectorsOf::kImages) continue;
    report.dimensions = std::max(report.dimensions, static_cast<std::uint64_t>(space.dimensions));
  }
  report.findings.push_back(ok(
      "database",
      fit::format("{} items with {} images", with_thousands(counts.items), with_thousands(counts.images))));
  if (!is_postgres) return {};
  FIT_TRY(Findings more, check_postgres(catalogue, options));
  std::ranges::move(more, std::back_inserter(report.findings));
  return {};
}

std::string reply_member(const cache::RedisConnection::Reply& reply) {
  return reply.items.size() == 2 ? reply.items[1] : std::string();
}

// What a Redis server that says where jobs wait must keep (docs/ingestion.md).
Result<Finding> check_queue(cache::RedisConnection& redis) {
  const std::string name = "redis queue";
  FIT_TRY(const auto append, redis.run({"CONFIG", "GET", "appendonly"}));
  FIT_TRY(const auto policy, redis.run({"CONFIG", "GET", "maxmemory-policy"}));
  if (!append.refusal.empty() || !policy.refusal.empty()) {
    return ok(name, "the server does not show its settings");
  }
  const std::string kept = reply_member(append);
  const std::string evicted = reply_member(policy);
  if (evicted.starts_with("allkeys")) {
    return warning(name, fit::format("maxmemory-policy {} evicts queues", evicted),
                   "set maxmemory-policy volatile-lru or noeviction");
  }
  if (kept != "yes") {
    return warning(name, "the queue is lost when Redis ends, and is then read from the database again",
                   "set appendonly yes");
  }
  return ok(name, "queues are kept");
}

bool trusts_everybody(std::string_view proxies) {
  return proxies.find("0.0.0.0/0") != std::string_view::npos ||
         proxies.find("::/0") != std::string_view::npos;
}

}  // namespace

DatabaseReport check_database(const std::string& url, const store::OpenOptions& options) {
  DatabaseReport report;
  const bool is_postgres = sql::is_postgres(url);
  const auto failed = [&](const Error& error) {
    report.findings.push_back(fault("database", text_of(error), advice_for_database(error, is_postgres)));
    return report;
  };
  const auto steps = store::schema_steps(url);
  if (!steps) return failed(steps.error());
  const auto missing = std::ranges::count(*steps, false, &store::SchemaStep::is_applied);
  if (missing == std::ssize(*steps)) {
    report.findings.push_back(ok("database", "there is no catalogue yet; the first start makes it"));
    return report;
  }
  if (missing > 0) {
    report.findings.push_back(warning("database", fit::format("{} migrations are missing", missing),
                                      "make a backup; then fit migrate, or the next start, applies them"));
    return report;
  }
  const auto catalogue = store::open_catalogue(url, options);
  if (!catalogue) return failed(catalogue.error());
  if (const auto measured = measure(**catalogue, options, is_postgres, report); !measured) {
    return failed(measured.error());
  }
  return report;
}

Findings check_redis(const std::string& url, bool has_queue) {
  const auto address = cache::parse_redis_url(url);
  if (!address) return {fault("redis", text_of(address.error()), "correct REDIS_URL")};
  const auto session = cache::RedisConnection::open(*address, milliseconds(3000), milliseconds(3000));
  if (!session) {
    const std::string advice = session.error().code == ErrorCode::kUnauthorized
                                   ? "correct user and password in REDIS_URL"
                                   : "start Redis, and check host, port and firewall of REDIS_URL";
    return {fault("redis", text_of(session.error()), advice)};
  }
  Findings findings = {ok("redis", "the server answers")};
  if (!has_queue) return findings;
  auto queue = check_queue(**session);
  findings.push_back(queue ? *std::move(queue)
                           : fault("redis queue", text_of(queue.error()), "look into the log of Redis"));
  return findings;
}

Finding check_mail(const std::string& url) {
  auto server = net::SmtpServer::parse("SMTP_URL", url);
  if (!server) return fault("mail", text_of(server.error()), "correct SMTP_URL");
  const net::SmtpClient client(*std::move(server));
  const auto checked = client.check({});
  if (checked) return ok("mail", "the mail server answers and takes the credentials");
  return fault(
      "mail", text_of(checked.error()),
      "check host, port and firewall of SMTP_URL, user and password, and the certificate of the server "
      "(SSL_CERT_FILE names other authorities)");
}

Finding check_storage(const blobs::BlobStore& files, const std::string& place) {
  const auto probed = files.probe();
  if (probed) return ok("images", fit::format("{} can be used", place));
  return fault(
      "images", fit::format("{}: {}", place, text_of(probed.error())),
      place.starts_with("s3://")
          ? "check S3_ENDPOINT, S3_REGION, the bucket, the keys and their rights to list, get, put and delete"
          : "give the folder to the user of the service");
}

Finding check_model(const embed::ModelStore& models, const std::string& model) {
  const std::string pull = fit::format("download it: fit model pull {}", model);
  const auto entry = models.find(model);
  if (!entry) return fault("model", text_of(entry.error()), "choose a model of fit model list");
  if (entry->in_program) return ok("model", fit::format("{} is part of the program", model));
  if (entry->state == embed::ModelState::kNotInstalled) {
    return fault("model", fit::format("{} is not installed", model), pull);
  }
  const auto checks = models.verify(model);
  if (!checks) return fault("model", text_of(checks.error()), pull);
  for (const embed::FileCheck& file : *checks) {
    if (!file.ok) return fault("model", fit::format("{} {}: {}", model, file.path, file.message), pull);
  }
  return ok("model", fit::format("the {} files of {} have their checksums", checks->size(), model));
}

Findings check_exposure(const Exposure& exposure) {
  const std::string name = "public address";
  const bool is_https = exposure.public_url.starts_with("https://");
  Findings findings;
  if (trusts_everybody(exposure.trusted_proxies)) {
    findings.push_back(fault("proxies", "TRUSTED_PROXIES trusts every address: any client can forge its own",
                             "name the addresses of the proxies only"));
  }
  if (is_https && !exposure.has_tls && exposure.trusted_proxies.empty()) {
    findings.push_back(
        fault(name,
              "PUBLIC_URL is https, but this server has no certificate and trusts no proxy: it takes "
              "every request for plain HTTP from the proxy's address",
              "name the proxy in TRUSTED_PROXIES and let it set X-Forwarded-For and "
              "X-Forwarded-Proto, or set TLS_CERT and TLS_KEY"));
  } else if (exposure.has_tls && exposure.public_url.starts_with("http://")) {
    findings.push_back(fault(name, "PUBLIC_URL is plain http, but the server speaks TLS only",
                             "let PUBLIC_URL begin with https://"));
  } else if (exposure.is_beyond_loopback && !exposure.has_tls && exposure.trusted_proxies.empty()) {
    findings.push_back(warning(name, "other machines reach this server without encryption",
                               "set TLS_CERT and TLS_KEY, or put a proxy with TLS in front and name it in "
                               "TRUSTED_PROXIES"));
  } else if (exposure.is_beyond_loopback && exposure.public_url.empty()) {
    findings.push_back(warning(name, "PUBLIC_URL is not set: links in mail and feeds lead to APP_HOST",
                               "set PUBLIC_URL to the address that people type"));
  }
  if (findings.empty()) {
    findings.push_back(ok(name, exposure.public_url.empty() ? "only this machine reaches the server"
                                                            : fit::format("{}", exposure.public_url)));
  }
  return findings;
}

Finding check_public_url(const std::string& public_url, net::HttpClient& http) {
  const std::string name = "way to the server";
  const std::string url = public_url + (public_url.ends_with('/') ? "live" : "/live");
  const std::string advice =
      "if the server runs, check the name (DNS), the proxy, its certificate and the firewall";
  net::HttpLimits limits;
  limits.total_timeout = milliseconds(5000);
  limits.retries = 0;
  const auto response = http.get("PUBLIC_URL", url, limits);
  if (!response) {
    return warning(name, fit::format("{} does not answer: {}", url, text_of(response.error())), advice);
  }
  const auto json = parse_json("body", as_text(response->body));
  if (!json || !json->is_object() || json->value("status", "") != "live") {
    return warning(name, fit::format("{} is answered by something else", url), advice);
  }
  return ok(name, fit::format("{} answers", url));
}

}  // namespace fit::monitor
