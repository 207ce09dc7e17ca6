#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "domain/sort_order.h"
#include "search/filter.h"
#include "search/photo_part.h"

namespace fit::search {

class PersonalOrder;
struct QueryFusion;
class SharedPhoto;

inline constexpr std::size_t kMaxLimit = 100;
inline constexpr std::size_t kMaxExamples = 20;  // in `like`, and in `unlike`
inline constexpr std::size_t kMaxTextWords = 1000;
inline constexpr double kMaxWeight = 100;
inline constexpr double kMaxTasteWeight = 0.5;

// How much each part of a query counts in the order of the results, 0 to kMaxWeight.
struct Weights {
  double image = 1;       // similarity to the photo and the examples
  double text = 1;        // similarity to the text in the model's space
  double words = 1;       // the text's words in titles, brands and descriptions
  double properties = 1;  // agreement with properties that the text names
  double freshness = 0;   // how recently the item was listed: halved every 30 days
  // The share of the score that comes from what the person likes, 0 to kMaxTasteWeight.
  double taste = 0;
};
// The weight with a name, which is that of its member; null for another name.
double* weight_of(Weights& weights, std::string_view name);

// A query: a photo, examples, words, or several of them. query_fields.h lists the fields.
struct Query {
  Bytes image;                               // an image file
  std::string image_field = "image_base64";  // the name of the image in errors
  PhotoPart part = {};                       // of `image`: what of it is searched with
  std::optional<ItemId> item_id;             // an example: similar items, without itself
  std::vector<ItemId> like;                  // further examples
  // A further example: a vector of the searched space, L2 norm 1; empty: none.
  std::vector<float> vector = {};
  // The space that the client's `vector` is of; the searched one must have this name. Empty: the vector is
  // the server's own, and results with it are neither cached nor paged.
  std::string vector_space = {};
  std::vector<ItemId> unlike;  // results resemble these less; they are excluded too
  std::string text;
  Filter filter;
  // What the caller may see: items that do not satisfy it do not exist for this query. Nothing in the results
  // shows them, their values or their words. Empty: all items exist. Clients cannot set it.
  Filter required;
  std::vector<std::string> facets;       // columns to count, from parse_facets()
  std::size_t limit = 20;                // 1..kMaxLimit
  std::optional<double> min_similarity;  // cosine, -1..1
  std::optional<double> min_relevance;   // 0..1; for an image only in spaces with calibrated cosines
  bool close_only = false;  // a min_relevance of kCloseRelevance (ranking.h), if relevance is known
  Weights weights;
  std::optional<domain::SortOrder> sort;  // nullopt: by score; the latest first when browsing
  bool collapse_duplicates = false;       // return only the first of the items that show the same image
  bool explain = false;                   // fill the parts of scores
  bool paged = false;                     // return a cursor for the next page
  bool browse = false;  // no photo, example or words: the latest items that satisfy the filter
  std::string cursor;   // the cursor of the previous page; empty: the first page

  // The work on `image` that queries, or the steps of one, share; null: nothing is shared.
  std::shared_ptr<SharedPhoto> shared_photo;
  // What the person likes, which orders candidates by weights.taste; null: nothing is known. Results with it
  // are never cached.
  std::shared_ptr<const PersonalOrder> personal;
  // Adapted weights (search/fusion.h); null: `weights` and those of the rerank spaces count. Cursors are
  // valid only with the same.
  std::shared_ptr<const QueryFusion> fusion;
  std::stop_token stop;  // ends the query early, between two steps

  // Whether similarity to one photo or item alone determines the order.
  bool is_plain() const { return text.empty() && like.empty() && unlike.empty() && weights.freshness == 0; }
  // Whether a client has embedded a photo by itself.
  bool has_client_vector() const { return !vector.empty() && !vector_space.empty(); }
  // Whether there is a photo, or the vector of one that a client has embedded.
  bool has_photo() const { return !image.empty() || has_client_vector(); }
};

// kInvalid or kTooLarge naming the field when a part is out of its range, or when the query is empty and
// `browse` is not set.
Result<void> check_query(const Query& query);

}  // namespace fit::search
