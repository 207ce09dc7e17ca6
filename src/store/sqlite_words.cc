#include "store/sqlite_words.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <unordered_map>

#include "store/sql_words.h"
#include "store/sqlite_word_score.h"
#include "store/words.h"

namespace fit::store {
namespace {

constexpr std::int64_t kCommon = 3000;       // items of a word that are all scored
constexpr std::int64_t kMostCommon = 1000;   // items of commoner words that are scored
constexpr std::int64_t kLatest = 1'000'000;  // items among which commoner words are looked for
constexpr std::size_t kMostCompletions = 20;
constexpr double kEverywhere = 0.5;  // share of items from which a word says nothing beside others

struct Term {
  std::int64_t word = 0;           // index into the question's words
  std::vector<std::string> forms;  // each a phrase
  std::int64_t items = 0;          // that have it; of more than kCommon, about
  double weight = 0;
};

// As a string of FTS5's query language, in which only the quote means something.
std::string as_fts_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

std::string any_of(std::span<const std::string> forms) {
  std::string expression;
  for (const std::string& form : forms)
    expression += (expression.empty() ? "(" : " OR ") + as_fts_string(form);
  return expression + ")";
}

// Terms joined by " OR " or " AND ", and what its phrases count for.
struct Expression {
  std::string text;
  std::vector<PhraseWeight> phrases;

  void add(std::span<const Term> terms, std::string_view with, bool counts) {
    std::string part;
    for (const Term& term : terms) {
      if (!part.empty()) part += with;
      part += any_of(term.forms);
      for (std::size_t i = 0; i < term.forms.size(); ++i) {
        phrases.push_back({term.word, counts ? term.weight : 0});
      }
    }
    text += (text.empty() ? "(" : " AND (") + part + ")";
  }
};

class WordSearch {
 public:
  WordSearch(SqlConnection& connection, const WordQuestion& question)
      : connection_(connection), question_(question) {}

  Result<WordAnswer> run() {
    FIT_CHECK(read_terms());
    if (!terms_.empty()) FIT_CHECK(search());
    double all = 0;
    for (const WordAnswer::Word& word : answer_.words) all += word.weight;
    for (const auto& [item, score] : found_) {
      answer_.hits.push_back({ItemId{item}, score.score, std::min(1.0, score.matched / all)});
    }
    std::ranges::sort(answer_.hits, [](const WordHit& a, const WordHit& b) {
      return a.score != b.score ? a.score > b.score : a.item > b.item;
    });
    if (answer_.hits.size() > question_.limit) answer_.hits.resize(question_.limit);
    return std::move(answer_);
  }

 private:
  // The words as terms, the rarest first.
  Result<void> read_terms() {
    FIT_TRY(const auto last, connection_.query_integer("SELECT MAX(id) FROM items", {}));
    last_ = last.value_or(0);
    answer_.words.resize(std::min(question_.words.size(), kMaxWords));
    for (std::size_t i = 0; i < answer_.words.size(); ++i) {
      Term term{.word = static_cast<std::int64_t>(i), .forms = word_forms(question_.words[i])};
      if (term.forms.empty() || std::ranges::contains(terms_, term.forms, &Term::forms)) continue;
      FIT_CHECK(complete(term));
      if (term.items == 0) continue;
      const auto known = static_cast<double>(std::max(last_, term.items));
      const auto items = static_cast<double>(term.items);
      term.weight = std::log(1 + (known - items + 0.5) / (items + 0.5));
      FIT_TRY(bool is_name, is_in_brand(connection_, term.forms));
      is_name =
          is_name || std::ranges::any_of(question_.words[i], [](char c) { return c >= '0' && c <= '9'; });
      answer_.words[i] = {term.weight, is_name};
      terms_.push_back(std::move(term));
    }
    std::ranges::stable_sort(terms_, {}, &Term::items);
    return {};
  }

  Result<void> complete(Term& term) {
    FIT_TRY(term.items, count(term.forms));
    if (term.items > 0 && !is_written_without_blanks(term.forms[0])) return {};
    FIT_TRY(auto longer, complete_word(connection_, term.forms[0], kMostCompletions));
    if (longer.empty()) return {};
    std::ranges::move(longer, std::back_inserter(term.forms));
    FIT_TRY(term.items, count(term.forms));
    return {};
  }

  // How many items have one of the texts; of more than kCommon, what their share of the latest items says.
  Result<std::int64_t> count(std::span<const std::string> texts) {
    std::int64_t items = 0;
    std::int64_t first = 0;
    FIT_CHECK(connection_.query(
        "SELECT COUNT(*), MIN(rowid) FROM (SELECT rowid FROM item_words WHERE item_words MATCH $1 "
        "ORDER BY rowid DESC LIMIT $2)",
        {std::string_view(any_of(texts)), kCommon + 1}, [&](const SqlRow& row) {
          items = row.integer(0);
          first = row.integer(1);
        }));
    if (items <= kCommon) return items;
    const double share = static_cast<double>(items) / static_cast<double>(last_ - first + 1);
    return std::max(items, static_cast<std::int64_t>(share * static_cast<double>(last_)));
  }

