#include "store/words/postgres_text_vector.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include "sql/postgres_values.h"
#include "text/words.h"

namespace fit::store {
namespace {

// Limits of tsvector (https://www.postgresql.org/docs/current/textsearch-limitations.html).
constexpr std::uint16_t kLastPosition = 16383;
constexpr std::size_t kMostPositions = 255;
constexpr std::size_t kMostBytes = 900'000;

constexpr std::array<std::uint16_t, 3> kWeights = {3, 2, 0};  // A, B, D of title, brand and description
constexpr int kWeightShift = 14;

std::optional<double> field_weight(std::uint16_t position, bool names_only) {
  const auto* const field = std::ranges::find(kWeights, position >> kWeightShift);
  if (field == kWeights.end() || (names_only && field == kWeights.end() - 1)) return std::nullopt;
  return kFieldWeights[static_cast<std::size_t>(field - kWeights.begin())];
}

// Words separated by blanks.
std::vector<std::string> words_of(const std::string& form) {
  std::vector<std::string> words;
  for (std::size_t start = 0; start < form.size();) {
    const std::size_t end = std::min(form.find(' ', start), form.size());
    if (end > start) words.push_back(form.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

}  // namespace

TextVector make_text_vector(const domain::Listing& listing) {
  std::map<std::string, std::vector<std::uint16_t>> words;
  TextVector made;
  std::size_t bytes = 0;
  std::uint16_t position = 0;
  std::size_t field = 0;
  for (const std::string* const text : {&listing.title, &listing.brand, &listing.description}) {
    for (std::string& word : text::split_words(*text)) {
      ++made.length;
      if (position < kLastPosition) ++position;
      if (word.size() > kLongestIndexed || bytes > kMostBytes) continue;
      auto& places = words[std::move(word)];
      const auto place = static_cast<std::uint16_t>(kWeights[field] << kWeightShift | position);
      const bool is_later = places.empty() || (places.back() & kLastPosition) < position;
      if (places.size() >= kMostPositions || !is_later) continue;
      // The size of a word with its terminator, its count and one position.
      bytes += places.empty() ? kLongestIndexed / 4 : 2;
      places.push_back(place);
    }
    // The gap keeps phrases from spanning two fields.
    if (position < kLastPosition) ++position;
    ++field;
  }
  sql::append_number(made.bytes, static_cast<std::int32_t>(words.size()));
  for (const auto& [word, places] : words) {
    made.bytes += word;
    made.bytes += '\0';
    sql::append_number(made.bytes, static_cast<std::uint16_t>(places.size()));
    for (const std::uint16_t place : places) sql::append_number(made.bytes, place);
  }
  return made;
}

TextVectorScorer::TextVectorScorer(std::span<const WordIndex::Clause> clauses, bool names_only)
    : names_only_(names_only) {
  std::vector<std::pair<std::size_t, std::vector<std::string>>> forms;
  for (const WordIndex::Clause& clause : clauses) {
    for (const WordTerm& term : clause.terms) {
      if (!clause.counts || term.weight <= 0) continue;
      for (const std::string& form : term.forms) {
        forms.emplace_back(terms_.size(), words_of(form));
        words_.insert(words_.end(), forms.back().second.begin(), forms.back().second.end());
      }
      terms_.push_back(term.weight);
    }
  }
  std::ranges::sort(words_);
  words_.erase(std::ranges::unique(words_).begin(), words_.end());
  positions_.resize(words_.size());
  for (const auto& [term, words] : forms) {
    Form form{.term = term, .words = {}};
    for (const std::string& word : words) {
      form.words.push_back(static_cast<std::size_t>(std::ranges::lower_bound(words_, word) - words_.begin()));
    }
    if (!form.words.empty()) forms_.push_back(std::move(form));
  }
}

void TextVectorScorer::read(ByteView vector) {
  for (auto& positions : positions_) positions.clear();
  const char* at = as_text(vector).data();
  const char* const end = at + vector.size();
  if (end - at < 4) return;
  auto left = sql::read_number<std::int32_t>(at);
  at += 4;
  for (; left > 0 && at < end; --left) {
    const char* const word_end =
        static_cast<const char*>(std::memchr(at, 0, static_cast<std::size_t>(end - at)));
    if (word_end == nullptr || end - word_end < 3) return;
    const std::string_view word(at, static_cast<std::size_t>(word_end - at));
    const auto count = sql::read_number<std::uint16_t>(word_end + 1);
    at = word_end + 3;
    if (end - at < 2 * count) return;
    const auto known = std::ranges::lower_bound(words_, word);
    if (known != words_.end() && *known == word) {
      auto& positions = positions_[static_cast<std::size_t>(known - words_.begin())];
      for (int i = 0; i < count; ++i) positions.push_back(sql::read_number<std::uint16_t>(at + 2 * i));
    }
    at += 2 * count;
  }
}

double TextVectorScorer::occurrences(const Form& form) const {
  double sum = 0;
  for (const std::uint16_t first : positions_[form.words[0]]) {
    bool follows = true;
    for (std::size_t i = 1; i < form.words.size() && follows; ++i) {
      follows = std::ranges::contains(positions_[form.words[i]], static_cast<std::uint16_t>(first + i));
    }
    if (follows) sum += field_weight(first, names_only_).value_or(0);
  }
  return sum;
}

WordScore TextVectorScorer::score(ByteView vector, double length, double mean) {
  read(vector);
  std::vector<double> frequencies(terms_.size());
  for (const Form& form : forms_) frequencies[form.term] += occurrences(form);
  WordScore score;
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    if (frequencies[i] == 0) continue;
    score.score += bm25(terms_[i], frequencies[i], length, mean);
    score.matched += terms_[i];
  }
  return score;
}

}  // namespace fit::store
