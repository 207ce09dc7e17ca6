#include "store/words/word_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <unordered_map>

#include "base/text.h"
#include "store/words/catalogue_words.h"
#include "text/analyzer.h"

namespace fit::store {
namespace {

constexpr double kSaturation = 1.2;  // k1
constexpr double kLength = 0.3;      // b: long descriptions take little from the weight of a title

constexpr std::int64_t kCommon = 3000;       // a word of more items is common: not all of them are scored
constexpr std::int64_t kMaxScored = 1000;    // items of common words that one step scores at most,
constexpr std::int64_t kScoredPerHit = 2;    // and for each wanted hit
constexpr std::int64_t kLatest = 1'000'000;  // the latest items, among which common words are searched for
constexpr std::size_t kMaxCompletions = 20;
constexpr double kEverywhere = 0.5;    // a word of a larger share of the items is ignored beside other words
constexpr double kOtherOnly = 0.5;     // weight factor of a word that items have only in other forms
constexpr std::size_t kMaxJoined = 3;  // words of a query that may be joined in an item

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
      results_.hits.push_back({.item = ItemId{item},
                               .score = score.score,
                               .matched = std::min(1.0, score.matched / all),
                               .found = words_of(score.found),
                               .named = words_of(score.named)});
    }
    std::ranges::sort(results_.hits, [](const WordHit& a, const WordHit& b) {
      return a.score != b.score ? a.score > b.score : a.item > b.item;
    });
    if (results_.hits.size() > query_.limit) results_.hits.resize(query_.limit);
    return std::move(results_);
  }

 private:
  // A word of the query, or one of the words of a run in a script without blanks.
  struct Asked {
    std::size_t word = 0;  // index into the query's words
    text::QueryTerm term;
    // Words of the catalogue in which it is joined with its neighbours: "airmax" for "air".
    std::vector<std::string> joined = {};
  };

  // Sets terms_ to the words that items have, the rarest first.
  Result<void> read_terms() {
    FIT_TRY(last_, index_.last());
    results_.unknown_weight = weight_of(0);
    results_.words.resize(std::min(query_.words.size(), kMaxWords));
    std::vector<Asked> asked;
    for (std::size_t i = 0; i < results_.words.size(); ++i) {
      for (text::QueryTerm& term : text::query_terms(query_.words[i])) {
        if (asked.size() < kMaxWords) asked.push_back({.word = i, .term = std::move(term)});
      }
    }
    FIT_CHECK(find_names(asked));
    FIT_CHECK(find_joined(asked));
    for (Asked& one : asked) FIT_CHECK(add_term(one));
    std::ranges::stable_sort(terms_, {}, &WordTerm::items);
    return {};
  }

  // Marks words of brands and words with digits as names.
  Result<void> find_names(std::span<const Asked> asked) {
    std::vector<std::string> forms;
    for (const Asked& one : asked) {
      forms.push_back(one.term.word);
      for (const std::string& form : one.term.forms) {
        if (!form.contains(' ') && form != one.term.word) forms.push_back(form);
      }
    }
    FIT_TRY(const auto words, known_words(connection_, forms));
    FIT_TRY(const auto brands, known_brands(connection_, forms));
    for (const Asked& one : asked) {
      const auto is_form = [&one](const std::string& word) {
        return word == one.term.word || std::ranges::contains(one.term.forms, word);
      };
      const bool is_name = has_digit(one.term.word) || std::ranges::any_of(brands, is_form) ||
                           std::ranges::any_of(words, [&](const KnownWord& known) {
                             return known.in_brand && is_form(known.word);
                           });
      if (!is_name || results_.words[one.word].is_name) continue;
      FIT_TRY(results_.words[one.word].is_name, is_name_in_scope(one.term));
    }
    return {};
  }

  Result<bool> is_name_in_scope(const text::QueryTerm& term) {
    if (query_.scope.has_all() || has_digit(term.word)) return true;
    return index_.has_in(WordFields::kBrand, term.forms);
  }

  // Finds the words of items that join several words of the query.
  Result<void> find_joined(std::span<Asked> asked) {
    struct Run {
      std::size_t first;
      std::size_t count;
      std::string word;
    };
    std::vector<Run> runs;
    std::vector<std::string> letters;
    for (std::size_t first = 0; first < asked.size(); ++first) {
      if (asked[first].term.has_units) continue;
      std::string word = asked[first].term.word;
      for (std::size_t count = 2; count <= kMaxJoined && first + count <= asked.size(); ++count) {
        const text::QueryTerm& next = asked[first + count - 1].term;
        if (next.has_units) break;
        word += next.word;
        runs.push_back({first, count, word});
        if (!has_digit(word)) letters.push_back(word);
      }
    }
    FIT_TRY(const auto known, known_words(connection_, letters));
    for (const Run& run : runs) {
      bool is_word = std::ranges::contains(known, run.word, &KnownWord::word);
      if (has_digit(run.word)) {
        FIT_TRY(const auto latest, index_.latest(std::span(&run.word, 1), 1));
        is_word = latest.items > 0;
      } else if (is_word && !query_.scope.has_all()) {
        FIT_TRY(is_word, index_.has_in(WordFields::kNames, std::span(&run.word, 1)));
      }
      if (!is_word) continue;
      for (Asked& one : asked.subspan(run.first, run.count)) one.joined.push_back(run.word);
    }
    return {};
  }

  Result<void> add_term(Asked& asked) {
    WordTerm term{.word = asked.word,
                  .slot = static_cast<std::int64_t>(terms_.size()),
                  .forms = std::move(asked.term.forms)};
    std::ranges::move(asked.joined, std::back_inserter(term.forms));
    const auto same = std::ranges::find_if(terms_, [&term](const WordTerm& other) {
      return std::ranges::equal(term.forms, std::span(other.forms).first(other.own));
    });
    if (same != terms_.end()) {  // a repeated word counts once
      slots_[asked.word] |= 1U << same->slot;
      results_.words[asked.word].is_known = true;
      results_.words[asked.word].is_own = results_.words[same->word].is_own;
      return {};
    }
    term.own = term.forms.size();
    FIT_TRY(const auto own_items, count(term.forms));
    term.items = own_items;
    FIT_CHECK(add_others(asked.term, term));
    if (term.items == 0) return {};
    const double weight = weight_of(term.items);
    term.weight = own_items == 0 ? weight * kOtherOnly : weight;
    results_.words[asked.word].weight += weight;
    results_.words[asked.word].is_known = true;
    results_.words[asked.word].is_own = own_items > 0;
    slots_[asked.word] |= 1U << term.slot;
    terms_.push_back(std::move(term));
    return {};
  }

  // The words (bits) all of whose terms are among the slots (bits).
  std::uint32_t words_of(std::uint32_t slots) const {
    std::uint32_t words = 0;
    for (std::size_t i = 0; i < kMaxWords; ++i) {
      if (slots_[i] != 0 && (slots_[i] & slots) == slots_[i]) words |= 1U << i;
    }
    return words;
  }

  double weight_of(std::int64_t count) const {
    const auto known = static_cast<double>(std::max(last_, count));
    const auto items = static_cast<double>(count);
    return std::log(1 + (known - items + 0.5) / (items + 0.5));
  }

  // Adds the words of the same stem. Without any, for a word that no item has, adds the words that begin with
  // it.
  Result<void> add_others(const text::QueryTerm& asked, WordTerm& term) {
    if (asked.has_units || asked.parts.size() > 1) return {};
    FIT_TRY(auto others, words_of_stem(connection_, asked.word));
    FIT_CHECK(keep_in_scope(others));
    if (term.items == 0 && others.empty()) {
      FIT_TRY(others, complete_word(connection_, asked.word, kMaxCompletions));
      FIT_CHECK(keep_in_scope(others));
    }
    std::erase_if(others,
                  [&term](const std::string& other) { return std::ranges::contains(term.forms, other); });
    if (others.empty()) return {};
    std::ranges::move(others, std::back_inserter(term.forms));
    FIT_TRY(term.items, count(term.forms));
    return {};
  }

  // Removes the words that no title and no brand of the scope has.
  Result<void> keep_in_scope(std::vector<std::string>& words) {
    if (query_.scope.has_all()) return {};
    std::vector<std::string> kept;
    for (std::string& word : words) {
      FIT_TRY(const bool is_known, index_.has_in(WordFields::kNames, std::span(&word, 1)));
      if (is_known) kept.push_back(std::move(word));
    }
    words = std::move(kept);
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
      double& weight = results_.words[terms_.back().word].weight;
      weight = std::max(0.0, weight - terms_.back().weight);
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
                          known->second.found |= score.found;
                          known->second.named |= score.named;
                        });
  }

  sql::SqlConnection& connection_;
  WordIndex& index_;
  const WordQuery& query_;
  std::int64_t last_ = 0;  // the largest id of an item
  std::vector<WordTerm> terms_;
  std::array<std::uint32_t, kMaxWords> slots_{};  // the slots of the terms of each word, as bits
  std::unordered_map<std::int64_t, WordScore> found_;
  WordResults results_;
};

}  // namespace

std::int64_t count_bits(std::span<const std::uint64_t> bits) {
  std::int64_t count = 0;
  for (const std::uint64_t word : bits) count += std::popcount(word);
  return count;
}

std::int64_t last_bit(std::span<const std::uint64_t> bits) {
  for (std::size_t word = bits.size(); word > 0; --word) {
    if (bits[word - 1] == 0) continue;
    return static_cast<std::int64_t>(word * 64) - 1 - std::countl_zero(bits[word - 1]);
  }
  return 0;
}

double bm25(double weight, double frequency, double length, double mean) {
  const double saturation = kSaturation * (1 - kLength + kLength * length / mean);
  return weight * frequency * (kSaturation + 1) / (frequency + saturation);
}

Result<WordResults> search_words(sql::SqlConnection& connection, WordIndex& index, const WordQuery& query) {
  return WordSearch(connection, index, query).run();
}

}  // namespace fit::store
