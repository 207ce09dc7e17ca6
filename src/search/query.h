#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "search/filter.h"

namespace fit::search {

inline constexpr std::size_t kMaxLimit = 100;
inline constexpr std::size_t kMaxExamples = 20;  // of like, and of unlike
inline constexpr std::size_t kMaxTextWords = 1000;
inline constexpr double kMaxWeight = 100;

// How much each part of a question counts in the order of the answer, 0 to kMaxWeight; 1 is usual, and 0 for
// freshness.
struct Weights {
  double image = 1;       // likeness to the photo and the examples
  double text = 1;        // likeness to the text in the model's space
  double words = 1;       // the text's words in titles, brands and descriptions
  double properties = 1;  // agreement with properties that the text names
  double freshness = 0;   // how lately the item was listed: halved every 30 days
};

// One question: a photo, examples, words, or several of them at once.
struct Query {
  Bytes image;                               // an image file
  std::string image_field = "image_base64";  // how the client named it, for errors
  std::optional<ItemId> item_id;             // more like this; the item itself is left out
  std::vector<ItemId> like;                  // the same for more of them
  std::vector<ItemId> unlike;                // and less like these; they are left out as well
  std::string text;
  Filter filter;
  std::vector<std::string> facets;       // columns to count, as parse_facets() gives them
  std::size_t limit = 20;                // 1..kMaxLimit
  std::optional<double> min_similarity;  // cosine, -1..1
  std::optional<double> min_relevance;   // 0..1; only in spaces whose cosines are calibrated
  Weights weights;
  bool collapse_duplicates = false;  // of items that show the same image, the first alone
  bool explain = false;              // tell what each part added
  bool paged = false;                // give a cursor for the next page
  bool browse = false;               // nothing is asked: the latest items that satisfy the filter
  std::string cursor;                // of the page before; empty: the first page

  // Whether likeness to one photo or item alone decides.
  bool is_plain() const { return text.empty() && like.empty() && unlike.empty() && weights.freshness == 0; }
};

// kInvalid or kTooLarge naming the field when a part is out of its range, or nothing is asked and it is not
// to be browsed.
Result<void> check_query(const Query& query);

}  // namespace fit::search
