#include "store/words/catalogue_words.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "base/format.h"
#include "base/text.h"
#include "sql/multi_row.h"
#include "store/words/word_engine.h"
#include "text/analyzer.h"
#include "text/characters.h"
#include "text/edit_distance.h"
#include "text/stems.h"

namespace fit::store {
namespace {

constexpr std::size_t kBrandsOnly = 4;  // words of up to 4 characters are corrected to words of brands only
constexpr std::int64_t kMaxCandidates = 20'000;  // words of one length and first letter
constexpr std::size_t kMaxCorrections = 8;       // corrections in one query
constexpr std::size_t kMaxEqual = 16;            // equally near words whose items are counted
constexpr std::size_t kMaxNear = 128;            // near words that may be of items outside of a scope
constexpr std::size_t kMaxLonger = 100;          // longer words that may be of items outside of a scope
constexpr std::int64_t kMaxCounted = 1000;
constexpr std::int64_t kMostAlike = 300;  // words with one beginning whose stems are compared
constexpr std::size_t kLongWord = 8;      // any edit of a word of 8 characters or more is a slip
constexpr std::size_t kMostAtOnce = 256;  // words in one statement
constexpr std::string_view kLast = "\U0010FFFF";

bool is_known_kind(std::string_view word) {
  const std::size_t length = text::count_characters(word);
  return length >= kShortestKnown && length <= kLongestKnown && !has_digit(word);
}

std::string first_character(std::string_view word, std::size_t from) {
  std::size_t end = from + 1;
  while (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80) ++end;
  return std::string(word.substr(from, end - from));
}

// A word of the catalogue near another one.
struct NearWord : KnownWord {
  std::size_t distance = 0;
};

// Finds the words of the catalogue that are nearest to a word by edit distance. Beside a scope the nearest
// words may be of other items: all near words are found.
class NearestWords {
 public:
  NearestWords(sql::SqlConnection& connection, const std::string& word, bool finds_all)
      : connection_(connection), word_(word), length_(text::count_characters(word)), finds_all_(finds_all) {
    distance_ = text::allowed_edits(length_);
  }

  // The nearest first.
  Result<std::vector<NearWord>> find() {
    if (distance_ == 0) return std::move(nearest_);
    const std::string first = first_character(word_, 0);
    const std::string second = first_character(word_, first.size());
    const std::size_t most = distance_;
    for (std::size_t length = length_ - most; length <= length_ + most; ++length) {
      FIT_CHECK(search(length, first));
      if (second != first) FIT_CHECK(search(length, second));
    }
    std::ranges::stable_sort(nearest_, {}, &NearWord::distance);
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
          if (found < distance_ && !finds_all_) nearest_.clear();
          if (!finds_all_) distance_ = found;
          if (nearest_.size() < (finds_all_ ? kMaxNear : kMaxEqual))
            nearest_.push_back({{std::string(row.text(0)), row.integer(1) != 0}, found});
        });
  }

  sql::SqlConnection& connection_;
  const std::string& word_;
  const std::size_t length_;
  std::size_t distance_ = 0;  // the distance of nearest_; the largest allowed one while it is empty
  bool finds_all_;
  std::vector<NearWord> nearest_;
};

// Whether `from` is likely a mistyped `to`: a letter is missing or surplus, letters are swapped, or the word
// is long. A short word with another letter may be a different word.
bool is_slip(const std::string& from, const std::string& to) {
  if (text::count_characters(from) >= kLongWord || from.size() != to.size()) return true;
  return std::ranges::is_permutation(from, to);
}

// Whether the words differ only in doubled letters: "gazele", "gazelle".
bool is_doubling(std::string from, std::string to) {
  const auto undouble = [](std::string& word) {
    const auto repeated = std::ranges::unique(word);
    word.erase(repeated.begin(), repeated.end());
  };
  undouble(from);
  undouble(to);
  return from == to;
}

// Whether an item has the word, or a longer word that begins with it.
Result<bool> is_found(sql::SqlConnection& connection, const WordEngine& engine, const text::QueryTerm& term,
                      const WordScope& scope) {
  FIT_TRY(const auto known, engine.count_items(connection, term.forms, 1, scope));
  if (known > 0) return true;
  FIT_TRY(const auto longer, complete_word(connection, term.word, scope.has_all() ? 1 : kMaxLonger));
  if (longer.empty() || scope.has_all()) return !longer.empty();
  return engine.has_in(connection, WordFields::kNames, longer, scope);
}

