#include "cli/model_command.h"

#include <iostream>

#include "base/format.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "embed/model_bench.h"
#include "embed/model_store.h"
#include "embed/provider.h"

namespace fit::cli {
namespace {

std::string_view state_name(embed::ModelState state) {
  switch (state) {
    case embed::ModelState::kNotInstalled:
      return "not installed";
    case embed::ModelState::kInstalled:
      return "installed";
    case embed::ModelState::kDamaged:
      return "damaged";
  }
  return "damaged";
}

Result<void> list(const Context& context) {
  const embed::ModelStore models(context.config().models_folder());
  Table table({"name", "state", "dimensions", "text", "licence", "note"});
  for (const embed::ModelEntry& entry : models.list()) {
    const embed::Manifest& manifest = entry.manifest;
    table.add({manifest.name, std::string(state_name(entry.state)), std::to_string(manifest.dimensions),
               manifest.text ? "yes" : "no", manifest.licence,
               entry.problem.empty() ? manifest.note : entry.problem});
  }
  std::cout << table.str();
  return {};
}

Result<void> pull(const ModelArgs& args, const Context& context) {
  const Config& config = context.config();
  const embed::ModelStore models(config.models_folder());
  const std::string& name = args.name;
  net::HttpClient http({.allow_private_addresses = config.net.allow_private_addresses});
  embed::ModelStore::PullOptions options;
  options.base_url = config.embedding.model_base_url;
  options.limits.total_timeout = std::chrono::hours(24);
  ProgressBar bar("pull", "KiB");
  options.progress = [&](std::int64_t done, std::int64_t total) { bar.update(done >> 10, total >> 10); };
  FIT_TRY(const embed::ModelEntry entry, models.pull(name, http, options));
  bar.finish();
  if (entry.in_program) {
    std::cout << fit::format("{} is part of the program\n", name);
    return {};
  }
  std::cout << fit::format("{} is installed in {}\n", name, entry.folder.string());
  if (entry.manifest.has_vectors()) {
    std::cout << fit::format("use it with EMBEDDING_PROVIDER=onnx EMBEDDING_MODEL={}\n", name);
  }
  return {};
}

Result<void> verify(const ModelArgs& args, const Context& context) {
  const embed::ModelStore models(context.config().models_folder());
  const std::string& name = args.name;
  FIT_TRY(const std::vector<embed::FileCheck> checks, models.verify(name));
  Table table({"file", "state", "checked"});
  bool all_ok = true;
  for (const embed::FileCheck& check : checks) {
    table.add({check.path, check.ok ? "ok" : "wrong", check.message});
    all_ok = all_ok && check.ok;
  }
  std::cout << table.str();
  if (!all_ok) {
    return Error{ErrorCode::kInvalid,
                 fit::format("is damaged; download it again with fit model pull {}", name),
                 name,
                 {}};
  }
  return {};
}

Result<void> bench(const ModelArgs& args, const Context& context) {
  const Config& config = context.config();
  const std::string& name = args.name;
  FIT_TRY(const auto embedder, embed::make_embedder({.provider = embed::provider_of(name),
                                                     .model = name,
                                                     .models_dir = config.models_folder(),
                                                     .batch_size = 32,
                                                     .threads = config.embedding.threads}));
  FIT_TRY(const embed::BenchReport report, embed::bench(*embedder));
  Table table({"input", "batch", "median ms", "ms each", "a second"});
  const auto add = [&](const char* input, const std::vector<embed::BenchRow>& rows) {
    for (const embed::BenchRow& row : rows) {
      table.add({input, std::to_string(row.batch), fit::format("{:.2f}", row.median.count()),
                 fit::format("{:.2f}", row.median.count() / row.batch),
                 fit::format("{:.1f}", row.per_second)});
    }
  };
  add("images", report.images);
  add("texts", report.texts);
  std::cout << table.str();
  return {};
}

}  // namespace

void declare(Arguments& arguments, ModelArgs& args) {
  arguments.positional("NAME", args.name, "Model");
}

void add_model(CommandSet& commands) {
  const CommandGroup group = {"model", "List, download, check and time embedding models"};
  commands.add({.group = group, .name = "list", .help = "List the known models and their state"}, list);
  const auto add = [&](std::string name, std::string help,
                       Result<void> (*run)(const ModelArgs&, const Context&)) {
    commands.add<ModelArgs>({.group = group, .name = std::move(name), .help = std::move(help)}, declare, run);
  };
  add("pull", "Download a model, resuming a partial download, and check it", pull);
  add("verify", "Compare an installed model's files with their checksums", verify);
  add("bench", "Time an installed model on this machine", bench);
}

}  // namespace fit::cli
