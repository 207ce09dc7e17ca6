#include <algorithm>
#include <iostream>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "base/stopwatch.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "embed/detector.h"
#include "search/result_views.h"

namespace fit::cli {
namespace {

struct DetectArgs {
  std::filesystem::path photo;
  std::size_t repeat = 1;
  bool json = false;
};

void declare(Arguments& arguments, DetectArgs& args) {
  arguments.positional("PHOTO", args.photo, "Image file");
  arguments.number("--repeat", args.repeat, 1, 100'000, "How often to detect, to measure the time");
  arguments.flag("--json", args.json, "Print the JSON of POST /api/v1/detect");
}

double median(std::vector<double> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  return *middle;
}

Result<void> detect(const DetectArgs& args, const Context& context) {
  const media::Limits& limits = context.image_limits;
  FIT_TRY(const Bytes file, read_file(args.photo, limits.max_bytes));
  const Config& config = context.config();
  if (config.detection.model.empty())
    return invalid("DETECTOR_MODEL", "is empty, so that no garments are detected");
  FIT_TRY(const auto detector, embed::open_detector(config.detection.model, config.models_folder()));
  embed::Detection found;
  std::vector<double> times;
  for (std::size_t i = 0; i < args.repeat; ++i) {
    const Stopwatch watch;
    FIT_TRY(found, detector->detect_file("PHOTO", file, limits));
    times.push_back(watch.milliseconds());
  }
  if (args.json) {
    std::cout << dump_json(search::detection_json(found), 2) << "\n";
    return {};
  }
  Table table({"index", "category", "confidence", "left", "top", "right", "bottom"});
  for (std::size_t i = 0; i < found.garments.size(); ++i) {
    const embed::DetectedGarment& one = found.garments[i];
    table.add({std::to_string(i), one.category, fit::format("{:.3f}", one.confidence),
               fit::format("{:.3f}", one.box.left), fit::format("{:.3f}", one.box.top),
               fit::format("{:.3f}", one.box.right), fit::format("{:.3f}", one.box.bottom)});
  }
  std::cout << table.str()
            << fit::format("{} found in {:.1f} ms in {} x {} pixels by {} {}\n", found.garments.size(),
                           median(std::move(times)), found.width, found.height, detector->manifest().name,
                           detector->manifest().version);
  return {};
}

}  // namespace

void add_detect(CommandSet& commands) {
  commands.add<DetectArgs>({.name = "detect",
                            .help = "Find the garments in a photo",
                            .on_signal = OnSignal::kStop,
                            .decodes_images = true},
                           declare, detect);
}

}  // namespace fit::cli
