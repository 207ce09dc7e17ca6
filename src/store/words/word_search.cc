#include "store/words/word_search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <unordered_map>

#include "store/words/catalogue_words.h"
#include "text/characters.h"
#include "text/inflection.h"

namespace fit::store {
namespace {

constexpr double kSaturation = 1.2;  // k1
constexpr double kLength = 0.3;      // b: long descriptions take little from the weight of a title

constexpr std::int64_t kCommon = 3000;       // a word of more items is common: not all of them are scored
constexpr std::int64_t kMaxScored = 1000;    // items of common words that one step scores at most,
constexpr std::int64_t kScoredPerHit = 2;    // and for each wanted hit
constexpr std::int64_t kLatest = 1'000'000;  // the latest items, among which common words are searched for
constexpr std::size_t kMaxCompletions = 20;
constexpr double kEverywhere = 0.5;  // a word of a larger share of the items is ignored beside other words

using Terms = std::span<const WordTerm>;

// One execution of a WordQuery.
class WordSearch {
 public:
  WordSearch(sql::SqlConnection& connection, WordIndex& index, const WordQuery& query)
      : connection_(connection), index_(index), query_(query) {}

  Result<WordResults> run() {
    FIT_CHECK(read_terms());
    if (!terms_.empty()) FIT_CHECK(search());
    double all = 0;
    for (const WordResults::Word& word : results_.words) all += word.weight;
    for (const auto& [item, score] : found_) {
      results_.hits.push_back({ItemId{item}, score.score, std::min(1.0, score.matched / all)});
    }
    std::ranges::sort(results_.hits, [](const WordHit& a, const WordHit& b) {
      return a.score != b.score ? a.score > b.score : a.item > b.item;
    });
    if (results_.hits.size() > query_.limit) results_.hits.resize(query_.limit);
    return std::move(results_);
  }

 private:
  // Sets terms_ to the words that items have, the rarest first.
  Result<void> read_terms() {
    FIT_TRY(const auto last, connection_.query_integer("SELECT MAX(id) FROM items", {}));
    last_ = last.value_or(0);
    results_.words.resize(std::min(query_.words.size(), kMaxWords));
    for (std::size_t i = 0; i < results_.words.size(); ++i) {
      WordTerm term{.word = static_cast<std::int64_t>(i), .forms = text::word_forms(query_.words[i])};
      if (term.forms.empty() || std::ranges::contains(terms_, term.forms, &WordTerm::forms)) continue;
      FIT_CHECK(complete(term));
      if (term.items == 0) continue;
      const auto known = static_cast<double>(std::max(last_, term.items));
      const auto items = static_cast<double>(term.items);
      term.weight = std::log(1 + (known - items + 0.5) / (items + 0.5));
      FIT_TRY(bool is_name, is_in_brand(connection_, term.forms));
      is_name = is_name || std::ranges::any_of(query_.words[i], [](char c) { return c >= '0' && c <= '9'; });
      results_.words[i] = {term.weight, is_name};
      terms_.push_back(std::move(term));
    }
    std::ranges::stable_sort(terms_, {}, &WordTerm::items);
    return {};
  }

  Result<void> complete(WordTerm& term) {
    FIT_TRY(term.items, count(term.forms));
    if (term.items > 0 && !text::is_written_without_blanks(term.forms[0])) return {};
    FIT_TRY(auto longer, complete_word(connection_, term.forms[0], kMaxCompletions));
    if (longer.empty()) return {};
    std::ranges::move(longer, std::back_inserter(term.forms));
    FIT_TRY(term.items, count(term.forms));
    return {};
  }

  // Returns the number of items that have one of the texts; above kCommon, an estimate from their share of
  // the latest items.
  Result<std::int64_t> count(std::span<const std::string> texts) {
    FIT_TRY(const auto latest, index_.latest(texts, kCommon + 1));
    const std::int64_t items = latest.items;
    if (items <= kCommon) return items;
    const double share = static_cast<double>(items) / static_cast<double>(last_ - latest.first + 1);
    return std::max(items, static_cast<std::int64_t>(share * static_cast<double>(last_)));
  }

