#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "embed/embedder.h"
#include "media/image.h"

namespace fit::evaluate {

// The number of results that precision at 10 counts.
inline constexpr std::size_t kTop = 10;

// Separates the parts of a joint label's value: "Tshirts + Black".
inline constexpr std::string_view kValueSeparator = " + ";

// Images with their true labels.
struct EvaluationSet {
  // An image with its labels.
  struct Row {
    std::filesystem::path image;
    std::vector<std::string> labels;  // one value per name in label_names; empty: unknown
    bool is_query = false;            // used with has_gallery only
  };
  std::vector<std::string> label_names;
  std::vector<Row> rows;
  // True: rows with is_query are the queries, and the others are the gallery. False: each row is a query over
  // all others (leave-one-out).
  bool has_gallery = false;
};

// Reads an evaluation set without opening the images. `path` is one of:
// - A folder with a sub-folder of photos per class. The label is "class"; the evaluation is leave-one-out.
// - A folder with train/ and validation/, val/ or test/, each with such sub-folders. The label is "class";
//   the held-out photos are the queries over those of train/.
// - A CSV file, or a folder with styles.csv, with a header row and one image per row. The image is in a
//   column image, images (the first of several separated by "|"), image_path, path, file or filename,
//   relative to the file; or it is images/<id>.jpg. `labels` names columns, or several joined by "+"
//   ("articleType+baseColour": all must be equal). The default is articleType, baseColour and their joint
//   label, otherwise category, subcategory, primary_color and the joint label of the last two.
// Rows are in the order of the file or of the names. Errors: kNotFound; kInvalid, naming "path" or "labels",
// when there is nothing to evaluate; kMalformed, with the line, for a broken CSV.
Result<EvaluationSet> load_evaluation_set(const std::filesystem::path& path,
                                          const std::vector<std::string>& labels = {});

// One vector per row of an EvaluationSet, with L2 norm 1.
struct EvaluationVectors {
  // An image that could not be read.
  struct Unreadable {
    std::filesystem::path image;
    std::string reason;
  };
  int dimensions = 0;
  std::vector<float> values;          // rows * dimensions; zeros in rows without a vector
  std::vector<std::uint8_t> present;  // 1 where the row has a vector
  std::size_t unreadable_count = 0;
  std::vector<Unreadable> unreadable;  // the first few
};

// The rows with a vector that are ranked for a query: the gallery, or all rows if there is none. Ascending.
std::vector<std::size_t> gallery_rows(const EvaluationSet& set, const EvaluationVectors& vectors);

struct EmbedImagesOptions {
  std::size_t threads = 0;  // threads that decode and embed; 0: the number of cores
  std::size_t batch = 16;   // images in one call of the embedder
  media::Limits limits;
};

// Decodes and embeds every row's image. Images that cannot be read are counted and left out; an error of
// the embedder is returned. Blocks; kCancelled after `stop`. `progress` is called by one thread at a time.
Result<EvaluationVectors> embed_images(const EvaluationSet& set, embed::Embedder& embedder,
                                       const EmbedImagesOptions& options, const Progress& progress = {},
                                       const std::stop_token& stop = {});

// Reads vectors from a file: `rows` rows of little-endian float32 in the set's order. Rows are scaled to
// norm 1. kInvalid, naming "vectors", when the size does not match or when a row is zero or not finite.
Result<EvaluationVectors> read_evaluation_vectors(const std::filesystem::path& path, std::size_t rows);

}  // namespace fit::evaluate
