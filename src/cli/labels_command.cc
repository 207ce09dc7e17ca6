#include <iostream>
#include <optional>

#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "ingest/labels/label_service.h"
#include "jobs/queue.h"
#include "store/catalogue.h"

namespace fit::cli {
namespace {

using ingest::LabelRun;
using ingest::LabelTarget;

struct LabelsRunArgs {
  std::string target = "clusters";
  std::string choice = "unlabelled";
};

struct LabelsListArgs {
  std::string asset;
  std::string cluster;
  bool json = false;
};

void declare(Arguments& arguments, LabelsRunArgs& args) {
  arguments.optional_positional("TARGETS", args.target, "What is labelled: clusters or assets");
  arguments.option(
      "--choose", args.choice,
      "Which of them: unlabelled, uncaptioned (also those that the local model has labelled) or all");
}

void declare(Arguments& arguments, LabelsListArgs& args) {
  arguments.option("--asset", args.asset, "The labels of the asset with this id");
  arguments.option("--cluster", args.cluster, "The labels of the cluster with this id");
  arguments.flag("--json", args.json, "Print JSON");
}

Result<LabelTarget::Kind> label_targets_of(const std::string& name) {
  if (name == "assets") return LabelTarget::Kind::kAsset;
  if (name == "clusters") return LabelTarget::Kind::kCluster;
  return invalid("TARGETS", "must be clusters or assets");
}

Result<LabelRun> label_run_of(const std::string& name) {
  if (name == "unlabelled") return LabelRun::kUnlabelled;
  if (name == "uncaptioned") return LabelRun::kUncaptioned;
  if (name == "all") return LabelRun::kAll;
  return invalid("--choose", "must be unlabelled, uncaptioned or all");
}

Result<void> run_labels(const LabelsRunArgs& args, const Context& context) {
  FIT_TRY(const LabelTarget::Kind kind, label_targets_of(args.target));
  FIT_TRY(const LabelRun run, label_run_of(args.choice));
  const VlmSettings& settings = context.config().vlm;
  if (!settings.is_used() && !settings.falls_back) {
    return invalid("VLM_PROVIDER", "is none or switched off, and VLM_FALLBACK_TO_CLIP is false");
  }
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  jobs::Queue queue(store->database());
  FIT_TRY(const std::int64_t added,
          ingest::request_labels(store->database(), queue, kind, run, context.stop));
  std::cout << fit::format("{} {} are queued; the workers of fit serve and fit worker label them\n", added,
                           args.target);
  return context.stop.stop_requested() ? Result<void>(cancelled("stopped; run it again to continue"))
                                       : Result<void>();
}

Json labels_row_json(const ingest::Label& label) {
  return {{"field", label.field},
          {"value", label.value},
          {"language", label.language},
          {"confidence", label.confidence},
          {"origin", to_string(label.origin)},
          {"author", label.author},
          {"version", label.version},
          {"created_at", to_rfc3339(label.created_at)}};
}

Result<void> list_labels(const LabelsListArgs& args, const Context& context) {
  if (args.asset.empty() == args.cluster.empty())
    return invalid("--asset", "give either --asset or --cluster");
  const bool is_asset = args.cluster.empty();
  FIT_TRY(const std::int64_t id,
          parse_id(is_asset ? "--asset" : "--cluster", is_asset ? args.asset : args.cluster));
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const auto labels,
          ingest::Labels(store->database())
              .get({.kind = is_asset ? LabelTarget::Kind::kAsset : LabelTarget::Kind::kCluster, .id = id}));
  if (args.json) {
    Json list = Json::array();
    for (const ingest::Label& label : labels) list.push_back(labels_row_json(label));
    std::cout << dump_json({{"labels", std::move(list)}}, 2) << "\n";
    return {};
  }
  Table table({"FIELD", "VALUE", "CONFIDENCE", "ORIGIN", "AUTHOR"});
  for (const ingest::Label& label : labels) {
    table.add({label.field, label.value, fit::format("{:.2f}", label.confidence),
               std::string(to_string(label.origin)), label.author});
  }
  std::cout << table.str();
  return {};
}

}  // namespace

void add_labels(CommandSet& commands) {
  const CommandGroup group = {"labels", "Label assets and clusters with a model, list their labels"};
  commands.add<LabelsRunArgs>({.group = group,
                               .name = "run",
                               .help = "Queue the labelling of clusters or assets, beside a running server",
                               .on_signal = OnSignal::kStop},
                              declare, run_labels);
  commands.add<LabelsListArgs>({.group = group, .name = "list", .help = "List the labels of one target"},
                               declare, list_labels);
}

}  // namespace fit::cli
