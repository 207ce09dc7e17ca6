#include <iostream>
#include <thread>

#include "base/background_task.h"
#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "ingest/sources/listing_json.h"
#include "ingest/sources/source_service.h"
#include "jobs/workers.h"
#include "net/http_client.h"

namespace fit::cli {
namespace {

using ingest::RunRecord;
using ingest::RunState;
using ingest::SourceKind;
using ingest::SourceRecord;

constexpr std::chrono::milliseconds kRunPoll{200};
constexpr int kPollsToStranded = 50;

struct TestArgs {
  std::string address;
  std::string kind;
  std::string settings;
  bool json = false;
};

struct AddArgs {
  std::string address;
  std::string kind;
  std::string settings;
  std::string name;
  std::string schedule = "3h";
  std::string time_zone = "UTC";
  std::int64_t jitter_s = 0;
};

struct ListArgs {
  bool json = false;
};

struct NameArgs {
  std::string name;
};

void declare(Arguments& arguments, TestArgs& args) {
  arguments.positional("ADDRESS", args.address, "URL of a feed, a shop or a site, or the path of a feed");
  arguments.option("--kind", args.kind,
                   "feed, shopify, woocommerce, ebay, site or recipe (default: the first that fits)");
  arguments.option("--settings", args.settings, "With --kind: its settings as a JSON object");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, AddArgs& args) {
  arguments.positional("ADDRESS", args.address,
                       "URL of a feed, a shop or a site, or the absolute path of a feed");
  arguments.option("--kind", args.kind,
                   "feed, shopify, woocommerce, ebay, site, recipe or push (default: the first that fits)");
  arguments.option("--settings", args.settings, "With --kind: its settings as a JSON object");
  arguments.option("--name", args.name, "The source of its items (default: the host)");
  arguments.option("--schedule", args.schedule,
                   "When it runs: an interval (3h), a cron expression or manual (default: 3h)");
  arguments.option("--time-zone", args.time_zone,
                   "Of a cron expression, such as Europe/Berlin (default: UTC)");
  arguments.number("--jitter", args.jitter_s, 0, 86'400, "Scheduled runs begin up to so many seconds later");
}

void declare(Arguments& arguments, ListArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, NameArgs& args) {
  arguments.positional("NAME", args.name, "The name of the source");
}

// The client and the crawler of a command.
struct CommandCrawler {
  explicit CommandCrawler(const Context& context)
      : http({.allow_private_addresses = context.config().net.allow_private_addresses}),
        crawler(http, context.crawler) {}

  net::HttpClient http;
  ingest::Crawler crawler;
};

Result<ingest::SourceSettings> given_settings(const std::string& kind_name, const std::string& address,
                                              const std::string& settings) {
  FIT_TRY(const SourceKind kind, ingest::parse_source_kind("--kind", kind_name));
  Json json = Json::object();
  if (!settings.empty()) {
    FIT_TRY(json, parse_json("--settings", settings));
  }
  return ingest::parse_source_settings(kind, address, json);
}

template <class Args>
Result<ingest::Detected> detect(const Args& args, const Context& context) {
  if (args.kind.empty() && !args.settings.empty()) return invalid("--kind", "must be given with --settings");
  ingest::DetectOptions options;
  if (!args.kind.empty()) {
    FIT_TRY(options.settings, given_settings(args.kind, args.address, args.settings));
  }
  CommandCrawler crawl(context);
  return ingest::detect_source(args.address, options, crawl.crawler, context.stop);
}

void print_listing(const ingest::FetchedListing& listing) {
  const Json json = ingest::listing_preview_json(listing);
  std::cout << "\n" << listing.item.listing.external_id << "\n";
  for (const auto& [name, value] : json.items()) {
    if (name == "external_id" || name == "source" || name == "origins" || name == "warnings") continue;
    if (value.empty()) continue;
    const auto origin = listing.origins.find(name);
    std::cout << fit::format("  {:<12} {}{}\n", name,
                             value.is_string() ? value.get<std::string>() : dump_json(value),
                             origin == listing.origins.end() ? "" : "  [" + origin->second + "]");
  }
  for (const ingest::Warning& warning : listing.warnings) {
    std::cout << fit::format("  warning: {}: {}\n", warning.field, warning.reason);
  }
}

Result<void> test(const TestArgs& args, const Context& context) {
  FIT_TRY(const ingest::Detected found, detect(args, context));
  if (args.json) {
    Json listings = Json::array();
    for (const auto& listing : found.listings) listings.push_back(listing_preview_json(listing));
    std::cout << dump_json({{"kind", to_string(found.settings.kind)},
                            {"address", found.settings.address},
                            {"settings", source_settings_json(found.settings, false)},
                            {"listings", std::move(listings)},
                            {"remarks", found.remarks},
                            {"tried", found.tried}},
                           2)
              << "\n";
    return {};
  }
  for (const std::string& tried : found.tried) std::cout << tried << "\n";
  std::cout << fit::format("{} can be read as {}\n", found.settings.address, to_string(found.settings.kind));
  for (const std::string& remark : found.remarks) std::cout << remark << "\n";
  for (const auto& listing : found.listings) print_listing(listing);
  std::cout << "\nNothing was stored.\n";
  return {};
}

Result<void> add(const AddArgs& args, const Context& context) {
  ingest::SourceSpec spec;
  if (args.kind.empty()) {
    FIT_TRY(const ingest::Detected found, detect(args, context));
    spec.settings = found.settings;
  } else {
    FIT_TRY(spec.settings, given_settings(args.kind, args.address, args.settings));
  }
  spec.name = args.name.empty() ? default_source_name(spec.settings) : args.name;
  spec.schedule = args.schedule;
  spec.time_zone = args.time_zone;
  spec.jitter = std::chrono::seconds(args.jitter_s);
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const SourceRecord source, ingest::Sources(store->database()).add(spec, kCreatedBy));
  std::cout << fit::format(
      "source {} ({}) is added; `fit source run {}` reads it now, a running server by itself\n",
      source.spec.name, to_string(source.spec.settings.kind), source.spec.name);
  return {};
}

Result<void> list(const ListArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  ingest::Sources sources(store->database());
  FIT_TRY(const auto all, sources.list());
  if (args.json) {
    Json list = Json::array();
    for (const SourceRecord& source : all) list.push_back(source_json(source));
    std::cout << dump_json({{"sources", std::move(list)}}, 2) << "\n";
    return {};
  }
  const auto short_time = [](const std::optional<Timestamp>& time) {
    return time ? to_rfc3339(*time).substr(0, 16) + "Z" : std::string("never");
  };
  Table table({"NAME", "KIND", "HEALTH", "LAST SUCCESS", "NEXT RUN", "ADDRESS"});
  for (const SourceRecord& source : all) {
    table.add({source.spec.name, std::string(to_string(source.spec.settings.kind)),
               std::string(to_string(shown_health(source))), short_time(source.last_success_at),
               short_time(source.next_run_at), source.spec.settings.address});
  }
  std::cout << table.str();
  return {};
}

Result<SourceRecord> named(ingest::Sources& sources, const std::string& name) {
  FIT_TRY(auto found, sources.find(name));
  if (!found) return not_found("there is no source " + name);
  return *std::move(found);
}

Result<void> remove(const NameArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  ingest::Sources sources(store->database());
  FIT_TRY(const SourceRecord source, named(sources, args.name));
  FIT_CHECK(sources.remove(source.id));
  std::cout << fit::format("source {} is removed; its items stay\n", args.name);
  return {};
}

void print_run(const RunRecord& run) {
  const ingest::RunCounts& counts = run.counts;
  std::cout << fit::format(
      "{}: {} seen, {} new, {} changed, {} restocked, {} sold, {} removed, {} failed; {} requests\n",
      to_string(run.state), counts.seen, counts.added, counts.changed, counts.restocked, counts.sold,
      counts.removed, counts.failed, counts.requests);
  for (const std::string& remark : run.remarks) std::cout << remark << "\n";
  for (const ingest::RunFailure& failure : run.samples) {
    std::cout << fit::format("  {}: {} {}: {}\n", failure.reason, failure.external_id, failure.url,
                             failure.message);
  }
}

// Waits for the end of a run, also of one whose jobs have failed for good.
Result<RunRecord> follow_run(ingest::Sources& sources, ingest::SourceRunId id, const std::stop_token& stop) {
  ProgressBar bar("source", "pages");
  const Progress progress = bar.progress();
  for (int polls = 1;; ++polls) {
    if (polls % kPollsToStranded == 0) FIT_CHECK(sources.end_stranded());
    FIT_TRY(const auto run, sources.run(id));
    if (!run) return not_found("the source was removed");
    progress(run->pages_done, run->pages_total);
    if (run->state != RunState::kRunning) {
      bar.finish();
      return *run;
    }
    if (!wait_unless_stopped(stop, kRunPoll))
      return cancelled("stopped; the run continues with the next worker");
  }
}

Result<void> run(const NameArgs& args, const Context& context) {
  FIT_TRY(const OpenCatalogue open, context.open_catalogue());
  CommandCrawler crawl(context);
  Metrics metrics;
  jobs::Queue queue(open.store.database());
  ingest::SourceService service(
      {.database = open.store.database(),
       .catalog = [&open] { return ingest::CatalogLease{.owner = {}, .catalog = open.space.catalog()}; },
       .queue = queue,
       .crawler = crawl.crawler,
       .log = context.log,
       .metrics = metrics},
      {.writer = {.max_image_bytes = context.config().media.max_image_bytes}});
  FIT_TRY(const SourceRecord source, named(service.sources(), args.name));
  auto started = service.sources().start(source.id);
  if (!started && started.error().code != ErrorCode::kConflict) return started.error();
  const ingest::SourceRunId id = started ? started->id : source.active_run.value_or(ingest::SourceRunId{});
  jobs::Workers workers(
      {.queue = queue, .handlers = service.handlers(), .log = context.log, .metrics = metrics},
      {.threads = 3});
  workers.start();
  auto ended = follow_run(service.sources(), id, context.stop);
  workers.stop();
  FIT_TRY(const RunRecord run, std::move(ended));
  print_run(run);
  if (run.state == RunState::kDone) return {};
  return Error{ErrorCode::kUnavailable, run.error.empty() ? "the run has not finished" : run.error, {}, {}};
}

Result<void> confirm(const NameArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  ingest::Sources sources(store->database());
  FIT_TRY(const SourceRecord source, named(sources, args.name));
  FIT_TRY(const RunRecord run, sources.confirm(source.id));
  std::cout << fit::format("{} missing listings are being removed by the workers\n", run.missing);
  return {};
}

}  // namespace

void add_source(CommandSet& commands) {
  const CommandGroup group = {"source", "Read shops, feeds and sites into the catalogue, again and again"};
  commands.add<TestArgs>(
      {.group = group,
       .name = "test",
       .help = "Find out how an address can be read, and show ten listings; stores nothing",
       .on_signal = OnSignal::kStop},
      declare, test);
  commands.add<AddArgs>({.group = group,
                         .name = "add",
                         .help = "Add a source, which a running server then reads by its schedule",
                         .on_signal = OnSignal::kStop},
                        declare, add);
  commands.add<ListArgs>({.group = group, .name = "list", .help = "List the sources with their health"},
                         declare, list);
  commands.add<NameArgs>({.group = group,
                          .name = "run",
                          .help = "Read a source now, and wait for the end",
                          .on_signal = OnSignal::kStop,
                          .decodes_images = true},
                         declare, run);
  commands.add<NameArgs>(
      {.group = group, .name = "confirm", .help = "Say that the listings which the last run missed are gone"},
      declare, confirm);
  commands.add<NameArgs>({.group = group, .name = "remove", .help = "Remove a source; its items stay"},
                         declare, remove);
}

}  // namespace fit::cli
