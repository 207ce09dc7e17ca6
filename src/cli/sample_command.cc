#include "base/progress_bar.h"
#include "cli/commands.h"
#include "sample/sample.h"

namespace fit::cli {

Result<void> draw_sample(const std::filesystem::path& folder, const SampleArgs& args,
                         const std::stop_token& stop) {
  ProgressBar bar("draw", "items");
  FIT_CHECK(sample::write_sample(folder, {.items = static_cast<std::uint64_t>(args.items), .seed = args.seed},
                                 bar.progress(), stop));
  bar.finish();
  return {};
}

}  // namespace fit::cli
