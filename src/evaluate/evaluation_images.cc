#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "base/files.h"
#include "evaluate/evaluation_set.h"

namespace fit::evaluate {
namespace {

constexpr std::size_t kMaxListedUnreadable = 20;

// The work of embed_images(), which threads do batch by batch.
class ImageRun {
 public:
  ImageRun(const EvaluationSet& set, embed::Embedder& embedder, const EmbedImagesOptions& options,
           const Progress& progress, const std::stop_token& stop)
      : set_(set), embedder_(embedder), options_(options), progress_(progress), stop_(stop) {
    vectors_.dimensions = embedder.space().dimensions;
    vectors_.values.resize(set.rows.size() * dimensions());
    vectors_.present.resize(set.rows.size());
  }

  void work() {
    const std::size_t batch = std::max<std::size_t>(options_.batch, 1);
    while (!has_failed_) {
      if (stop_.stop_requested()) return fail(cancelled("the evaluation was stopped"));
      const std::size_t from = next_.fetch_add(batch);
      if (from >= set_.rows.size()) return;
      const std::size_t to = std::min(from + batch, set_.rows.size());
      if (Result<void> done = embed_rows(from, to); !done) fail(std::move(done).error());
      report(to - from);
    }
  }

  Result<EvaluationVectors> finish() {
    if (error_) return *std::move(error_);
    std::ranges::sort(vectors_.unreadable, {}, &EvaluationVectors::Unreadable::image);
    return std::move(vectors_);
  }

 private:
  std::size_t dimensions() const { return static_cast<std::size_t>(vectors_.dimensions); }

  Result<media::Image> decode(const std::filesystem::path& path) const {
    FIT_TRY(const Bytes file, read_file(path, options_.limits.max_bytes));
    return media::decode("image", file, embedder_.image_short_side(), options_.limits);
  }

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

  void add_unreadable(std::size_t row, const Error& error) {
    const std::lock_guard lock(mutex_);
    ++vectors_.unreadable_count;
    if (vectors_.unreadable.size() < kMaxListedUnreadable) {
      vectors_.unreadable.push_back({set_.rows[row].image, error.message});
    }
  }

  void fail(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    has_failed_ = true;
  }

  void report(std::size_t rows) {
    const std::lock_guard lock(mutex_);
    done_ += rows;
    progress_(static_cast<std::int64_t>(done_), static_cast<std::int64_t>(set_.rows.size()));
  }

  const EvaluationSet& set_;
  embed::Embedder& embedder_;
  const EmbedImagesOptions& options_;
  const Progress& progress_;
  const std::stop_token stop_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> has_failed_ = false;
  std::mutex mutex_;  // guards what follows, but for the rows that a thread has taken
  std::size_t done_ = 0;
  std::optional<Error> error_;
  EvaluationVectors vectors_;
};

}  // namespace

Result<EvaluationVectors> embed_images(const EvaluationSet& set, embed::Embedder& embedder,
                                       const EmbedImagesOptions& options, const Progress& progress,
                                       const std::stop_token& stop) {
  ImageRun run(set, embedder, options, progress, stop);
  const std::size_t threads =
      options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < threads; ++i) workers.emplace_back([&run] { run.work(); });
  }
  return run.finish();
}

}  // namespace fit::evaluate
