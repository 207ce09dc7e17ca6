#include "catalog/image_check.h"

#include <algorithm>
#include <limits>

namespace fit::catalog {
namespace {

constexpr std::size_t kCheckPage = 1000;

}  // namespace

Result<void> check_images(store::Catalogue& store, const ImageFiles& files, const Progress& progress,
                          const std::stop_token& stop, ImageCheckReport& report) {
  FIT_TRY(const store::Counts counts, store.items().counts());
  std::int64_t done = 0;
  for (ImageId after;;) {
    FIT_TRY(const auto images, store.items().list_images(after, kCheckPage));
    if (images.empty()) break;
    for (const domain::ImageRecord& image : images) {
      if (stop.stop_requested()) return cancelled();
      progress(done++, std::max(counts.images, done));
      if (!is_stored(image.location)) continue;
      ++report.checked;
      const auto content = files.original(image.location, std::numeric_limits<std::int64_t>::max());
      if (content) continue;
      const bool is_lost = content.error().code == ErrorCode::kNotFound;
      if (!is_lost && content.error().code != ErrorCode::kDamaged) return content.error();
      report.damaged.push_back({image.id, image.item, stored_name(image.location), is_lost});
    }
    after = images.back().id;
  }
  progress(done, done);
  return {};
}

}  // namespace fit::catalog