  Result<void> search() {
    std::size_t rare = 0;
    for (std::int64_t items = 0; rare < terms_.size(); ++rare) {
      items += terms_[rare].items;
      if (items > kCommon) break;
    }
    while (terms_.size() > std::max<std::size_t>(rare, 1) && is_everywhere(terms_.back())) {
      answer_.words[static_cast<std::size_t>(terms_.back().word)].weight = 0;
      terms_.pop_back();
    }
    const auto common = std::span(terms_).subspan(rare);
    if (rare > 0) {
      Expression any;
      any.add(std::span(terms_).first(rare), " OR ", true);
      FIT_CHECK(score(any, kCommon, false));
      if (!common.empty()) {
        Expression more;
        more.add(std::span(terms_).first(rare), " OR ", false);
        more.add(common, " OR ", true);
        FIT_CHECK(score(more, kCommon, true));
      }
    }
    if (common.empty() || full()) return {};
    if (question_.among && count_bits(*question_.among) <= kCommon) {
      Expression any;
      any.add(common, " OR ", true);
      return score(any, kCommon, false);
    }
    Expression all;
    all.add(common, " AND ", true);
    FIT_CHECK(score_titles_first(std::move(all)));
    for (std::size_t i = 0; common.size() > 1 && i < common.size() && !full(); ++i) {
      Expression one;
      one.add(common.subspan(i, 1), " OR ", true);
      FIT_CHECK(score_titles_first(std::move(one)));
    }
    return {};
  }

  bool is_everywhere(const Term& term) const {
    return term.items > kCommon &&
           static_cast<double>(term.items) >= kEverywhere * static_cast<double>(last_);
  }

  static std::int64_t count_bits(std::span<const std::uint64_t> bits) {
    std::int64_t count = 0;
    for (const std::uint64_t word : bits) count += std::popcount(word);
    return count;
  }

  bool full() const { return found_.size() >= question_.limit; }

  Result<void> score_titles_first(Expression expression) {
    const std::string everywhere = expression.text;
    expression.text = "{title brand} : " + everywhere;
    FIT_CHECK(score(expression, kMostCommon, false));
    if (full()) return {};
    expression.text = everywhere;
    return score(expression, kMostCommon, false);
  }

  // Scores the latest items that match. An item that was met before keeps its score, unless `more` is added
  // to it.
  Result<void> score(const Expression& expression, std::int64_t limit, bool more) {
    const ByteView weights = std::as_bytes(std::span(expression.phrases));
    const std::int64_t after = limit < kCommon ? last_ - kLatest : 0;
    const auto visit = [&](const SqlRow& row) {
      WordScore score;
      if (row.blob(1).size() == sizeof score) std::memcpy(&score, row.blob(1).data(), sizeof score);
      const auto [known, is_new] = found_.try_emplace(row.integer(0), score);
      if (is_new || !more) return;
      known->second.score += score.score;
      known->second.matched += score.matched;
    };
    if (!question_.among) {
      return connection_.query(
          "SELECT rowid, word_score(item_words, $2) FROM item_words WHERE item_words MATCH $1 AND rowid > $3 "
          "ORDER BY rowid DESC LIMIT $4",
          {std::string_view(expression.text), weights, after, limit}, visit);
    }
    return connection_.query(
        "SELECT rowid, word_score(item_words, $2) FROM item_words WHERE item_words MATCH $1 AND rowid > $3 "
        "AND in_bitmap($5, rowid) ORDER BY rowid DESC LIMIT $4",
        {std::string_view(expression.text), weights, after, limit, std::as_bytes(*question_.among)}, visit);
  }

  SqlConnection& connection_;
  const WordQuestion& question_;
  std::int64_t last_ = 0;  // id of an item
  std::vector<Term> terms_;
  std::unordered_map<std::int64_t, WordScore> found_;
  WordAnswer answer_;
};

}  // namespace

Result<WordAnswer> find_words_sqlite(SqlConnection& connection, const WordQuestion& question) {
  return WordSearch(connection, question).run();
}

Result<std::int64_t> count_items_sqlite(SqlConnection& connection, std::span<const std::string> texts,
                                        std::int64_t most) {
  if (texts.empty()) return 0;
  FIT_TRY(const auto count,
          connection.query_integer(
              "SELECT COUNT(*) FROM (SELECT rowid FROM item_words WHERE item_words MATCH $1 LIMIT $2)",
              {std::string_view(any_of(texts)), most}));
  return count.value_or(0);
}

}  // namespace fit::store
