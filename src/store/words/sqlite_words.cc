#include <cstring>

#include "base/format.h"
#include "store/words/sqlite_word_score.h"
#include "store/words/sqlite_words_index.h"
#include "store/words/word_backfill.h"
#include "store/words/word_engine.h"
#include "store/words/word_search.h"

namespace fit::store {
namespace {

// Returns a string of FTS5's query language, in which only quotes are special.
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

// Clauses in FTS5's query language, and the weights of their phrases.
struct Expression {
  std::string text;
  std::vector<PhraseWeight> phrases;

  void add(const WordIndex::Clause& clause) {
    std::string part;
    for (const WordTerm& term : clause.terms) {
      if (!part.empty()) part += clause.all ? " AND " : " OR ";
      part += any_of(term.forms);
      for (std::size_t i = 0; i < term.forms.size(); ++i) {
        phrases.push_back({term.slot, clause.counts ? term.weight : 0, term.share(i)});
      }
    }
    text += (text.empty() ? "(" : " AND (") + part + ")";
  }
};

// Searches the index `table`: item_terms, or item_words until the backfill is complete.
class SqliteWordIndex final : public WordIndex {
 public:
  SqliteWordIndex(sql::SqlConnection& connection, std::string_view table, const WordScope& scope)
      : connection_(connection), table_(table), scope_(scope) {}

  Result<std::int64_t> last() override {
    if (scope_.among) return last_bit(*scope_.among);
    FIT_TRY(const auto last, connection_.query_integer("SELECT MAX(id) FROM items", {}));
    return last.value_or(0);
  }

  Result<bool> has_in(WordFields fields, std::span<const std::string> texts) override {
    const std::string_view columns = fields == WordFields::kBrand ? "brand" : "{title brand}";
    FIT_TRY(const auto found, latest_of(fit::format("{} : {}", columns, any_of(texts)), 1));
    return found.items > 0;
  }

  Result<bool> has_few(const domain::ItemFilter&, std::int64_t) override { return false; }

  Result<Latest> latest(std::span<const std::string> texts, std::int64_t most) override {
    return latest_of(any_of(texts), most);
  }

  Result<void> score(const Selection& selection, const Visitor& visit) override {
    Expression expression;
    for (const Clause& clause : selection.clauses) expression.add(clause);
    if (selection.names_only) expression.text = "- description : (" + expression.text + ")";
    const ByteView weights = std::as_bytes(std::span(expression.phrases));
    if (wants_all(selection)) return score_all(expression.text, weights, *selection.among, visit);
    const auto visit_row = [&visit](const sql::SqlRow& row) {
      WordScore score;
      if (row.blob(1).size() == sizeof score) std::memcpy(&score, row.blob(1).data(), sizeof score);
      visit(row.integer(0), score);
    };
    if (!selection.among) {
      return connection_.query(
          fit::format("SELECT rowid, word_score({0}, $2) FROM {0} WHERE {0} MATCH $1 AND rowid > $3 "
                      "ORDER BY rowid DESC LIMIT $4",
                      table_),
          {std::string_view(expression.text), weights, selection.after, selection.limit}, visit_row);
    }
    return connection_.query(
        fit::format("SELECT rowid, word_score({0}, $2) FROM {0} WHERE {0} MATCH $1 AND rowid > $3 "
                    "AND in_bitmap($5, rowid) ORDER BY rowid DESC LIMIT $4",
                    table_),
        {std::string_view(expression.text), weights, selection.after, selection.limit,
         std::as_bytes(*selection.among)},
        visit_row);
  }

 private:
  Result<Latest> latest_of(const std::string& expression, std::int64_t most) {
    Latest latest;
    std::vector<sql::SqlValue> values = {std::string_view(expression), most};
    if (scope_.among) values.emplace_back(std::as_bytes(*scope_.among));
    FIT_CHECK(connection_.query(
        fit::format("SELECT COUNT(*), MIN(rowid) FROM (SELECT rowid FROM {0} WHERE {0} MATCH $1 {1}"
                    "ORDER BY rowid DESC LIMIT $2)",
                    table_, scope_.among ? "AND in_bitmap($3, rowid) " : ""),
        values, [&](const sql::SqlRow& row) { latest = {row.integer(0), row.integer(1)}; }));
    return latest;
  }

