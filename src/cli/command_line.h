#pragma once

#include <expected>
#include <span>
#include <string>

#include "base/config.h"
#include "cli/command_set.h"
#include "cli/commands.h"

namespace fit::cli {

// A parsed command line.
struct CommandLine {
  ConfigSources config;            // flags and --config; the caller adds the environment
  std::string tenant = "default";  // --tenant, not checked
  Command command;
};

// Parses the arguments of the program. Wrong usage, the help and the version are printed here; the exit
// status is returned instead: 0 after the help or the version, 2 for wrong usage.
std::expected<CommandLine, int> parse_command_line(int argc, const char* const* argv,
                                                   std::span<AddCommand* const> commands = kCommands);

}  // namespace fit::cli
