#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <stop_token>

#include "base/version.h"
#include "catalog/chosen_space.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/model_command.h"
#include "cli/properties_command.h"
#include "http/signals.h"
#include "main/app.h"
#include "main/serve.h"
#include "store/migrate.h"
#include "store/pgvector/postgres_index.h"

namespace fit {
namespace {

// Requests the stop at the first SIGINT or SIGTERM while it lives; a second one ends the program at once.
class Interrupt {
 public:
  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  http::SignalWatch watch_{[this](int) { stop_.request_stop(); }};
};

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void tell(const std::string& what) {
  std::cerr << what << "\n";
}

// On PostgreSQL the graph of a space that is filled for the first time is built afterwards.
Result<void> build_indexes(const App& app, const domain::SpaceRecord& space, store::IndexesToBuild which) {
  const Config& config = app.config();
  return store::build_indexes(config.database_url, space, graph_options(config), which, &tell);
}

// Embeds, indexes and saves what an import or a change of model left to do.
Result<void> bring_up_to_date(App& app, const std::stop_token& stop) {
  FIT_CHECK(app.space().load_search());
  if (app.text_vectors() != nullptr) cli::fill_text_vectors(*app.text_vectors(), stop);
  for (search::SpaceIndex* const index : {app.space().index(), app.text_index()}) {
    if (index != nullptr) FIT_CHECK(cli::update_index(*index, stop));
  }
  return {};
}

Result<void> import(App& app, const cli::ImportArgs& args, const std::stop_token& stop) {
  const domain::SpaceRecord& space = app.space().record();
  FIT_CHECK(store::drop_empty_indexes(app.config().database_url, space));
  FIT_CHECK(cli::run_import(app.space().catalog(), args, stop));
  if (!args.vectors.empty()) FIT_CHECK(cli::run_vector_import(app.store(), args, stop));
  FIT_CHECK(build_indexes(app, space, store::IndexesToBuild::kMissing));
  return bring_up_to_date(app, stop);
}

Result<void> sample(App& app, const cli::SampleArgs& args, const std::stop_token& stop) {
  const std::filesystem::path folder = app.config().storage_path / "sample";
  FIT_CHECK(cli::draw_sample(folder, args, stop));
  return import(app,
                {.input = folder / "items.csv",
                 .source = "sample",
                 .rejects = folder / "rejects.ndjson",
                 .vectors = {},
                 .vectors_space = {}},
                stop);
}

Result<void> index(App& app, const cli::IndexArgs& args, const std::stop_token& stop) {
  if (args.action == cli::IndexAction::kBuild) {
    FIT_CHECK(cli::run_backfill(app.space().catalog(), stop));
    FIT_CHECK(build_indexes(app, app.space().record(), store::IndexesToBuild::kOfOtherOptionsToo));
    return bring_up_to_date(app, stop);
  }
  FIT_CHECK(app.space().load_search());
  return cli::print_index_status(app.store(), app.space().backend(),
                                 app.text_embedder() == nullptr ? nullptr : &app.text_space(), args);
}

// Into the space of args.space, or the active one.
Result<void> embed(App& app, const cli::EmbedArgs& args, const std::stop_token& stop) {
  std::unique_ptr<embed::Embedder> other;
  domain::SpaceRecord space = app.space().record();
  if (!args.space.empty()) {
    FIT_TRY(other, make_embedder(app.config(), app.metrics(), args.space));
    FIT_TRY(space, args.dry_run ? app.find_space(*other) : app.register_space(*other));
  }
  const catalog::ActiveSpace active{space.id, other ? other.get() : &app.space().embedder()};
  if (args.dry_run) return cli::run_embed(app.space().catalog(), app.store(), active, args, stop);
  FIT_CHECK(store::drop_empty_indexes(app.config().database_url, space));
  FIT_CHECK(cli::run_embed(app.space().catalog(), app.store(), active, args, stop));
  return build_indexes(app, space, store::IndexesToBuild::kMissing);
}

Result<void> run_search(App& app, const cli::SearchArgs& args, const std::stop_token& stop) {
  FIT_CHECK(bring_up_to_date(app, stop));
  return cli::run_search(app.space().engine(), args, image_limits(app.config()));
}

Result<void> run_space(const Config& config, const cli::SpaceArgs& args) {
  Metrics metrics;
  FIT_TRY(const auto store, store::open_catalogue(config.database_url));
  return cli::run_space(
      *store,
      [&](const std::string& model) { return embed::space_of(embedder_options(config, metrics, model)); },
      args);
}

// The name of the space that goes before the settings; empty where there is none, or no catalogue that can be
// looked at without changing it.
std::string chosen_space(const Config& config) {
  const auto steps = store::schema_steps(config.database_url);
  if (!steps || !std::ranges::all_of(*steps, &store::SchemaStep::is_applied)) return {};
  const auto store = store::open_catalogue(config.database_url);
  if (!store) return {};
  const auto chosen = catalog::chosen_space(**store);
  return chosen && *chosen ? (*chosen)->name : std::string();
}

// Commands that need the catalogue.
Result<void> run_with_app(const Config& config, const Log& log, const cli::CommandLine& line) {
  const bool serving = std::holds_alternative<cli::ServeArgs>(line.command);
  FIT_TRY(const auto app, App::open(config, log, {.local_paths = !serving, .remembers = serving}));
  if (serving) return serve(*app);
  const Interrupt interrupt;
  const std::stop_token stop = interrupt.token();
  if (const auto* args = std::get_if<cli::ImportArgs>(&line.command)) return import(*app, *args, stop);
  if (const auto* args = std::get_if<cli::SampleArgs>(&line.command)) return sample(*app, *args, stop);
  if (const auto* args = std::get_if<cli::EmbedArgs>(&line.command)) return embed(*app, *args, stop);
  if (const auto* args = std::get_if<cli::IndexArgs>(&line.command)) return index(*app, *args, stop);
  if (const auto* args = std::get_if<cli::PropertiesBackfillArgs>(&line.command))
    return cli::run_properties_backfill(app->space().catalog(), *args, stop);
  return run_search(*app, std::get<cli::SearchArgs>(line.command), stop);
}

Result<void> run(const LoadedConfig& loaded, const cli::CommandLine& line) {
  const Config& config = loaded.config;
  const Log log(config.log_level, config.log_format);
  if (const auto* args = std::get_if<cli::ConfigArgs>(&line.command)) {
    cli::print_config(loaded.values, chosen_space(config), *args);
    return {};
  }
  if (const auto* args = std::get_if<cli::PropertiesArgs>(&line.command)) return cli::run_properties(*args);
  if (const auto* args = std::get_if<cli::MigrateArgs>(&line.command)) return cli::run_migrate(config, *args);
  if (const auto* args = std::get_if<cli::SpaceArgs>(&line.command)) return run_space(config, *args);
  if (const auto* args = std::get_if<cli::AssetsArgs>(&line.command)) {
    const Interrupt interrupt;
    FIT_TRY(const auto store, store::open_catalogue(config.database_url));
    return cli::run_assets(*store, config, *args, interrupt.token());
  }
  FIT_CHECK(media::start_vips());
  if (const auto* args = std::get_if<cli::ModelArgs>(&line.command)) return cli::run_model(config, *args);
  if (const auto* args = std::get_if<cli::SampleArgs>(&line.command);
      args != nullptr && !args->output.empty()) {
    const Interrupt interrupt;
    return cli::draw_sample(args->output, *args, interrupt.token());
  }
  if (const auto* args = std::get_if<cli::BackupArgs>(&line.command)) {
    const Interrupt interrupt;
    return cli::run_backup(config, *args, interrupt.token());
  }
  if (const auto* args = std::get_if<cli::CopyArgs>(&line.command)) {
    const Interrupt interrupt;
    return cli::run_copy(*args, graph_options(config), interrupt.token());
  }
  Metrics metrics;
  const auto factory = [&](const std::string& space) { return make_embedder(config, metrics, space); };
  if (const auto* args = std::get_if<cli::EvalArgs>(&line.command)) {
    const Interrupt interrupt;
    return cli::run_eval(factory, *args, image_limits(config), interrupt.token());
  }
  if (const auto* args = std::get_if<cli::TuneArgs>(&line.command)) {
    const Interrupt interrupt;
    return cli::run_tune(factory, *args, image_limits(config), interrupt.token());
  }
  return run_with_app(config, log, line);
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
  line->config.environment = fit::environment;
  const auto loaded = fit::load_config(line->config);
  if (!loaded) {
    fit::print_error(loaded.error());
    return 2;
  }
  const auto done = fit::run(*loaded, *line);
  if (done) return 0;
  fit::print_error(done.error());
  return done.error().code == fit::ErrorCode::kCancelled ? 130 : 1;
}
