#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/arguments.h"
#include "cli/context.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the name of the library
class App;
}

namespace fit::cli {

// The effect of SIGINT and SIGTERM while a command runs. A second signal always ends the process.
enum class OnSignal : std::uint8_t {
  kEnd,  // end the process at once
  kStop  // request Context::stop, so that the command ends early and reports what it did
};

// What a command does with the tenant of --tenant.
enum class TenantUse : std::uint8_t {
  kCatalogue,  // works on its catalogue, which must be there
  kPlace,      // works where its catalogue is, or was
  kAccounts,   // works on its accounts, which are in the catalogue of the tenant "default"
  kNone,       // is for the whole installation: --tenant is refused
};

// Commands with a name in common, such as `fit model list` and `fit model pull`. A command that was added
// before may have the name too, such as `fit backup` beside `fit backup verify`; then its own help counts.
struct CommandGroup {
  std::string name;
  std::string help;
};

// The name of a command and the requirements of its execution.
struct CommandInfo {
  std::optional<CommandGroup> group = std::nullopt;
  std::string name;
  std::string help;
  OnSignal on_signal = OnSignal::kEnd;
  bool decodes_images = false;  // media::start_vips() must be called before
  TenantUse tenant_use = TenantUse::kCatalogue;
};

// A command with its parsed arguments. It prints its result to standard output and its progress to
// standard error, and returns an Error for main/ to print: kCancelled when it was stopped.
struct Command {
  CommandInfo info;
  std::function<Result<void>(const Context&)> run;
};

// Whether a call ended because a stop was requested; its report is valid then.
inline bool is_stopped(const Result<void>& result) {
  return !result && result.error().code == ErrorCode::kCancelled;
}

// Collects the commands, and holds the requested one after the command line is parsed.
class CommandSet {
 public:
  // `app` must outlive this object.
  explicit CommandSet(CLI::App& app) : app_(app) {}

  // `declare` declares the command's arguments; `run` gets their values.
  template <class Args>
  void add(CommandInfo info, void (*declare)(Arguments&, Args&),
           std::function<Result<void>(const Args&, const Context&)> run) {
    const auto args = std::make_shared<Args>();
    Arguments arguments = add_command({std::move(info), [args, run = std::move(run)](const Context& context) {
                                         return run(*args, context);
                                       }});
    declare(arguments, *args);
  }
  // A command without arguments.
  void add(CommandInfo info, std::function<Result<void>(const Context&)> run) {
    add_command({std::move(info), std::move(run)});
  }

  // The requested command; valid after the parsing.
  Command& given() { return given_; }

 private:
  Arguments add_command(Command command);

  CLI::App& app_;
  std::map<std::string, CLI::App*> parents_;  // groups, and commands that are none, by name
  Command given_;
};

}  // namespace fit::cli
