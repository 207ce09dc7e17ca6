#include <algorithm>
#include <format>
#include <optional>

#include "base/hash.h"
#include "base/parallel.h"
#include "catalog/item_writer.h"
#include "catalog/property_backfill.h"

namespace fit::catalog {
namespace {

constexpr std::size_t kBackfillBatch = 16;

using Images = std::vector<domain::ImageRecord>;

// Fills one space, page by page.
class SpaceBackfill {
 public:
  SpaceBackfill(ItemWriter& writer, const ActiveSpace& space) : writer_(writer), space_(space) {}

  struct PageReport {
    std::int64_t done = 0;
    std::int64_t failed = 0;
    std::optional<Error> error = {};  // the first of an image
  };
  Result<PageReport> fill(const Images& page) const {
    PageReport filled;
    const auto report = [&](const domain::ImageRecord& image, const Error& error) {
      ++filled.failed;
      if (!filled.error) filled.error = error;
      log(image, error);
    };
    std::vector<Result<media::Image>> images(page.size());
    parallel_for(page.size(), {}, [&](std::size_t i) { images[i] = load(page[i]); });

    std::vector<media::Image> usable;
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < page.size(); ++i) {
      if (!images[i]) {
        report(page[i], images[i].error());
        continue;
      }
      usable.push_back(*std::move(images[i]));
      numbers.push_back(i);
    }
    std::vector<Result<embed::Vector>> vectors(usable.size());
    const auto embed = [&](std::size_t begin, std::size_t end) -> Result<void> {
      const auto inputs = std::span(usable).subspan(begin, end - begin);
      std::ranges::move(writer_.processor().embed(*space_.embedder, inputs),
                        vectors.begin() + static_cast<std::ptrdiff_t>(begin));
      return {};
    };
    FIT_CHECK(parallel_ranges(usable.size(), {.grain = kBackfillBatch}, embed));

    std::vector<store::VectorWrite> puts;
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      if (!vectors[i]) {
        report(page[numbers[i]], vectors[i].error());
      } else {
        puts.push_back({page[numbers[i]].id, *std::move(vectors[i])});
      }
    }
    if (!puts.empty()) FIT_CHECK(writer_.database().vectors().put(space_.space_id, puts));
    filled.done = static_cast<std::int64_t>(puts.size());
    return filled;
  }

 private:
  Result<media::Image> load(const domain::ImageRecord& image) const {
    FIT_TRY(const Bytes file, writer_.loader().load_known("image", image));
    if (!image.sha256.empty() && sha256_hex(file) != image.sha256) {
      return Error{
          ErrorCode::kConflict, "the image at this location has changed since it was stored", "image", {}};
    }
    return writer_.processor().input("image", file, *space_.embedder);
  }

  void log(const domain::ImageRecord& image, const Error& error) const {
    writer_.log().warning("an image has no vector", {{"space", space_.embedder->space().name},
                                                     {"image", image.id.str()},
                                                     {"location", image.location},
                                                     {"reason", error.describe()}});
  }

  ItemWriter& writer_;
  const ActiveSpace& space_;
};

}  // namespace

Result<void> Catalog::backfill(const BackfillOptions& options, const Progress& progress,
                               const std::stop_token& stop, BackfillReport& report) {
  store::Catalogue& store = writer_->database();
  const std::vector<ActiveSpace>& spaces = options.spaces.empty() ? writer_->spaces() : options.spaces;
  report = {};
  FIT_TRY(const store::Counts counts, store.items().counts());
  std::int64_t total = 0;
  for (const ActiveSpace& space : spaces) {
    FIT_TRY(const std::int64_t have, store.vectors().count(space.space_id));
    total += std::max<std::int64_t>(0, counts.images - have);
  }
  for (const ActiveSpace& space : spaces) {
    const SpaceBackfill fill(*writer_, space);
    ImageId after = options.after;
    for (;;) {
      progress(report.done + report.failed, total);
      if (stop.stop_requested()) return cancelled();
      FIT_TRY(const Images page, store.vectors().images_without(space.space_id, after, options.batch_size));
      if (page.empty()) break;
      FIT_TRY(const auto filled, fill.fill(page));
      report.done += filled.done;
      report.failed += filled.failed;
      after = page.back().id;
      if (filled.done > 0) writer_->changed();
    }
  }
  return {};
}

Result<void> Catalog::embed_item(ItemId item, const std::stop_token& stop) {
  FIT_TRY(const auto missing, writer_->missing_vectors(std::span(&item, 1)));
  std::optional<Error> error;
  std::int64_t done = 0;
  for (const ItemWriter::MissingVectors& one : missing) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(auto filled, SpaceBackfill(*writer_, one.space).fill(one.images));
    done += filled.done;
    if (!error) error = std::move(filled.error);
  }
  if (done > 0) {
    writer_->changed();
    PropertyBackfillReport report;
    const PropertyBackfillOptions options{.batch_size = 1, .after = ItemId{item.value - 1}, .until = item};
    FIT_CHECK(PropertyBackfill(*writer_).run(options, {}, stop, report));
  }
  if (error) return *std::move(error);
  return {};
}

}  // namespace fit::catalog
