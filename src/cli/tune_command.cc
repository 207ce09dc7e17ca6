#include "base/progress_bar.h"
#include "cli/commands.h"
#include "cli/evaluation.h"

namespace fit::cli {
namespace {

struct TuneArgs {
  std::filesystem::path input;
  std::vector<std::string> spaces;  // providers or models; the first is the searched one
  std::filesystem::path vectors;    // a file with vectors of one more space; empty: none
  std::vector<std::string> labels;
  bool json = false;
};

void declare(Arguments& arguments, TuneArgs& args) {
  arguments.positional("PATH", args.input, "Labelled photos, in a form that fit eval reads");
  arguments.required_option(
      "--space", args.spaces,
      "The searched space, then others: builtin, palette, or the name of an installed model");
  arguments.option("--vectors", args.vectors,
                   "Vectors of one more space: float32, in the order of the CSV's rows");
  arguments.option("--label", args.labels, "Columns with the labels; \"a+b\" requires both to be equal");
  arguments.flag("--json", args.json, "Print JSON");
}

Result<void> run(const TuneArgs& args, const Context& context) {
  const media::Limits limits = context.image_limits;
  FIT_TRY(const evaluate::EvaluationSet set, evaluate::load_evaluation_set(args.input, args.labels));
  std::vector<evaluate::TunedSpace> spaces;
  for (const std::string& space : args.spaces) {
    FIT_TRY(const auto embedder, context.embedders.open(space));
    FIT_TRY(auto vectors, embed_set(set, *embedder, limits, context.stop));
    spaces.push_back({embedder->space().name, std::move(vectors)});
  }
  if (!args.vectors.empty()) {
    FIT_TRY(auto vectors, evaluate::read_evaluation_vectors(args.vectors, set.rows.size()));
    spaces.push_back({args.vectors.stem().string(), std::move(vectors)});
  }
  ProgressBar bar("tune", "photos");
  const auto report = evaluate::tune(set, spaces, {}, bar.progress(), context.stop);
  bar.finish();
  if (!report) return report.error();
  Output output(args.json);
  output.add(*report);
  output.end();
  return {};
}

}  // namespace

void add_tune(CommandSet& commands) {
  commands.add<TuneArgs>({.name = "tune",
                          .help = "Learn the weights of rerank spaces from labelled photos",
                          .on_signal = OnSignal::kStop,
                          .decodes_images = true},
                         declare, run);
}

}  // namespace fit::cli
