#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "embed/embedder.h"
#include "media/image.h"
#include "search/filter.h"
#include "search/item_columns.h"
#include "search/space_index.h"
#include "store/store.h"

namespace fit::search {

inline constexpr std::size_t kMaxLimit = 100;

// One question. Exactly one of image, item_id and text is set.
struct Query {
  Bytes image;                               // a picture file
  std::string image_field = "image_base64";  // how the client named it, for errors
  std::optional<ItemId> item_id;             // more like this; the item itself is left out
  std::string text;
  Filter filter;
  std::vector<std::string> facets;       // columns to count, as parse_facets() gives them
  std::size_t limit = 20;                // 1..kMaxLimit
  std::optional<double> min_similarity;  // cosine, -1..1
};

struct Hit {
  store::ItemRecord item;
  ImageId best_image;
  double similarity = 0;  // cosine of the best image; 1 is best
};

struct Answer {
  std::vector<Hit> hits;  // best first
  std::string space;      // the vector space that was searched
  // What the model believes about the garment in the photo that was asked with; empty for other questions and
  // for models that predict nothing.
  embed::PropertyPredictions predicted;
  std::vector<Facet> facets;  // of the items that satisfy the filter, in the order asked for
  std::string reason;         // why there are no hits, where the filter is to blame
  double embed_ms = 0;
  double search_ms = 0;
};

// Answers questions from the index and the store. Thread-safe; calls block. Does not own its parts.
class SearchEngine {
 public:
  struct Parts {
    store::Store& store;
    embed::Embedder& embedder;
    SpaceIndex& index;
    ItemColumns& columns;
    media::Limits image_limits;
    Metrics& metrics;
  };
  explicit SearchEngine(Parts parts);
  ~SearchEngine();

  // kInvalid (limit, min_similarity, no or several questions, text where the space has none), kNotFound
  // (item_id), the errors of media::decode for the picture, kUnavailable while the index is being built.
  Result<Answer> search(const Query& query);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::search
