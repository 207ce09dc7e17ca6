#include <unistd.h>

#include <csignal>
#include <iostream>
#include <optional>
#include <stop_token>

#include "accounts/accounts.h"
#include "base/signal_watch.h"
#include "cli/command_line.h"
#include "embed/provider.h"
#include "main/options.h"
#include "main/runtime.h"
#include "main/serve.h"
#include "main/settings_check.h"
#include "main/tenant.h"
#include "main/tenant_config.h"
#include "main/worker.h"

namespace fit {
namespace {

// Opens the catalogue of the settings for a command.
Result<cli::OpenCatalogue> open_catalogue(const Config& config, const Log& log) {
  struct Owner {
    std::unique_ptr<Runtime> runtime;
    std::unique_ptr<Tenant> tenant;
  };
  const auto owner = std::make_shared<Owner>();
  FIT_TRY(owner->runtime, Runtime::open(config, log, {.is_server = false}));
  FIT_TRY(owner->tenant, Tenant::open(*owner->runtime, config, {.allow_local_paths = true}));
  Tenant& tenant = *owner->tenant;
  return cli::OpenCatalogue{
      .owner = owner, .store = tenant.store(), .space = tenant.space(), .texts = tenant.texts()};
}

// The record of a tenant besides "default", from the catalogue of "default".
Result<accounts::Tenant> find_tenant(const Config& config, const std::string& name) {
  FIT_TRY(const auto store, store::open_catalogue(config.database.url, store_options(config.database)));
  return accounts::Accounts(store->database()).tenants().get(name);
}

// The settings for a command that works on a tenant: those of the server, with the place and the settings of
// the tenant where the command works on its catalogue.
Result<LoadedConfig> settings_for(const cli::CommandInfo& command, const LoadedConfig& server,
                                  const std::string& tenant) {
  if (tenant == accounts::kDefaultTenant) return server;
  if (command.tenant_use == cli::TenantUse::kNone) {
    return invalid("--tenant", "has no meaning here: the command is for the whole installation");
  }
  FIT_CHECK(accounts::check_tenant_name("--tenant", tenant));
  FIT_TRY(const accounts::Tenant record, find_tenant(server.config, tenant));
  if (command.tenant_use == cli::TenantUse::kAccounts) return server;
  LoadedConfig settings = server;
  FIT_TRY(settings.config, tenant_config(server.config, record));
  if (command.tenant_use == cli::TenantUse::kCatalogue) {
    FIT_TRY(const auto place, tenants::place_of(place_of(server.config), tenant));
    FIT_CHECK(tenants::check_catalogue(place));
  }
  return settings;
}

Result<void> run_command(const cli::Command& command, const LoadedConfig& server, const std::string& tenant) {
  if (command.info.decodes_images) FIT_CHECK(media::start_vips());  // forks, so it precedes all threads
  FIT_TRY(const LoadedConfig settings, settings_for(command.info, server, tenant));
  const Config& config = settings.config;
  const LogFormat by_output = isatty(STDERR_FILENO) == 1 ? LogFormat::kText : LogFormat::kJson;
  const Log log(config.log.level, config.log.format.value_or(by_output));
  std::stop_source stop;
  std::optional<SignalWatch> watch;
  if (command.info.on_signal == cli::OnSignal::kStop) watch.emplace([&stop](int) { stop.request_stop(); });
  ByteBudget image_memory(config.media.image_memory_bytes);
  Metrics metrics;
  serving::EmbedderPool embedders(
      {.space_of = [&](const auto& name) { return embed::space_of(embedder_options(config, metrics, name)); },
       .make =
           [&](const auto& name) { return embed::make_embedder(embedder_options(config, metrics, name)); }});
  return command.run(
      {.settings = settings,
       .log = log,
       .stop = stop.get_token(),
       .embedders = embedders,
       .image_limits = image_limits(config.media, image_memory),
       .graph = graph_options(config.database),
       .index_policy = index_policy(config.index),
       .open_storage = [&](std::string_view field,
                           const std::string& url) { return open_storage(config.storage, field, url); },
       .open_catalogue = [&] { return open_catalogue(config, log); },
       .serve = [&] { return serve(config, log); },
       .work = [&] { return work(config, log, stop.get_token()); },
       .tenant = tenant,
       .check_tenant_settings =
           [&](const auto& wanted) { return check_tenant_settings(server.config, wanted); },
       .check_server_settings = [&] { return check_server_settings(config, log); },
       .is_beyond_loopback = listens_beyond_loopback(config.http),
       .crawler = crawler_options(config.crawl)});
}

void print_error(const Error& error) {
  std::cerr << "fit: ";
  if (!error.field.empty()) std::cerr << error.field << ": ";
  std::cerr << error.message;
  if (!error.detail.empty()) std::cerr << " (" << error.detail << ")";
  std::cerr << "\n";
}

}  // namespace
}  // namespace fit

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  auto line = fit::cli::parse_command_line(argc, argv);
  if (!line) return line.error();
  line->config.environment = fit::environment_value;
  const auto loaded = fit::load_config(line->config);
  if (!loaded) {
    fit::print_error(loaded.error());
    return 2;
  }
  const auto done = fit::run_command(line->command, *loaded, line->tenant);
  if (done) return 0;
  fit::print_error(done.error());
  return done.error().code == fit::ErrorCode::kCancelled ? 130 : 1;
}
