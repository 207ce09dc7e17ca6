#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "embed/embedder.h"
#include "search/backend.h"
#include "search/query.h"
#include "search/query_parser.h"
#include "search/rerank.h"
#include "store/catalogue.h"

namespace fit::search {

// How many of a list's nearest items are put in order with the others'.
inline constexpr std::size_t kRankedDepth = 100;

// A question as vectors and properties, ready to be looked up.
struct ResolvedQuery {
  // What the example's garment is, to be kept where the words say nothing of it: "this but in red" stays a
  // jacket.
  struct Keep {
    SoftProperty what;
    double weight = 1;  // how sure it is, 0..1
  };

  ParsedText read;
  Filter filter;                      // with the price that the words ask for
  std::optional<embed::Vector> look;  // the photo, or the mean of the examples
  std::vector<embed::Vector> unlike;
  std::optional<embed::Vector> text;  // the words, where the space has a text side
  std::optional<embed::Vector> rest;  // the words that name no property that items have, beside a look
  // Looked for in titles, brands and descriptions: those that name no property, and without a look then the
  // values of the properties that are wanted.
  std::vector<std::string> words;
  std::size_t loose_words = 0;  // of them, those that name no property
  std::vector<Keep> keep;
  std::vector<ItemId> left_out;  // the examples themselves
  embed::PropertyPredictions predicted;
  // The words in the space of items' texts, where there is one and its provider answered.
  std::optional<embed::Vector> of_texts;
  bool lacks_provider = false;  // there is one, and it did not answer
  RerankLooks rerank_looks;     // empty: there are no rerank spaces, or nothing to be like

  // How likely an item of some similarity is of the kind asked for; nullptr where nobody has measured it.
  // Borrowed from the embedder.
  const embed::RelevanceCurve* relevance = nullptr;
  std::optional<double> min_similarity;  // the stricter of the two that the query may ask for

  // What similarity is measured to: the look, or else the text; nullptr when there is neither.
  const embed::Vector* main() const { return look ? &*look : text ? &*text : nullptr; }
  // Whether what items say is all that there is to answer by.
  bool is_by_words_alone() const {
    return main() == nullptr && !(words.empty() && read.properties.empty() && !of_texts);
  }
};

// One part of a score.
struct ScorePart {
  std::string name;  // "image", "text", "texts", "words", "properties", ...
  double score = 0;
};

struct Candidate {
  ItemId item;
  ImageId image;                                                 // the best one
  double similarity = std::numeric_limits<double>::quiet_NaN();  // cosine to Asked::main()
  double score = 0;
  std::vector<ScorePart> parts;  // that add up to the score
};

// The nearest items to the look are first put in order by their likeness in the rerank spaces too.
//
// The best candidates of every list that answers part of the question: nearest to the look, to the text and
// to their sum, each over all items and over those that have the properties that the words name, those
// that have the words in their texts, and those whose texts are nearest to the words in a space of texts. The
// lists are fused by reciprocal rank (Cormack, Clarke, Buettcher 2009: the sum of weight / (60 + rank)); in
// the list of words an item's part is also scaled by its score beside the best one's, and by how much of the
// words that one has; in that of texts, by how much nearer it is than the list's last. Words that are names
// (a brand's, or with a digit) or rare count up to four times, since a vector says little of them. Agreement
// with the properties and with what is to be kept adds to that as much as a first rank does, likeness to the
// examples under `unlike` takes away. Best first, equal ones by id. The same for every page of a question.
struct Ranking {
  struct Parts {
    store::Catalogue& store;
    embed::Embedder& embedder;
    const Backend& backend;
    std::span<const RerankSpace> rerank_spaces;
  };

  static Result<std::vector<Candidate>> rank(const Parts& parts, const Query& query,
                                             const ResolvedQuery& asked, const Selection& matching);
};

}  // namespace fit::search
