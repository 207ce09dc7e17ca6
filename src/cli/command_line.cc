#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <limits>

#include "base/version.h"

namespace fit::cli {
namespace {

// Where CLI11 puts what it reads, until it is known which command was given.
struct Parsed {
  std::map<std::string, std::string> flags;
  std::string config_file;
  ImportArgs import;
  SampleArgs sample;
  SearchArgs search;
  IndexArgs index;
  ModelArgs model;
  ConfigArgs config;
  EvalArgs eval;
  TuneArgs tune;
  PropertiesArgs properties;
  PropertiesBackfillArgs properties_backfill;
  bool is_properties_backfill = false;
  EmbedArgs embed;
  BackupArgs backup;
  CopyArgs copy;
  MigrateArgs migrate;
  SpaceArgs space;
  AssetsArgs assets;
};

void add_settings(CLI::App& app, Parsed& parsed) {
  app.add_option("--config", parsed.config_file, "Settings file [./fit.toml]")->check(CLI::ExistingFile);
  for (const SettingInfo& info : setting_infos()) {
    app.add_option_function<std::string>(
           flag_name(info.name),
           [&parsed, name = info.name](const std::string& value) { parsed.flags[name] = value; }, info.help)
        ->group("Settings (each also as an environment variable: --app-port is APP_PORT)");
  }
}

void add_import(CLI::App& app, Parsed& parsed) {
  CLI::App* command =
      app.add_subcommand("import", "Bring a CSV, an NDJSON file or a folder of photos into the catalogue");
  command->add_option("PATH", parsed.import.input, "File or folder")->required();
  command->add_option("--source", parsed.import.source, "Source for rows that name none [the file's name]");
  command->add_option("--rejects", parsed.import.rejects,
                      "Write bad rows to this file [PATH.rejects.ndjson]");
  command->add_flag("--ignore-unknown-columns", parsed.import.ignore_unknown_columns,
                    "Skip CSV columns and JSON fields that have no meaning here");
  command->add_option(
      "--vectors", parsed.import.vectors,
      "Vectors of the rows' first pictures, made elsewhere: float32, in the order of the rows");
  command->add_option("--vectors-space", parsed.import.vectors_space,
                      "Name of the space that they are of [the file's name]");
}

void add_sample(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand("sample", "Draw a catalogue of garments with known properties");
  command->add_option("FOLDER", parsed.sample.output,
                      "Write items.csv and pictures here [import into the catalogue]");
  command->add_option("--items", parsed.sample.items, "How many")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}));
  command->add_option("--seed", parsed.sample.seed, "The same seed draws the same garments")
      ->capture_default_str();
}

void add_search(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand("search", "Find look-alikes of a photo");
  command->add_option("PHOTO", parsed.search.photo, "Picture file");
  command->add_option("--text", parsed.search.text, "Search by words, if the model has a text side");
  command->add_option("--item", parsed.search.item_id, "Search by the pictures of this item");
  command->add_option("--filters", parsed.search.filters,
                      R"(JSON, such as {"category":"dress","price_range":[10,50]})");
  command->add_option("--limit", parsed.search.limit, "How many")->capture_default_str();
  command->add_option("--min-similarity", parsed.search.min_similarity, "Nothing below this cosine, -1 to 1");
  command->add_option("--min-relevance", parsed.search.min_relevance,
                      "Nothing less likely to be what is asked for, 0 to 1");
  command->add_flag("--json", parsed.search.json, "Answer as JSON");
}

void add_index(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand("index", "Build the search index, or tell its state");
  command->require_subcommand(1);
  command->fallthrough();
  command->add_subcommand("build", "Embed pictures that have no vector yet and write the index snapshot")
      ->fallthrough()
      ->callback([&parsed] { parsed.index.action = IndexAction::kBuild; });
  CLI::App* status =
      command->add_subcommand("status", "Items, pictures, vectors and the snapshot's position");
  status->fallthrough();
  status->callback([&parsed] { parsed.index.action = IndexAction::kStatus; });
  status->add_flag("--json", parsed.index.json, "Answer as JSON");
}

void add_model(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand("model", "List, fetch, check and time embedding models");
  command->require_subcommand(1);
  command->fallthrough();
  const auto add = [&](const char* name, const char* help, ModelAction action, bool named) {
    CLI::App* sub = command->add_subcommand(name, help);
    sub->fallthrough();
    if (named) sub->add_option("NAME", parsed.model.name, "Model")->required();
    sub->callback([&parsed, action] { parsed.model.action = action; });
  };
  add("list", "Known models and whether they are installed", ModelAction::kList, false);
  add("pull", "Download a model, resuming what is there, and check it", ModelAction::kPull, true);
  add("verify", "Compare an installed model's files with their checksums", ModelAction::kVerify, true);
  add("bench", "Time an installed model on this machine", ModelAction::kBench, true);
}

