#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "domain/records.h"
#include "store/words/word_search.h"

namespace fit::store {

// The words of a listing's title, brand, size and description as a tsvector in PostgreSQL's binary format,
// with the weights A, B, C and D. The last words of very long texts are left out.
struct TextVector {
  std::string bytes;
  std::int64_t length = 0;  // in words
};
TextVector make_text_vector(const domain::Listing& listing);

// Scores tsvectors by their words. For one thread at a time.
class TextVectorScorer {
 public:
  // Scores the terms of the clauses that count, which must outlive this object; with names_only, ignores
  // descriptions.
  TextVectorScorer(std::span<const WordIndex::Clause> clauses, bool names_only);

  // Returns BM25 of a tsvector in the binary format, for a text of `length` words where texts have `mean`
  // words on average.
  WordScore score(ByteView vector, double length, double mean);

 private:
  struct Form {
    std::size_t term = 0;            // index into terms_
    double share = 1;                // the weight of an occurrence
    std::vector<std::size_t> words;  // indexes into words_
  };

  struct Term {
    std::int64_t slot = 0;
    double weight = 0;
  };
  // The occurrences of a term in a text.
  struct Count {
    double frequency = 0;
    bool in_names = false;
  };

  void read(ByteView vector);
  void count(const Form& form);

  bool names_only_;
  std::vector<Term> terms_;
  std::vector<Form> forms_;
  std::vector<std::string> words_;                     // sorted
  std::vector<std::vector<std::uint16_t>> positions_;  // of each word, with the field above bit 14
  std::vector<Count> counts_;                          // the occurrences of each term
};

}  // namespace fit::store