  // Whether the selection is every item of a small bitmap that has one of the terms.
  static bool wants_all(const Selection& selection) {
    return selection.among && count_bits(*selection.among) <= selection.limit && selection.after == 0 &&
           !selection.names_only && selection.clauses.size() == 1 && !selection.clauses[0].all &&
           selection.clauses[0].counts;
  }

  // Scores inside the full-text index, which takes a third of the time of reading rows.
  Result<void> score_all(std::string_view expression, ByteView weights, std::span<const std::uint64_t> among,
                         const Visitor& visit) {
    return connection_.query(
        fit::format("SELECT word_scores({0}, $2, $3) FROM {0} WHERE {0} MATCH $1 LIMIT 1", table_),
        {expression, weights, std::as_bytes(among)}, [&visit](const sql::SqlRow& row) {
          const ByteView scores = row.blob(0);
          ItemWordScore one;
          for (std::size_t at = 0; at + sizeof one <= scores.size(); at += sizeof one) {
            std::memcpy(&one, scores.data() + at, sizeof one);
            visit(one.item, one.score);
          }
        });
  }

  sql::SqlConnection& connection_;
  const std::string_view table_;
  const WordScope scope_;
};

Result<std::string_view> table_of(sql::SqlConnection& connection) {
  FIT_TRY(const auto pending, pending_items(connection));
  return pending ? std::string_view("item_words") : std::string_view("item_terms");
}

Result<WordResults> find_words(sql::SqlConnection& connection, const WordQuery& query) {
  FIT_TRY(const auto table, table_of(connection));
  SqliteWordIndex index(connection, table, query.scope);
  return search_words(connection, index, query);
}

Result<std::int64_t> count_items(sql::SqlConnection& connection, std::span<const std::string> texts,
                                 std::int64_t most, const WordScope& scope) {
  if (texts.empty()) return 0;
  FIT_TRY(const auto table, table_of(connection));
  const std::string expression = any_of(texts);
  std::vector<sql::SqlValue> values = {std::string_view(expression), most};
  if (scope.among) values.emplace_back(std::as_bytes(*scope.among));
  FIT_TRY(const auto count,
          connection.query_integer(
              fit::format("SELECT COUNT(*) FROM (SELECT rowid FROM {0} WHERE {0} MATCH $1 {1}LIMIT $2)",
                          table, scope.among ? "AND in_bitmap($3, rowid) " : ""),
              values));
  return count.value_or(0);
}

Result<bool> has_in(sql::SqlConnection& connection, WordFields fields, std::span<const std::string> texts,
                    const WordScope& scope) {
  if (texts.empty()) return false;
  FIT_TRY(const auto table, table_of(connection));
  return SqliteWordIndex(connection, table, scope).has_in(fields, texts);
}

Result<domain::ItemBits> denied_items(sql::SqlConnection& connection,
                                      std::span<const domain::DeniedWord> words) {
  domain::ItemBits bits;
  FIT_TRY(const auto table, table_of(connection));
  for (const domain::DeniedWord& word : words) {
    if (word.forms.empty()) continue;
    std::string expression = (word.in_names_only ? "{title brand} : " : "") + any_of(word.forms);
    if (!word.unless.empty()) expression = fit::format("({}) NOT {}", expression, any_of(word.unless));
    FIT_CHECK(connection.query(fit::format("SELECT rowid FROM {0} WHERE {0} MATCH $1", table),
                               {std::string_view(expression)}, [&bits](const sql::SqlRow& row) {
                                 const auto item = static_cast<std::size_t>(row.integer(0));
                                 if (item / 64 >= bits.size()) bits.resize(item / 64 + 1 + item / 128);
                                 bits[item / 64] |= std::uint64_t{1} << (item % 64);
                               }));
  }
  return bits;
}

Result<void> index_stored(sql::SqlConnection& connection, std::span<const ItemWords> items) {
  for (const ItemWords& item : items) FIT_CHECK(connection.execute(kSqliteIndexItem, {item.item.value}));
  return {};
}

Result<void> finish_backfill(sql::SqlConnection& connection) {
  return connection.run_script(std::string(kSqliteDropWordsIndex));
}

}  // namespace

const WordEngine& sqlite_word_engine() {
  static const WordEngine engine = {.schema = kSqliteWordsIndex,
                                    .folded_schema = kSqliteTermsIndex,
                                    .find = &find_words,
                                    .count_items = &count_items,
                                    .has_in = &has_in,
                                    .denied_items = &denied_items,
                                    .index_stored = &index_stored,
                                    .finish_backfill = &finish_backfill};
  return engine;
}

}  // namespace fit::store