void add_eval(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand(
      "eval",
      "Measure retrieval on labelled photos: precision at 10, top-1 and mean average precision by photo, and "
      "by words where the model reads them");
  command
      ->add_option("PATH", parsed.eval.input,
                   "Folder with a sub-folder per class (or train/ and validation/ of such), or with "
                   "styles.csv; or a CSV")
      ->required();
  command->add_option("--space", parsed.eval.spaces,
                      "Spaces to compare: builtin, palette, or the name of an installed model");
  command->add_option("--vectors", parsed.eval.vectors,
                      "Ready vectors: float32, in the order of the CSV's rows");
  command->add_option("--label", parsed.eval.labels, "Columns to judge by; \"a+b\" means both");
  command->add_flag("--composed", parsed.eval.composed,
                    "Also ask \"this, but in COLOUR\", where pictures are labelled by type and colour");
  command->add_flag("--json", parsed.eval.json, "Answer as JSON");
}

void add_tune(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand(
      "tune", "Learn from labelled photos how much other spaces should count beside the searched one");
  command->add_option("PATH", parsed.tune.input, "As for eval")->required();
  command
      ->add_option(
          "--space", parsed.tune.spaces,
          "The space that is searched, then others: builtin, palette, or the name of an installed model")
      ->required();
  command->add_option("--vectors", parsed.tune.vectors,
                      "Ready vectors of one more space: float32, in the order of the CSV's rows");
  command->add_option("--label", parsed.tune.labels, "Columns to judge by; \"a+b\" means both");
  command->add_flag("--json", parsed.tune.json, "Answer as JSON");
}

void add_properties(CLI::App& app, Parsed& parsed) {
  CLI::App* command =
      app.add_subcommand("properties", "Fill and measure the properties that sellers leave open");
  command->require_subcommand(1);
  command->fallthrough();
  CLI::App* evaluate = command->add_subcommand(
      "evaluate",
      "Compare what is read from a CSV's titles with its columns: precision and recall by property");
  evaluate->fallthrough();
  evaluate
      ->add_option("CSV", parsed.properties.input,
                   "Table with title or productDisplayName, and columns named as properties or articleType, "
                   "baseColour, usage")
      ->required();
  evaluate->add_option("--mistakes", parsed.properties.mistakes, "Show so many kinds of mistakes")
      ->capture_default_str();
  evaluate->add_flag("--json", parsed.properties.json, "Answer as JSON");
  CLI::App* backfill = command->add_subcommand(
      "backfill",
      "Fill the properties of all items anew, from their texts and from the vectors of their pictures");
  backfill->fallthrough();
  backfill->callback([&parsed] { parsed.is_properties_backfill = true; });
  PropertiesBackfillArgs& args = parsed.properties_backfill;
  backfill->add_flag("--dry-run", args.dry_run, "Report what would change and write nothing");
  backfill->add_option("--batch-size", args.batch_size, "Items a transaction")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000}));
  backfill->add_option("--after", args.after, "Begin above this item id")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()));
  backfill->add_flag("--json", args.json, "Answer as JSON");
}

void add_embed(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand(
      "embed", "Embed the pictures that have no vector in a space, beside a server that uses another");
  command->add_option("--space", parsed.embed.space,
                      "builtin, palette, or the name of an installed model [the configured one]");
  command->add_option("--batch-size", parsed.embed.batch_size, "Pictures a transaction")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000}));
  command->add_flag("--dry-run", parsed.embed.dry_run, "Tell how many there are and write nothing");
  command->add_flag("--json", parsed.embed.json, "Answer as JSON");
}

void add_space(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand(
      "space", "List the vector spaces of the catalogue, or choose the one that searches use");
  command->require_subcommand(1);
  command->fallthrough();
  const auto add = [&](const char* name, const char* help, SpaceAction action) {
    CLI::App* sub = command->add_subcommand(name, help);
    sub->fallthrough();
    sub->add_flag("--json", parsed.space.json, "Answer as JSON");
    sub->callback([&parsed, action] { parsed.space.action = action; });
    return sub;
  };
  add("list", "Spaces, their vectors, what is missing, and which is active", SpaceAction::kList);
  CLI::App* use = add("use", "Searches of all running servers use this space from now on", SpaceAction::kUse);
  use->add_option("SPACE", parsed.space.name, "A space of fit space list, or its model")->required();
  use->add_flag("--force", parsed.space.force, "Although more than 1 % of the pictures have no vector in it");
  add("reset", "EMBEDDING_PROVIDER and EMBEDDING_MODEL decide again", SpaceAction::kReset);
}

