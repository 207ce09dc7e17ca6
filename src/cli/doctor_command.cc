#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <iterator>

#include "base/format.h"
#include "base/json.h"
#include "base/machine_memory.h"
#include "cli/commands.h"
#include "embed/model_store.h"
#include "index/kernels/kernels.h"
#include "monitor/dependency_checks.h"
#include "monitor/machine_checks.h"
#include "net/http_client.h"
#include "sql/database_url.h"

namespace fit::cli {
namespace {

using monitor::Finding;
using monitor::Findings;
using monitor::Severity;

// The files that a server has open besides its connections: databases, snapshots, models, logs.
constexpr std::uint64_t kOtherFiles = 256;

struct DoctorArgs {
  bool json = false;
};

void declare(Arguments& arguments, DoctorArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kOk:
      return "ok";
    case Severity::kWarning:
      return "warning";
    case Severity::kFault:
      return "fault";
  }
  return "fault";
}

void append(Findings& findings, Findings more) {
  std::ranges::move(more, std::back_inserter(findings));
}

store::OpenOptions database_options(const DatabaseSettings& settings) {
  return {.connections = settings.pool_size,
          .overflow_connections = settings.max_overflow,
          .statement_timeout = settings.statement_timeout};
}

void check_settings(const Context& context, Findings& findings) {
  const auto errors = context.check_server_settings();
  for (const Error& error : errors) {
    findings.push_back(monitor::fault("settings", fit::format("{}: {}", error.field, error.message),
                                      "correct it: fit config shows where each setting comes from"));
  }
  if (errors.empty()) findings.push_back(monitor::ok("settings", "the server accepts them"));
}

void check_folders(const Config& config, Findings& findings) {
  const uid_t user = ::geteuid();
  const std::filesystem::path& storage = config.storage.path;
  findings.push_back(monitor::check_folder("STORAGE_PATH", storage, user));
  if (!sql::is_postgres(config.database.url)) {
    const auto file = sql::sqlite_path(config.database.url);
    if (file && file->parent_path() != storage) {
      const auto folder = file->has_parent_path() ? file->parent_path() : std::filesystem::path(".");
      findings.push_back(monitor::check_folder("DATABASE_URL", folder, user));
    }
  }
  if (const auto space = monitor::read_disk_space(storage)) {
    findings.push_back(monitor::check_disk_space(*space));
  }
}

void check_machine(const Context& context, const monitor::DatabaseReport& database, Findings& findings) {
  const Config& config = context.config();
  monitor::MemoryNeed need{
      .index = 0,
      .budgets = config.media.image_memory_bytes + config.media.video_memory_bytes + config.cache.max_bytes};
  // PostgreSQL has the index in its own memory.
  if (!sql::is_postgres(config.database.url)) {
    const index::IndexOptions options{.dimensions = static_cast<int>(database.dimensions),
                                      .m = config.index.hnsw_m};
    need.index = monitor::index_bytes(database.images, context.index_policy, options);
    findings.push_back(monitor::check_index(database.images, context.index_policy, options,
                                            index::room_left(config.storage.path)));
  }
  if (const auto limit = memory_limit()) findings.push_back(monitor::check_memory(need, *limit));
  const std::uint64_t files =
      config.http.max_connections + config.database.pool_size + config.database.max_overflow + kOtherFiles;
  findings.push_back(monitor::check_open_files(monitor::read_open_file_limit(), files));
  findings.push_back(monitor::check_clock(monitor::read_clock()));
  findings.push_back(monitor::check_processor(index::best_kernels().target));
}

void check_models(const Config& config, Findings& findings) {
  const embed::ModelStore models(config.models_folder());
  if (config.embedding.provider == "onnx") {
    findings.push_back(monitor::check_model(models, config.embedding.model));
  }
  if (config.content.filter != "off" && !config.content.model.empty()) {
    findings.push_back(monitor::check_model(models, config.content.model));
  }
  if (!config.detection.model.empty()) {
    findings.push_back(monitor::check_model(models, config.detection.model));
  }
}

void check_services(const Context& context, Findings& findings) {
  const Config& config = context.config();
  if (!config.cache.redis_url.empty()) {
    append(findings, monitor::check_redis(config.cache.redis_url, config.jobs.backend == "redis"));
  }
  if (!config.mail.url.empty()) findings.push_back(monitor::check_mail(config.mail.url));
  if (!config.storage.backend.empty()) {
    if (const auto storage = context.open_storage("STORAGE_BACKEND", "")) {
      findings.push_back(monitor::check_storage(*storage->store("images"), storage->url()));
    } else {
      findings.push_back(monitor::fault("images", storage.error().message, "correct STORAGE_BACKEND"));
    }
  }
}

void check_addresses(const Context& context, Findings& findings) {
  const HttpSettings& http = context.config().http;
  append(findings, monitor::check_exposure({.is_beyond_loopback = context.is_beyond_loopback,
                                            .has_tls = !http.tls_cert.empty(),
                                            .public_url = http.public_url,
                                            .trusted_proxies = http.trusted_proxies}));
  if (http.public_url.empty()) return;
  net::HttpClient client({.allow_private_addresses = true});
  findings.push_back(monitor::check_public_url(http.public_url, client));
}

void print_json(const Findings& findings, bool is_ok) {
  Json list = Json::array();
  for (const Finding& one : findings) {
    list.push_back({{"name", one.check},
                    {"state", to_string(one.severity)},
                    {"found", one.what},
                    {"advice", one.advice.empty() ? Json(nullptr) : Json(one.advice)}});
  }
  std::cout << dump_json({{"ok", is_ok}, {"checks", std::move(list)}}, 2) << "\n";
}

void print_text(const Findings& findings) {
  for (const Finding& one : findings) {
    std::cout << fit::format("{:<8} {:<16} {}\n", to_string(one.severity), one.check, one.what);
    if (!one.advice.empty()) std::cout << fit::format("{:<8} {:<16} {}\n", "", "-> what to do:", one.advice);
  }
}

Result<void> run(const DoctorArgs& args, const Context& context) {
  const Config& config = context.config();
  Findings findings;
  check_settings(context, findings);
  check_folders(config, findings);
  monitor::DatabaseReport database =
      monitor::check_database(config.database.url, database_options(config.database));
  append(findings, std::move(database.findings));
  check_machine(context, database, findings);
  check_models(config, findings);
  check_services(context, findings);
  check_addresses(context, findings);

  const auto faults = std::ranges::count(findings, Severity::kFault, &Finding::severity);
  if (args.json) {
    print_json(findings, faults == 0);
  } else {
    print_text(findings);
  }
  if (faults == 0) return {};
  return Error{
      ErrorCode::kUnavailable, fit::format("{} fault{} found", faults, faults == 1 ? "" : "s"), {}, {}};
}

}  // namespace

void add_doctor(CommandSet& commands) {
  commands.add<DoctorArgs>(
      {.name = "doctor",
       .help = "Say what is wrong with this machine and configuration, and what to do about it",
       .tenant_use = TenantUse::kNone},
      declare, run);
}

}  // namespace fit::cli
