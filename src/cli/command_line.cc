#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "base/version.h"

namespace fit::cli {
namespace {

void add_settings(CLI::App& app, ConfigSources& config) {
  app.add_option_function<std::filesystem::path>(
         "--config", [&config](const std::filesystem::path& file) { config.file = file; },
         "Settings file [./fit.toml]")
      ->check(CLI::ExistingFile);
  for (const SettingInfo& info : setting_infos()) {
    app.add_option_function<std::string>(
           flag_name(info.name),
           [&config, name = info.name](const std::string& value) { config.flags[name] = value; }, info.help)
        ->group("Settings (each also as an environment variable: --app-port is APP_PORT)");
  }
}

}  // namespace

Arguments CommandSet::add_command(Command command) {
  CLI::App* parent = &app_;
  if (const auto& group = command.info.group) {
    CLI::App*& made = parents_[group->name];
    if (made == nullptr) {
      made = app_.add_subcommand(group->name, group->help);
      made->require_subcommand(1);
      made->fallthrough();
    }
    parent = made;
  }
  CLI::App* const added = parent->add_subcommand(command.info.name, command.info.help);
  added->fallthrough();  // settings may follow the command
  added->callback([this, added, command = std::move(command)] {
    // The callback of a command runs after that of its sub-command, which is the requested one.
    if (added->get_subcommands().empty()) given_ = command;
  });
  if (parent == &app_) parents_[added->get_name()] = added;
  return Arguments(*added);
}

std::expected<CommandLine, int> parse_command_line(int argc, const char* const* argv,
                                                   std::span<AddCommand* const> commands) {
  CLI::App app("Find This Fit: a photo in, look-alike listings out", "fit");
  app.set_version_flag("--version", std::string(fit::kVersion));
  app.require_subcommand(1);
  app.fallthrough();
  CommandLine line;
  add_settings(app, line.config);
  app.add_option("--tenant", line.tenant, "Tenant to work on [default]");
  CommandSet set(app);
  for (AddCommand* const add : commands) add(set);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error, std::cout, std::cerr);
    return std::unexpected(status == 0 ? 0 : 2);
  }
  line.command = std::move(set.given());
  return line;
}

}  // namespace fit::cli
