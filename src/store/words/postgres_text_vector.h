#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "domain/records.h"
#include "store/words/word_search.h"

namespace fit::store {

// The longest word in bytes that is indexed.
inline constexpr std::size_t kLongestIndexed = 255;

// The words of a listing's title, brand and description as a tsvector in PostgreSQL's binary format, with the
// weights A, B and D. The last words of very long texts are left out.
struct TextVector {
  std::string bytes;
  std::int64_t length = 0;  // in words
};
TextVector make_text_vector(const domain::Listing& listing);

// Scores tsvectors by their words. For one thread at a time.
class TextVectorScorer {
 public:
  // Scores the terms of the clauses that count, which must outlive this object; with names_only, in titles
  // and brands only.
  TextVectorScorer(std::span<const WordIndex::Clause> clauses, bool names_only);

  // Returns BM25 of a tsvector in the binary format, for a text of `length` words where texts have `mean`
  // words on average.
  WordScore score(ByteView vector, double length, double mean);

 private:
  struct Form {
    std::size_t term = 0;            // index into terms_
    std::vector<std::size_t> words;  // indexes into words_
  };

  void read(ByteView vector);
  double occurrences(const Form& form) const;

  bool names_only_;
  std::vector<double> terms_;  // their weights
  std::vector<Form> forms_;
  std::vector<std::string> words_;                     // sorted
  std::vector<std::vector<std::uint16_t>> positions_;  // of each word, with the field above bit 14
};

}  // namespace fit::store
