#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"
#include "media/image.h"

namespace fit::evaluate {

// Between the parts of a joint label's value: "Tshirts + Black".
inline constexpr std::string_view kValueSeparator = " + ";

// Images with what is known to be true of them.
struct EvaluationSet {
  struct Row {
    std::filesystem::path image;
    std::vector<std::string> labels;  // one value a name in label_names; empty: not known
    bool is_query = false;            // only looked at with has_gallery
  };
  std::vector<std::string> label_names;
  std::vector<Row> rows;
  // True: rows with is_query ask, the others are the answers. False: each row asks all the others.
  bool has_gallery = false;
};

// Reads what `path` describes; no image is opened.
// - A folder with a sub-folder of photos per class: the label "class", leave-one-out.
// - A folder with train/ and validation/ or test/ (or val/), each with such sub-folders: the label "class",
// the
//   held-out photos against those of train/.
// - A CSV file, or a folder with styles.csv: a header row, an image a row, either in a column image, images
// (the first
//   of several split by "|"), image_path, path, file or filename, relative to the file, or as
//   images/<id>.jpg. `labels` names columns, or several joined by "+" ("articleType+baseColour": all must be
//   equal); without any: articleType, baseColour and both together, or category, subcategory, primary_color
//   and the last two together.
// Rows come in a fixed order: the file's, or by name. Errors: kNotFound, kInvalid naming "path" or "labels"
// when nothing there can be evaluated, kMalformed for a broken CSV (with the line).
Result<EvaluationSet> load_evaluation_set(const std::filesystem::path& path,
                                          const std::vector<std::string>& labels = {});

// A vector a row of an EvaluationSet, L2 norm 1.
struct EvaluationVectors {
  struct Unreadable {
    std::filesystem::path image;
    std::string reason;
  };
  int dimensions = 0;
  std::vector<float> values;          // rows * dimensions; zeros where not present
  std::vector<std::uint8_t> present;  // 1 where the row has a vector
  std::size_t unreadable_count = 0;
  std::vector<Unreadable> unreadable;  // the first few
};

// Called by one thread at a time; returning false stops the work with kCancelled.
using EvaluationProgress = std::function<bool(std::size_t done, std::size_t total)>;

struct EmbedImagesOptions {
  std::size_t threads = 0;  // that decode and embed; 0: the number of cores
  std::size_t batch = 16;   // images a call of the embedder
  media::Limits limits;
};

// Decodes and embeds every row's image. Images that cannot be read are counted and left out; an error of
// the embedder ends it. Blocks. `progress` may be empty.
Result<EvaluationVectors> embed_images(const EvaluationSet& set, embed::Embedder& embedder,
                                       const EmbedImagesOptions& options, const EvaluationProgress& progress);

// Reads ready vectors: raw little-endian float32, as many rows as `rows`, in their order. Rows are scaled to
// norm 1. kInvalid naming "vectors" when the size does not fit, or a row is zero or not finite.
Result<EvaluationVectors> read_evaluation_vectors(const std::filesystem::path& path, std::size_t rows);

}  // namespace fit::evaluate
