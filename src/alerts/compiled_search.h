#pragma once

#include <limits>
#include <string>
#include <vector>

#include "alerts/saved_search.h"
#include "base/bytes.h"
#include "embed/embedder.h"
#include "search/resolved_query.h"

namespace fit::alerts {

// The forms of a word in the full-text index (text/analyzer.h), of which an item must have one.
using WordForms = std::vector<std::string>;

// A property that the words of a query name: the item has one of the values, or says the words themselves.
struct WantedProperty {
  std::string column;
  std::vector<std::string> values;
  std::vector<WordForms> words;
};

// What a saved search asks of a single item, without a model or an index: made once from a resolved query.
// An item matches if
//   - it satisfies `filter` and `required`, and is no example of the query;
//   - with a vector: one of its images has at least `min_similarity` to it, and is nearer to it than to any
//     vector of `unlike`;
//   - it has every word and every property, where `vector_suffices` is not set.
struct CompiledSearch {
  search::Filter filter = {};    // of the query, of its words, and of the options
  search::Filter required = {};  // what the person may see
  embed::Vector vector = {};     // of the photo, the examples or the words; empty: none is compared
  double min_similarity = -1;
  std::vector<embed::Vector> unlike = {};
  std::vector<WordForms> words = {};
  std::vector<WantedProperty> properties = {};
  std::vector<ItemId> excluded = {};
  // The query has words only and a least relevance: an item that has not all of them matches by its vector.
  bool vector_suffices = false;
};

// The least relevance of alerts by photos and items where nobody has chosen one, and the least cosine in
// spaces whose cosines are not calibrated.
inline constexpr double kDefaultRelevance = 0.3;
inline constexpr double kDefaultSimilarity = 0.9;

// The query that is resolved for a saved search: with its options.
search::Query asked_query(search::Query query, const AlertOptions& options);

// Compiles what asked_query() was resolved to.
CompiledSearch compile(const search::ResolvedQuery& resolved, const search::Query& query,
                       const AlertOptions& options);

// The compiled search as the database has it: JSON, and the vectors as 32-bit numbers, one after the other.
struct StoredCompilation {
  std::string json;
  Bytes vectors;
};
StoredCompilation store_compiled(const CompiledSearch& search);
// kDamaged for anything that store_compiled() has not written for vectors of this length.
Result<CompiledSearch> stored_compiled(std::string_view json, ByteView vectors, std::size_t dimensions);

}  // namespace fit::alerts