// Whether an item has another word with the same stem.
Result<bool> is_inflected(sql::SqlConnection& connection, const WordEngine& engine, const std::string& word,
                          const WordScope& scope) {
  FIT_TRY(const auto others, words_of_stem(connection, word));
  if (!scope.has_all()) return engine.has_in(connection, WordFields::kNames, others, scope);
  FIT_TRY(const auto found, engine.count_items(connection, others, 1, scope));
  return found > 0;
}

// Whether a brand of the scope has the word; nullopt when neither a title nor a brand has it.
Result<std::optional<bool>> place_in_scope(sql::SqlConnection& connection, const WordEngine& engine,
                                           const KnownWord& known, const WordScope& scope) {
  const std::span word(&known.word, 1);
  if (known.in_brand) {
    FIT_TRY(const bool in_brand, engine.has_in(connection, WordFields::kBrand, word, scope));
    if (in_brand) return std::optional(true);
  }
  FIT_TRY(const bool is_known, engine.has_in(connection, WordFields::kNames, word, scope));
  return is_known ? std::optional(false) : std::nullopt;
}

// Returns the correction of a word; `to` is empty when the word is known or no word is near.
Result<WordCorrection> intended_word(sql::SqlConnection& connection, const WordEngine& engine,
                                     const std::string& word, const WordScope& scope) {
  WordCorrection best{.from = word, .to = {}};
  const auto terms = text::query_terms(word);
  if (terms.size() != 1 || terms[0].has_units || terms[0].parts.size() != 1) return best;
  const std::string& folded = terms[0].word;
  if (has_digit(folded) || text::count_characters(folded) > kLongestKnown) return best;
  FIT_TRY(const bool found, is_found(connection, engine, terms[0], scope));
  if (found) return best;
  FIT_TRY(const auto near, NearestWords(connection, folded, !scope.has_all()).find());
  std::int64_t most = 0;
  std::size_t distance = 0;  // of the words that were counted
  for (const NearWord& one : near) {
    if (most > 0 && one.distance > distance) break;
    distance = one.distance;
    FIT_TRY(const auto count, engine.count_items(connection, std::span(&one.word, 1), kMaxCounted, scope));
    if (count <= most) continue;
    bool in_brand = one.in_brand;
    if (!scope.has_all()) {
      FIT_TRY(const auto place, place_in_scope(connection, engine, one, scope));
      if (!place || (!*place && text::count_characters(folded) <= kBrandsOnly)) continue;
      in_brand = *place;
    }
    most = count;
    best.to = one.word;
    best.is_certain = !in_brand || is_slip(folded, one.word);
  }
  if (best.to.empty() || is_doubling(folded, best.to)) return best;
  FIT_TRY(const bool inflected, is_inflected(connection, engine, folded, scope));
  if (inflected) best.to.clear();
  return best;
}

// Calls `visit` for the rows of "SQL IN (words)", in several statements.
Result<void> query_words(sql::SqlConnection& connection, std::string_view sql,
                         std::span<const std::string> words, const sql::SqlConnection::Visitor& visit) {
  for (std::size_t at = 0; at < words.size(); at += kMostAtOnce) {
    const auto piece = words.subspan(at, std::min(kMostAtOnce, words.size() - at));
    // The number of parameters is a power of 2, so that few statements are prepared; the last word is
    // repeated.
    const std::size_t count = std::bit_ceil(piece.size());
    std::string list;
    std::vector<sql::SqlValue> values;
    for (std::size_t i = 0; i < count; ++i) {
      list += fit::format("{}${}", i == 0 ? "" : ", ", i + 1);
      values.emplace_back(std::string_view(piece[std::min(i, piece.size() - 1)]));
    }
    FIT_CHECK(connection.query(fit::format("{} IN ({})", sql, list), values, visit));
  }
  return {};
}

