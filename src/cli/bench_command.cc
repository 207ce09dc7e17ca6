#include <filesystem>
#include <iostream>
#include <optional>

#include "base/files.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "cli/commands.h"
#include "evaluate/load/load_run.h"

namespace fit::cli {
namespace {

struct LoadArgs {
  std::string url;
  std::optional<double> rate;
  int duration_s = 30;
  int ramp_s = 0;
  std::string mix = "search=90,write=8,ingest=2";
  int connections = 64;
  int timeout_s = 30;
  int interval_s = 10;
  std::filesystem::path key_file;
  bool keep = false;
  bool remote = false;
  bool json = false;
};

constexpr double kDefaultRate = 10;
constexpr std::uint64_t kMaxKeyBytes = 4096;

void declare(Arguments& arguments, LoadArgs& args) {
  arguments.positional("URL", args.url, "The server, such as http://127.0.0.1:8000");
  arguments.option("--rate", args.rate,
                   "Requests in a second (default 10), however slowly the server answers");
  arguments.number("--duration", args.duration_s, 1, 86'400,
                   "Seconds for which requests start, with the ramp");
  arguments.number("--ramp", args.ramp_s, 0, 86'400, "Seconds in which the rate grows evenly from 0");
  arguments.option("--mix", args.mix,
                   "Shares of searches, of writes of items and of photos to ingest "
                   "(default search=90,write=8,ingest=2)");
  arguments.number("--connections", args.connections, 1, 512,
                   "Requests under way at most; further ones start late");
  arguments.number("--timeout", args.timeout_s, 1, 600, "Seconds for one request");
  arguments.number("--interval", args.interval_s, 1, 3600, "Seconds of one row of the course of the run");
  arguments.option("--key-file", args.key_file,
                   "File with an API key; its scope metrics adds the server's metrics");
  arguments.flag("--keep", args.keep, "Keep the items and assets that the run makes");
  arguments.flag("--remote", args.remote, "Allow a server that is not on this machine");
  arguments.flag("--json", args.json, "Print JSON");
}

Result<evaluate::LoadOptions> options_of(const LoadArgs& args) {
  using std::chrono::seconds;
  evaluate::LoadOptions options;
  FIT_TRY(options.target, evaluate::load_target(args.url, args.remote));
  if (!args.key_file.empty()) {
    FIT_TRY(const Bytes key, read_file(args.key_file, kMaxKeyBytes));
    options.target.key = std::string(trim(as_text(key)));
  }
  FIT_TRY(options.mix, evaluate::LoadMix::parse(args.mix));
  options.shape = {.rate = args.rate.value_or(kDefaultRate),
                   .ramp = seconds(args.ramp_s),
                   .duration = seconds(args.duration_s)};
  options.connections = args.connections;
  options.timeout = seconds(args.timeout_s);
  options.interval = seconds(args.interval_s);
  options.keeps_what_it_writes = args.keep;
  return options;
}

Result<void> run(const LoadArgs& args, const Context& context) {
  FIT_TRY(const evaluate::LoadOptions options, options_of(args));
  ProgressBar bar("load", "requests");
  const auto report = evaluate::run_load(options, bar.progress(), context.stop);
  bar.finish();
  if (!report) return report.error();
  std::cout << (args.json ? dump_json(evaluate::to_json(*report), 2) + "\n" : evaluate::to_table(*report));
  if (report->was_stopped) return cancelled();
  return {};
}

}  // namespace

void add_bench(CommandSet& commands) {
  commands.add<LoadArgs>(
      {.group = CommandGroup{"bench", "Measure a running server"},
       .name = "load",
       .help = "Send requests at a constant rate and report latencies from their planned starts",
       .on_signal = OnSignal::kStop,
       .decodes_images = true,
       .tenant_use = TenantUse::kNone},
      declare, run);
}

}  // namespace fit::cli
