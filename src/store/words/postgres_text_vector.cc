#include "store/words/postgres_text_vector.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "sql/postgres_values.h"
#include "store/tables/text_query.h"
#include "text/analyzer.h"

namespace fit::store {
namespace {

// Limits of tsvector (https://www.postgresql.org/docs/current/textsearch-limitations.html).
constexpr std::uint16_t kLastPosition = 16383;
constexpr std::size_t kMostPositions = 255;
constexpr std::size_t kMostBytes = 900'000;

constexpr std::array<std::uint16_t, 4> kWeights = {3, 2, 0, 1};  // A, B, D, C: in the order of kFieldWeights
constexpr int kWeightShift = 14;

std::size_t field_of(std::uint16_t position) {
  return static_cast<std::size_t>(std::ranges::find(kWeights, position >> kWeightShift) - kWeights.begin());
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

namespace {

// Collects the tokens of the fields of a listing.
class TextVectorMaker {
 public:
  void add(std::string_view text, text::Field field, std::uint16_t weight) {
    text::visit_tokens(text, field, [&](const text::IndexToken& token) {
      add(token, weight);
      return true;
    });
    // The gap keeps phrases from spanning two fields.
    if (position_ < kLastPosition) ++position_;
  }

  TextVector finish() {
    sql::append_number(made_.bytes, static_cast<std::int32_t>(words_.size()));
    for (const auto& [word, places] : words_) {
      made_.bytes += word;
      made_.bytes += '\0';
      sql::append_number(made_.bytes, static_cast<std::uint16_t>(places.size()));
      for (const std::uint16_t place : places) sql::append_number(made_.bytes, place);
    }
    return std::move(made_);
  }

 private:
  void add(const text::IndexToken& token, std::uint16_t weight) {
    if (!token.is_beside) {
      ++made_.length;
      if (position_ < kLastPosition) ++position_;
    }
    if (token.text.size() > kLongestIndexed || bytes_ > kMostBytes) return;
    auto& places = words_[std::string(token.text)];
    const auto place = static_cast<std::uint16_t>(weight << kWeightShift | position_);
    const bool is_later = places.empty() || (places.back() & kLastPosition) < position_;
    if (places.size() >= kMostPositions || !is_later) return;
    // An estimate: a word with its end, count and first position, or a further position.
    bytes_ += places.empty() ? kLongestIndexed / 4 : 2;
    places.push_back(place);
  }

  std::map<std::string, std::vector<std::uint16_t>> words_;
  TextVector made_;
  std::size_t bytes_ = 0;
  std::uint16_t position_ = 0;
};

}  // namespace

TextVector make_text_vector(const domain::Listing& listing) {
  TextVectorMaker maker;
  maker.add(listing.title, text::Field::kTitle, kWeights[0]);
  maker.add(listing.brand, text::Field::kBrand, kWeights[1]);
  maker.add(listing.size, text::Field::kSize, kWeights[3]);
  maker.add(listing.description, text::Field::kDescription, kWeights[2]);
  return maker.finish();
}

TextVectorScorer::TextVectorScorer(std::span<const WordIndex::Clause> clauses, bool names_only)
    : names_only_(names_only) {
  struct Read {
    std::size_t term;
    double share;
    std::vector<std::string> words;
  };
  std::vector<Read> forms;
  for (const WordIndex::Clause& clause : clauses) {
    for (const WordTerm& term : clause.terms) {
      if (!clause.counts || term.weight <= 0) continue;
      for (std::size_t i = 0; i < term.forms.size(); ++i) {
        forms.push_back({terms_.size(), term.share(i), words_of(term.forms[i])});
        words_.insert(words_.end(), forms.back().words.begin(), forms.back().words.end());
      }
      terms_.push_back({term.slot, term.weight});
    }
  }
  std::ranges::sort(words_);
  words_.erase(std::ranges::unique(words_).begin(), words_.end());
  positions_.resize(words_.size());
  for (const auto& [term, share, words] : forms) {
    Form form{.term = term, .share = share, .words = {}};
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

void TextVectorScorer::count(const Form& form) {
  for (const std::uint16_t first : positions_[form.words[0]]) {
    const std::size_t field = field_of(first);
    if (field == kFieldWeights.size() || (names_only_ && field == kDescriptionField)) continue;
    bool follows = true;
    for (std::size_t i = 1; i < form.words.size() && follows; ++i) {
      follows = std::ranges::contains(positions_[form.words[i]], static_cast<std::uint16_t>(first + i));
    }
    if (!follows) continue;
    counts_[form.term].frequency += kFieldWeights[field] * form.share;
    counts_[form.term].in_names = counts_[form.term].in_names || field != kDescriptionField;
  }
}

WordScore TextVectorScorer::score(ByteView vector, double length, double mean) {
  read(vector);
  counts_.assign(terms_.size(), {});
  for (const Form& form : forms_) count(form);
  WordScore score;
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    if (counts_[i].frequency == 0) continue;
    score.score += bm25(terms_[i].weight, counts_[i].frequency, length, mean);
    score.matched += terms_[i].weight;
    score.found |= 1U << terms_[i].slot;
    if (counts_[i].in_names) score.named |= 1U << terms_[i].slot;
  }
  return score;
}

}  // namespace fit::store