// Collects the words of a text for catalogue_words.
void collect(std::string_view text, bool in_brand, std::map<std::string, bool>& words) {
  const auto add = [&](const std::string& word) {
    if (!is_known_kind(word)) return;
    bool& known = words.try_emplace(word, false).first->second;
    known = known || in_brand;
  };
  for (const text::QueryTerm& term : text::query_terms(text)) {
    if (term.has_units) continue;
    for (const std::string& part : term.parts) add(part);
    if (term.parts.size() > 1) add(term.word);
  }
}

}  // namespace

Result<void> add_catalogue_words(sql::SqlConnection& connection, std::span<const ItemWords> items) {
  std::map<std::string, bool> words;  // sorted, so that two writers cannot deadlock
  std::set<std::string> names;
  for (const ItemWords& item : items) {
    collect(item.listing->title, false, words);
    collect(item.listing->brand, true, words);
    for (std::string& name : text::brand_names(item.listing->brand)) names.insert(std::move(name));
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
  const std::vector<sql::SqlValue> brands(names.begin(), names.end());
  return sql::insert_rows(connection, "INSERT INTO catalogue_brands (name)", 1, brands,
                          "ON CONFLICT (name) DO NOTHING");
}

Result<void> index_item_words(sql::SqlConnection& connection, const WordEngine& engine,
                              std::span<const ItemWords> items) {
  FIT_CHECK(add_catalogue_words(connection, items));
  return engine.index == nullptr ? Result<void>() : engine.index(connection, items);
}

Result<std::vector<std::string>> complete_word(sql::SqlConnection& connection, const std::string& start,
                                               std::size_t limit) {
  std::vector<std::string> words;
  if (text::count_characters(start) < kShortestKnown) return words;
  const std::string end = start + std::string(kLast);
  FIT_CHECK(connection.query(
      "SELECT word FROM catalogue_words WHERE word >= $1 AND word < $2 ORDER BY word LIMIT $3",
      {std::string_view(start), std::string_view(end), sql::sql_limit(limit)},
      [&words](const sql::SqlRow& row) { words.emplace_back(row.text(0)); }));
  return words;
}

Result<std::vector<std::string>> words_of_stem(sql::SqlConnection& connection, std::string_view word) {
  std::vector<std::string> words;
  const text::Stems stems(word);
  const std::string start(stems.beginning());
  if (start.empty()) return words;
  const std::string end = start + std::string(kLast);
  FIT_CHECK(connection.query(
      "SELECT word FROM catalogue_words WHERE word >= $1 AND word < $2 ORDER BY word LIMIT $3",
      {std::string_view(start), std::string_view(end), kMostAlike}, [&](const sql::SqlRow& row) {
        const std::string_view other = row.text(0);
        if (words.size() == kMostOfOneStem || other == word || !stems.share(other)) return;
        words.emplace_back(other);
      }));
  return words;
}

Result<std::vector<KnownWord>> known_words(sql::SqlConnection& connection,
                                           std::span<const std::string> words) {
  std::vector<KnownWord> known;
  FIT_CHECK(query_words(connection, "SELECT word, in_brand FROM catalogue_words WHERE word", words,
                        [&known](const sql::SqlRow& row) {
                          known.push_back({std::string(row.text(0)), row.integer(1) != 0});
                        }));
  return known;
}

Result<std::vector<std::string>> known_brands(sql::SqlConnection& connection,
                                              std::span<const std::string> names) {
  std::vector<std::string> known;
  FIT_CHECK(query_words(connection, "SELECT name FROM catalogue_brands WHERE name", names,
                        [&known](const sql::SqlRow& row) { known.emplace_back(row.text(0)); }));
  return known;
}

Result<std::vector<WordCorrection>> correct_words(sql::SqlConnection& connection, const WordEngine& engine,
                                                  std::span<const std::string> words,
                                                  const WordScope& scope) {
  std::vector<WordCorrection> corrections;
  for (const std::string& word : words.first(std::min(words.size(), kMaxWords))) {
    if (corrections.size() == kMaxCorrections) break;
    if (std::ranges::contains(corrections, word, &WordCorrection::from)) continue;
    FIT_TRY(auto correction, intended_word(connection, engine, word, scope));
    if (!correction.to.empty()) corrections.push_back(std::move(correction));
  }
  return corrections;
}

}  // namespace fit::store
