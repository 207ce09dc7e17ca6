#include <algorithm>
#include <mutex>

#include "base/files.h"
#include "base/parallel.h"
#include "evaluate/evaluation_set.h"

namespace fit::evaluate {
namespace {

constexpr std::size_t kMaxListedUnreadable = 20;

// The vectors of a set, which threads add batch by batch.
class ImageRun {
 public:
  ImageRun(const EvaluationSet& set, embed::Embedder& embedder, const media::Limits& limits)
      : set_(set), embedder_(embedder), limits_(limits) {
    vectors_.dimensions = embedder.space().dimensions;
    vectors_.values.resize(set.rows.size() * dimensions());
    vectors_.present.resize(set.rows.size());
  }

  // Thread-safe, for other rows.
  Result<void> embed_rows(std::size_t from, std::size_t to) {
    std::vector<media::Image> images;
    std::vector<std::size_t> rows;
    for (std::size_t row = from; row < to; ++row) {
      Result<media::Image> image = decode(set_.rows[row].image);
      if (image) {
        images.push_back(*std::move(image));
        rows.push_back(row);
      } else {
        add_unreadable(row, image.error());
      }
    }
    if (images.empty()) return {};
    FIT_TRY(const std::vector<embed::Vector> embedded, embedder_.embed_images(images));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::ranges::copy(embedded.at(i),
                        vectors_.values.begin() + static_cast<std::ptrdiff_t>(rows[i] * dimensions()));
      vectors_.present[rows[i]] = 1;
    }
    return {};
  }

  // After the last rows.
  EvaluationVectors finish() {
    std::ranges::sort(vectors_.unreadable, {}, &EvaluationVectors::Unreadable::image);
    return std::move(vectors_);
  }

 private:
  std::size_t dimensions() const { return static_cast<std::size_t>(vectors_.dimensions); }

  Result<media::Image> decode(const std::filesystem::path& path) const {
    FIT_TRY(const Bytes file, read_file(path, limits_.max_bytes));
    return media::decode("image", file, embedder_.image_short_side(), limits_);
  }

  void add_unreadable(std::size_t row, const Error& error) {
    const std::lock_guard lock(mutex_);
    ++vectors_.unreadable_count;
    if (vectors_.unreadable.size() < kMaxListedUnreadable) {
      vectors_.unreadable.push_back({set_.rows[row].image, error.message});
    }
  }

  const EvaluationSet& set_;
  embed::Embedder& embedder_;
  const media::Limits& limits_;
  std::mutex mutex_;  // guards `vectors_`, except the rows that a thread embeds
  EvaluationVectors vectors_;
};

}  // namespace

Result<EvaluationVectors> embed_images(const EvaluationSet& set, embed::Embedder& embedder,
                                       const EmbedImagesOptions& options, const Progress& progress,
                                       const std::stop_token& stop) {
  ImageRun run(set, embedder, options.limits);
  ProgressCounter done(progress, set.rows.size());
  const auto embed = [&](std::size_t from, std::size_t to) -> Result<void> {
    FIT_CHECK(run.embed_rows(from, to));
    done.add(to - from);
    return {};
  };
  FIT_CHECK(parallel_ranges(set.rows.size(),
                            {.threads = options.threads, .grain = options.batch, .stop = stop}, embed));
  return run.finish();
}

}  // namespace fit::evaluate
