#include "cli/content_check.h"

#include <algorithm>
#include <mutex>

#include "base/files.h"
#include "base/format.h"
#include "base/parallel.h"
#include "base/stopwatch.h"
#include "catalog/image_processor.h"
#include "ingest/import/folder_walker.h"

namespace fit::cli {
namespace {

Result<std::vector<std::filesystem::path>> image_paths(const std::filesystem::path& path) {
  if (std::error_code ignored; !std::filesystem::is_directory(path, ignored)) return std::vector{path};
  std::vector<std::filesystem::path> paths;
  FIT_TRY(auto walker, ingest::FolderWalker::open(path));
  while (auto found = walker.next()) {
    if (found->problem.empty()) paths.push_back(std::move(found->path));
  }
  return paths;
}

// Checks images on several threads, and sums up what was found.
class Checker {
 public:
  Checker(const embed::ContentClassifier& classifier, const ContentCheckOptions& options, ContentCheck& check)
      : classifier_(classifier), options_(options), check_(check) {
    for (const std::string& name : classifier.classes()) {
      CheckedClass& one = check_.classes.emplace_back();
      one.name = name;
      for (const catalog::ContentThreshold& threshold : options.thresholds) {
        if (threshold.name == name) one.threshold = threshold.least;
      }
    }
  }

  Result<void> check(CheckedImage& image) {
    const auto pixels = read(image);
    if (!pixels) {
      image.problem = pixels.error().message;
      return {};
    }
    const Stopwatch watch;
    FIT_TRY(const auto probabilities, classifier_.classify(*pixels));
    const double milliseconds = watch.milliseconds();
    const auto* const threshold =
        catalog::exceeded(options_.thresholds, classifier_.classes(), probabilities);
    if (threshold != nullptr) image.reason = threshold->name;
    image.scores = catalog::scores_json(classifier_.classes(), probabilities);
    const std::lock_guard lock(mutex_);
    model_ms_ += milliseconds;
    for (std::size_t i = 0; i < check_.classes.size(); ++i) {
      CheckedClass& one = check_.classes[i];
      one.highest = std::max(one.highest, probabilities[i]);
      one.above += one.threshold && probabilities[i] >= *one.threshold ? 1 : 0;
    }
    return {};
  }

  double model_ms() const { return model_ms_; }

 private:
  // The pixels for the classifier. Sets the perceptual hash.
  Result<media::Image> read(CheckedImage& image) const {
    FIT_TRY(const Bytes file, read_file(image.path, options_.limits.max_bytes));
    FIT_TRY(image.perceptual_hash,
            catalog::perceptual_hash("PATH", file, options_.limits, options_.thumbnail_side));
    FIT_TRY(const media::Image pixels,
            media::decode("PATH", file, classifier_.image_short_side(), options_.limits));
    return classifier_.prepare(pixels);
  }

  const embed::ContentClassifier& classifier_;
  const ContentCheckOptions& options_;
  ContentCheck& check_;
  std::mutex mutex_;
  double model_ms_ = 0;
};

}  // namespace

std::int64_t ContentCheck::readable() const {
  return std::ranges::count_if(images, [](const CheckedImage& image) { return image.problem.empty(); });
}

std::int64_t ContentCheck::objectionable() const {
  return std::ranges::count_if(images, [](const CheckedImage& image) { return !image.reason.empty(); });
}

Result<ContentCheck> check_content(const embed::ContentClassifier& classifier,
                                   const std::filesystem::path& path, const ContentCheckOptions& options,
                                   const Progress& progress) {
  ContentCheck check;
  FIT_TRY(auto paths, image_paths(path));
  for (std::filesystem::path& one : paths) check.images.emplace_back().path = std::move(one);
  Checker checker(classifier, options, check);
  std::mutex mutex;
  std::int64_t done = 0;
  const auto total = static_cast<std::int64_t>(check.images.size());
  const auto check_one = [&](std::size_t i) -> Result<void> {
    FIT_CHECK(checker.check(check.images[i]));
    const std::lock_guard lock(mutex);
    progress(++done, total);
    return {};
  };
  FIT_CHECK(parallel_for(check.images.size(), {.threads = options.threads, .stop = options.stop}, check_one));
  check.mean_model_ms = checker.model_ms() / static_cast<double>(std::max<std::int64_t>(1, check.readable()));
  return check;
}

Json to_json(const ContentCheck& check, bool all) {
  Json json{{"images", check.readable()},
            {"objectionable", check.objectionable()},
            {"unreadable", static_cast<std::int64_t>(check.images.size()) - check.readable()},
            {"mean_model_ms", check.mean_model_ms},
            {"classes", Json::object()},
            {"found", Json::array()}};
  for (const CheckedClass& one : check.classes) {
    json["classes"][one.name] = {{"threshold", one.threshold ? Json(*one.threshold) : Json(nullptr)},
                                 {"above", one.above},
                                 {"highest", one.highest}};
  }
  for (const CheckedImage& image : check.images) {
    if (!image.problem.empty()) {
      json["found"].push_back({{"path", image.path.string()}, {"problem", image.problem}});
    } else if (all || !image.reason.empty()) {
      json["found"].push_back({{"path", image.path.string()},
                               {"reason", image.reason.empty() ? Json(nullptr) : Json(image.reason)},
                               {"scores", Json::parse(image.scores)},
                               {"perceptual_hash", fit::format("{:016x}", image.perceptual_hash)}});
    }
  }
  return json;
}

}  // namespace fit::cli
