#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "base/result.h"
#include "catalog/content_filter.h"
#include "media/image.h"

namespace fit::cli {

// What the classifier says of one image file.
struct CheckedImage {
  std::filesystem::path path;
  std::string problem;  // why the file cannot be read; empty: it was classified
  std::string reason;   // the class whose threshold it exceeds most; empty: none
  std::string scores;   // as scores_json() writes them
  std::uint64_t perceptual_hash = 0;
};

// What it says of all images together, for one class.
struct CheckedClass {
  std::string name;
  std::optional<float> threshold;
  std::int64_t above = 0;  // images that reach the threshold
  float highest = 0;
};

struct ContentCheck {
  std::vector<CheckedImage> images;  // in the order of their paths
  std::vector<CheckedClass> classes;
  double mean_model_ms = 0;  // of one image, for the model alone

  std::int64_t readable() const;
  std::int64_t objectionable() const;
};

struct ContentCheckOptions {
  media::Limits limits;
  int thumbnail_side = 320;
  std::size_t threads = 1;  // images that are checked at a time
  std::vector<catalog::ContentThreshold> thresholds = {};
  std::stop_token stop;
};

// Classifies an image, or all images of a folder and its sub-folders. Blocks. The errors of FolderWalker and
// of the model; kCancelled after a stop. A file that cannot be read is no error.
Result<ContentCheck> check_content(const embed::ContentClassifier& classifier,
                                   const std::filesystem::path& path, const ContentCheckOptions& options,
                                   const Progress& progress);

// `all`: with every image, not only the objectionable ones and those that cannot be read.
Json to_json(const ContentCheck& check, bool all);

}  // namespace fit::cli