  Result<void> search() {
    std::size_t rare = 0;
    for (std::int64_t items = 0; rare < terms_.size(); ++rare) {
      items += terms_[rare].items;
      if (items > kCommon) break;
    }
    while (terms_.size() > std::max<std::size_t>(rare, 1) && is_everywhere(terms_.back())) {
      results_.words[static_cast<std::size_t>(terms_.back().word)].weight = 0;
      terms_.pop_back();
    }
    const Terms few = Terms(terms_).first(rare);
    const Terms common = Terms(terms_).subspan(rare);
    if (rare > 0) {
      FIT_CHECK(score({{few}}, kCommon, false));
      if (!common.empty()) {
        FIT_CHECK(score({{.terms = few, .counts = false}, {.terms = common}}, kCommon, true));
      }
    }
    if (common.empty() || is_full()) return {};
    FIT_TRY(const bool among_few, is_among_few());
    if (among_few) return score({{common}}, kCommon, false);
    FIT_CHECK(score_titles_first({.terms = common, .all = true}));
    for (std::size_t i = 0; common.size() > 1 && i < common.size() && !is_full(); ++i) {
      FIT_CHECK(score_titles_first({common.subspan(i, 1)}));
    }
    return {};
  }

  bool is_everywhere(const WordTerm& term) const {
    return term.items > kCommon &&
           static_cast<double>(term.items) >= kEverywhere * static_cast<double>(last_);
  }

  Result<bool> is_among_few() {
    if (query_.filter != nullptr) return index_.has_few(*query_.filter, kCommon);
    return query_.among && count_bits(*query_.among) <= kCommon;
  }

  bool is_full() const { return found_.size() >= query_.limit; }

  Result<void> score_titles_first(const WordIndex::Clause& clause) {
    const std::int64_t most = std::min<std::int64_t>(
        kMaxScored,
        kScoredPerHit * static_cast<std::int64_t>(std::min<std::size_t>(query_.limit, kMaxScored)));
    FIT_CHECK(score({clause}, most, false, true));
    if (is_full()) return {};
    return score({clause}, most, false);
  }

  // Scores the latest items that match. An item that has a score keeps it; with `adds`, the new score is
  // added.
  Result<void> score(std::vector<WordIndex::Clause> clauses, std::int64_t limit, bool adds,
                     bool names_only = false) {
    return index_.score({.clauses = std::move(clauses),
                         .names_only = names_only,
                         .after = limit < kCommon ? last_ - kLatest : 0,
                         .limit = limit,
                         .among = query_.among,
                         .filter = query_.filter},
                        [&](std::int64_t item, const WordScore& score) {
                          const auto [known, is_new] = found_.try_emplace(item, score);
                          if (is_new || !adds) return;
                          known->second.score += score.score;
                          known->second.matched += score.matched;
                        });
  }

  sql::SqlConnection& connection_;
  WordIndex& index_;
  const WordQuery& query_;
  std::int64_t last_ = 0;  // the largest id of an item
  std::vector<WordTerm> terms_;
  std::unordered_map<std::int64_t, WordScore> found_;
  WordResults results_;
};

}  // namespace

std::int64_t count_bits(std::span<const std::uint64_t> bits) {
  std::int64_t count = 0;
  for (const std::uint64_t word : bits) count += std::popcount(word);
  return count;
}

double bm25(double weight, double frequency, double length, double mean) {
  const double saturation = kSaturation * (1 - kLength + kLength * length / mean);
  return weight * frequency * (kSaturation + 1) / (frequency + saturation);
}

Result<WordResults> search_words(sql::SqlConnection& connection, WordIndex& index, const WordQuery& query) {
  return WordSearch(connection, index, query).run();
}

}  // namespace fit::store