void add_assets(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand("assets", "Look after the picture files under STORAGE_PATH");
  command->require_subcommand(1);
  command->fallthrough();
  CLI::App* prune = command->add_subcommand(
      "prune", "Remove the picture files that no item names any more, beside a running server");
  prune->fallthrough();
  prune->add_flag("--dry-run", parsed.assets.dry_run, "Tell how many there are and remove nothing");
  prune->add_option("--older-than", parsed.assets.older_than_hours, "Leave files of the last hours alone")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{87'600}));
  prune->add_flag("--force", parsed.assets.force, "Although no item names any of the files");
  prune->add_flag("--json", parsed.assets.json, "Answer as JSON");
}

void add_backup(CLI::App& app, Parsed& parsed) {
  const auto add = [&](const char* name, const char* help, bool is_restore) {
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("FOLDER", parsed.backup.folder, "Folder of the backup")->required();
    command->add_option("--jobs", parsed.backup.jobs, "Parallel jobs, on PostgreSQL")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{64}));
    command->add_flag("--json", parsed.backup.json, "Answer as JSON");
    command->callback([&parsed, is_restore] { parsed.backup.is_restore = is_restore; });
  };
  add("backup", "Copy catalogue and pictures into a new folder, beside a running server", false);
  add("restore", "Bring a backup back to where there is no catalogue, and check it", true);
}

void add_copy(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand(
      "copy", "Bring a catalogue into another database with its ids; again: what changed since");
  command->add_option("FROM", parsed.copy.from, "DATABASE_URL of the catalogue")->required();
  command->add_option("TO", parsed.copy.to, "DATABASE_URL of an empty one, or of an earlier copy")
      ->required();
  command->add_flag("--json", parsed.copy.json, "Answer as JSON");
}

void add_migrate(CLI::App& app, Parsed& parsed) {
  CLI::App* command = app.add_subcommand(
      "migrate", "Bring the database's schema up to date, as every other command does by itself");
  command->add_flag("--dry-run", parsed.migrate.dry_run, "Only print what would be done");
  command->add_option("--to", parsed.migrate.to, "Stop at this version [the last]");
  command->add_option("--layout", parsed.migrate.layout,
                      "TOML file that says which categories have partitions and where, on PostgreSQL");
  command->add_flag("--json", parsed.migrate.json, "Answer as JSON");
}

CommandLine take(const CLI::App& app, Parsed&& parsed) {
  CommandLine line;
  line.config.flags = std::move(parsed.flags);
  if (!parsed.config_file.empty()) line.config.file = parsed.config_file;
  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "serve") line.command = ServeArgs{};
  if (name == "import") line.command = std::move(parsed.import);
  if (name == "sample") line.command = std::move(parsed.sample);
  if (name == "search") line.command = std::move(parsed.search);
  if (name == "index") line.command = parsed.index;
  if (name == "model") line.command = std::move(parsed.model);
  if (name == "config") line.command = parsed.config;
  if (name == "eval") line.command = std::move(parsed.eval);
  if (name == "tune") line.command = std::move(parsed.tune);
  if (name == "properties") line.command = std::move(parsed.properties);
  if (name == "embed") line.command = std::move(parsed.embed);
  if (name == "backup" || name == "restore") line.command = std::move(parsed.backup);
  if (name == "copy") line.command = std::move(parsed.copy);
  if (name == "migrate") line.command = parsed.migrate;
  if (name == "space") line.command = std::move(parsed.space);
  if (name == "assets") line.command = parsed.assets;
  if (parsed.is_properties_backfill) line.command = parsed.properties_backfill;
  return line;
}

}  // namespace

std::expected<CommandLine, int> parse_command_line(int argc, const char* const* argv) {
  CLI::App app("Find This Fit: a photo in, look-alike listings out", "fit");
  app.set_version_flag("--version", std::string(fit::kVersion));
  app.require_subcommand(1);
  app.fallthrough();
  Parsed parsed;
  add_settings(app, parsed);
  app.add_subcommand("serve", "Answer searches over HTTP and serve the web page");
  add_import(app, parsed);
  add_sample(app, parsed);
  add_search(app, parsed);
  add_index(app, parsed);
  add_model(app, parsed);
  add_eval(app, parsed);
  add_tune(app, parsed);
  add_properties(app, parsed);
  add_embed(app, parsed);
  add_backup(app, parsed);
  add_copy(app, parsed);
  add_migrate(app, parsed);
  add_space(app, parsed);
  add_assets(app, parsed);
  CLI::App* config = app.add_subcommand("config", "Print every setting, its value and where it came from");
  config->add_flag("--json", parsed.config.json, "Answer as JSON");
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) command->fallthrough();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error, std::cout, std::cerr);
    return std::unexpected(status == 0 ? 0 : 2);
  }
  return take(app, std::move(parsed));
}

}  // namespace fit::cli
