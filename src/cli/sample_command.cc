#include "base/progress_bar.h"
#include "cli/commands.h"
#include "cli/import_command.h"
#include "sample/sample.h"

namespace fit::cli {
namespace {

struct SampleArgs {
  std::filesystem::path output;  // the folder to write; empty: imports into the catalogue
  std::uint64_t items = 2000;
  std::uint64_t seed = 1;
};

void declare(Arguments& arguments, SampleArgs& args) {
  arguments.optional_positional("FOLDER", args.output,
                                "Write items.csv and images here [import into the catalogue]");
  arguments.number("--items", args.items, 1, 10'000'000, "Number of items");
  arguments.number("--seed", args.seed, "Seed of the drawings; the same seed draws the same garments");
}

Result<void> draw(const std::filesystem::path& folder, const SampleArgs& args, const std::stop_token& stop) {
  ProgressBar bar("draw", "items");
  FIT_CHECK(sample::write_sample(folder, {.items = args.items, .seed = args.seed}, bar.progress(), stop));
  bar.finish();
  return {};
}

Result<void> run(const SampleArgs& args, const Context& context) {
  if (!args.output.empty()) return draw(args.output, args, context.stop);
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  const std::filesystem::path folder = context.config().storage.path / "sample";
  FIT_CHECK(draw(folder, args, context.stop));
  return import_items(context, catalogue,
                      {.input = folder / "items.csv",
                       .source = "sample",
                       .rejects = folder / "rejects.ndjson",
                       .vectors = {},
                       .vectors_space = {}});
}

}  // namespace

void add_sample(CommandSet& commands) {
  commands.add<SampleArgs>({.name = "sample",
                            .help = "Draw a catalogue of garments with known properties",
                            .on_signal = OnSignal::kStop,
                            .decodes_images = true},
                           declare, run);
}

}  // namespace fit::cli
