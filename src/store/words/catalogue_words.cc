#include "store/words/catalogue_words.h"

#include <algorithm>
#include <limits>
#include <map>

#include "sql/multi_row.h"
#include "store/words/word_engine.h"
#include "text/characters.h"
#include "text/edit_distance.h"
#include "text/inflection.h"
#include "text/words.h"

namespace fit::store {
namespace {

constexpr std::size_t kBrandsOnly = 4;           // words of up to this length are corrected to brands only
constexpr std::int64_t kMaxCandidates = 20'000;  // of one length and first letter
constexpr std::size_t kMaxCorrections = 8;       // of one query
constexpr std::size_t kMaxEqual = 16;            // equally near words that are compared by frequency
constexpr std::int64_t kMaxCounted = 1000;       // the frequency up to which they are told apart
constexpr std::string_view kLast = "\U0010FFFF";

bool has_digit(std::string_view word) {
  return std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_known_kind(std::string_view word) {
  const std::size_t length = text::count_characters(word);
  return length >= kShortestKnown && length <= kLongestKnown && !has_digit(word);
}

std::string first_character(std::string_view word, std::size_t from) {
  std::size_t end = from + 1;
  while (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80) ++end;
  return std::string(word.substr(from, end - from));
}

// Finds the words of the catalogue that are nearest to a word by edit distance.
class NearestWords {
 public:
  NearestWords(sql::SqlConnection& connection, const std::string& word)
      : connection_(connection), word_(word), length_(text::count_characters(word)) {
    distance_ = text::allowed_edits(length_);
  }

  Result<std::vector<std::string>> find() {
    if (distance_ == 0) return std::move(nearest_);
    const std::string first = first_character(word_, 0);
    const std::string second = first_character(word_, first.size());
    const std::size_t most = distance_;
    for (std::size_t length = length_ - most; length <= length_ + most; ++length) {
      FIT_CHECK(search(length, first));
      if (second != first) FIT_CHECK(search(length, second));
    }
    return std::move(nearest_);
  }

 private:
  Result<void> search(std::size_t length, const std::string& start) {
    const std::string end = start + std::string(kLast);
    return connection_.query(
        "SELECT word, in_brand FROM catalogue_words WHERE length = $1 AND word >= $2 AND word < $3 LIMIT $4",
        {static_cast<std::int64_t>(length), std::string_view(start), std::string_view(end), kMaxCandidates},
        [this](const sql::SqlRow& row) {
          if (length_ <= kBrandsOnly && row.integer(1) == 0) return;
          const std::size_t found = text::edit_distance(word_, row.text(0), distance_);
          if (found > distance_) return;
          if (found < distance_) nearest_.clear();
          distance_ = found;
          if (nearest_.size() < kMaxEqual) nearest_.emplace_back(row.text(0));
        });
  }

  sql::SqlConnection& connection_;
  const std::string& word_;
  const std::size_t length_;
  std::size_t distance_ = 0;  // of nearest_; the largest allowed one while it is empty
  std::vector<std::string> nearest_;
};

// Returns the catalogue's word that is nearest to `word`; an empty text when there is none, or when an item
// has `word`.
Result<std::string> intended_word(sql::SqlConnection& connection, const WordEngine& engine,
                                  const std::string& word) {
  std::string best;
  const auto parts = text::split_words(word);
  if (parts.size() != 1 || has_digit(parts[0]) || text::count_characters(parts[0]) > kLongestKnown)
    return best;
  FIT_TRY(const auto known, engine.count_items(connection, text::word_forms(word), 1));
  if (known > 0) return best;
  FIT_TRY(const auto longer, complete_word(connection, parts[0], 1));
  if (!longer.empty()) return best;
  FIT_TRY(const auto near, NearestWords(connection, parts[0]).find());
  std::int64_t most = 0;
  for (const std::string& one : near) {
    FIT_TRY(const auto count, engine.count_items(connection, std::span(&one, 1), kMaxCounted));
    if (count <= most) continue;
    most = count;
    best = one;
  }
  return best;
}

}  // namespace

Result<void> index_item_words(sql::SqlConnection& connection, const WordEngine& engine,
                              std::span<const ItemWords> items) {
  std::map<std::string, bool> words;  // sorted, so that two writers cannot deadlock
  for (const ItemWords& item : items) {
    for (std::string& word : text::split_words(item.listing->title)) {
      if (is_known_kind(word)) words.emplace(std::move(word), false);
    }
    for (std::string& word : text::split_words(item.listing->brand)) {
      if (is_known_kind(word)) words[std::move(word)] = true;
    }
  }
  std::vector<sql::SqlValue> rows;
  rows.reserve(words.size() * 3);
  for (const auto& [word, in_brand] : words) {
    rows.insert(rows.end(), {std::string_view(word), static_cast<std::int64_t>(text::count_characters(word)),
                             std::int64_t{in_brand}});
  }
  FIT_CHECK(sql::insert_rows(connection, "INSERT INTO catalogue_words (word, length, in_brand)", 3, rows,
                             "ON CONFLICT (word) DO UPDATE SET in_brand = 1 "
                             "WHERE excluded.in_brand = 1 AND catalogue_words.in_brand = 0"));
  return engine.index == nullptr ? Result<void>() : engine.index(connection, items);
}

Result<std::vector<std::string>> complete_word(sql::SqlConnection& connection, const std::string& start,
                                               std::size_t limit) {
  std::vector<std::string> words;
  if (text::count_characters(start) < kShortestKnown && !text::is_written_without_blanks(start)) return words;
  const std::string end = start + std::string(kLast);
  FIT_CHECK(connection.query(
      "SELECT word FROM catalogue_words WHERE word >= $1 AND word < $2 ORDER BY word LIMIT $3",
      {std::string_view(start), std::string_view(end), sql::sql_limit(limit)},
      [&words](const sql::SqlRow& row) { words.emplace_back(row.text(0)); }));
  return words;
}

Result<bool> is_in_brand(sql::SqlConnection& connection, std::span<const std::string> words) {
  for (const std::string& word : words) {
    FIT_TRY(const auto in_brand,
            connection.query_integer("SELECT in_brand FROM catalogue_words WHERE word = $1",
                                     {std::string_view(word)}));
    if (in_brand == 1) return true;
  }
  return false;
}

Result<std::vector<WordCorrection>> correct_words(sql::SqlConnection& connection, const WordEngine& engine,
                                                  std::span<const std::string> words) {
  std::vector<WordCorrection> corrections;
  for (const std::string& word : words.first(std::min(words.size(), kMaxWords))) {
    if (corrections.size() == kMaxCorrections) break;
    if (std::ranges::contains(corrections, word, &WordCorrection::from)) continue;
    FIT_TRY(auto to, intended_word(connection, engine, word));
    if (!to.empty()) corrections.push_back({word, std::move(to)});
  }
  return corrections;
}

}  // namespace fit::store
