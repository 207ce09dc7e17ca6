#include <algorithm>
#include <map>

#include "base/format.h"
#include "store/tables/filter_sql.h"
#include "store/tables/text_query.h"
#include "store/words/catalogue_words.h"
#include "store/words/postgres_text_vector.h"
#include "store/words/word_engine.h"
#include "store/words/word_search.h"

namespace fit::store {
namespace {

// Words are split by this program instead of by a text search configuration, so that both engines find the
// same items.
constexpr std::string_view kPostgresWordsIndex = R"sql(
CREATE TABLE item_words (
  item_id BIGINT NOT NULL PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
  length BIGINT NOT NULL,
  words TSVECTOR NOT NULL
);

CREATE INDEX item_words_by_word ON item_words USING gin (words);

ALTER TABLE catalogue_words ALTER COLUMN word TYPE TEXT COLLATE "C";
)sql";

constexpr std::string_view kBrandWeight = ":B";
constexpr std::size_t kManyItems = 16;       // from this number on copying is faster than inserting
constexpr std::int64_t kSampledItems = 256;  // the latest items, by which the mean length is estimated

std::string expression(const WordIndex::Selection& selection) {
  std::string text;
  for (const WordIndex::Clause& clause : selection.clauses) {
    std::string part;
    for (const WordTerm& term : clause.terms) {
      const std::string any = any_form(term.forms, selection.names_only ? ":ABC" : "");
      if (any.empty()) continue;
      part += fit::format("{}({})", part.empty() ? "" : clause.all ? " & " : " | ", any);
    }
    if (!part.empty()) text += fit::format("{}({})", text.empty() ? "" : " & ", part);
  }
  return text;
}

// A scope as a condition on the rows of item_words, which begins with " AND" unless it has all items. Its
// parameters begin at $`first`. Borrows the scope.
class ScopeSql {
 public:
  ScopeSql(const WordScope& scope, std::size_t first) {
    if (scope.filter != nullptr) {
      filter_.emplace(*scope.filter, FilterTable::kItems, first);
      text_ = fit::format(" AND EXISTS (SELECT 1 FROM items i WHERE i.id = item_id AND {})", filter_->text());
      values_ = filter_->values();
    } else if (scope.among) {
      text_ = fit::format(" AND CASE WHEN item_id < ${} THEN get_bit(${}, item_id) = 1 ELSE FALSE END", first,
                          first + 1);
      values_ = {static_cast<std::int64_t>(scope.among->size() * 64), std::as_bytes(*scope.among)};
    }
  }

  const std::string& text() const { return text_; }
  void add_values(std::vector<sql::SqlValue>& values) const {
    values.insert(values.end(), values_.begin(), values_.end());
  }

 private:
  std::optional<FilterSql> filter_;
  std::string text_;
  std::vector<sql::SqlValue> values_;
};

// Counts the items of the scope that match a tsquery, up to `most`.
Result<std::int64_t> count_in_scope(sql::SqlConnection& connection, std::string_view query, std::int64_t most,
                                    const WordScope& scope) {
  const ScopeSql condition(scope, 3);
  std::vector<sql::SqlValue> values = {query, most};
  condition.add_values(values);
  FIT_TRY(const auto count,
          connection.query_integer(
              fit::format("SELECT COUNT(*) FROM (SELECT 1 FROM item_words WHERE words @@ $1::tsquery{} "
                          "LIMIT $2) found",
                          condition.text()),
              values));
  return count.value_or(0);
}

class PostgresWordIndex final : public WordIndex {
 public:
  PostgresWordIndex(sql::SqlConnection& connection, const WordScope& scope)
      : connection_(connection), scope_(scope) {}

  Result<void> begin() {
    // The best plan depends on how common the words are.
    FIT_CHECK(connection_.run_script("SET LOCAL plan_cache_mode = force_custom_plan"));
    return connection_.query(
        "SELECT COALESCE(AVG(length), 1)::DOUBLE PRECISION FROM "
        "(SELECT length FROM item_words ORDER BY item_id DESC LIMIT $1) latest",
        {kSampledItems}, [this](const sql::SqlRow& row) { mean_ = std::max(row.real(0), 1.0); });
  }

  Result<std::int64_t> last() override {
    if (scope_.among) return last_bit(*scope_.among);
    std::optional<std::int64_t> last;
    if (scope_.filter == nullptr) {
      FIT_TRY(last, connection_.query_integer("SELECT MAX(id) FROM items", {}));
    } else {
      const FilterSql filter(*scope_.filter, FilterTable::kItems, 1);
      FIT_TRY(last,
              connection_.query_integer(
                  fit::format("SELECT i.id FROM items i WHERE {} ORDER BY i.id DESC LIMIT 1", filter.text()),
                  filter.values()));
    }
    return last.value_or(0);
  }

  Result<bool> has_in(WordFields fields, std::span<const std::string> texts) override {
    const std::string any = any_form(texts, fields == WordFields::kBrand ? kBrandWeight : kNameWeights);
    if (any.empty()) return false;
    FIT_TRY(const auto count, count_in_scope(connection_, any, 1, scope_));
    return count > 0;
  }

  Result<Latest> latest(std::span<const std::string> texts, std::int64_t most) override {
    Latest latest;
    const std::string any = any_form(texts);
    if (any.empty()) return latest;
    const ScopeSql scope(scope_, 3);
    std::vector<sql::SqlValue> values = {std::string_view(any), most};
    scope.add_values(values);
    FIT_CHECK(connection_.query(
        fit::format("SELECT COUNT(*), MIN(item_id) FROM (SELECT item_id FROM item_words WHERE words @@ "
                    "$1::tsquery{} ORDER BY item_id DESC LIMIT $2) latest",
                    scope.text()),
        values,
        [&](const sql::SqlRow& row) { latest = {row.integer(0), row.is_null(1) ? 0 : row.integer(1)}; }));
    return latest;
  }

  Result<bool> has_few(const domain::ItemFilter& filter, std::int64_t most) override {
    const FilterSql condition(filter, FilterTable::kItems, 1);
    std::int64_t items = 0;
    FIT_CHECK(
        connection_.query(fit::format("SELECT count(*) FROM (SELECT 1 FROM items i WHERE {} LIMIT {}) m",
                                      condition.text(), most + 1),
                          condition.values(), [&](const sql::SqlRow& row) { items = row.integer(0); }));
    return items <= most;
  }

  Result<void> score(const Selection& selection, const Visitor& visit) override {
    const std::string text = expression(selection);
    if (text.empty()) return {};
    TextVectorScorer scorer(selection.clauses, selection.names_only);
    const auto visit_row = [&](const sql::SqlRow& row) {
      visit(row.integer(0), scorer.score(row.blob(2), row.real(1), mean_));
    };
    constexpr std::string_view kSelect =
        "SELECT item_id, length, words FROM item_words WHERE words @@ $1::tsquery AND item_id > $2";
    constexpr std::string_view kLatest = "ORDER BY item_id DESC LIMIT $3";
    if (selection.filter != nullptr) {
      const FilterSql filter(*selection.filter, FilterTable::kItems, 4);
      std::vector<sql::SqlValue> values = {std::string_view(text), selection.after, selection.limit};
      values.insert(values.end(), filter.values().begin(), filter.values().end());
      return connection_.query(
          fit::format("{} AND EXISTS (SELECT 1 FROM items i WHERE i.id = item_id AND {}) {}", kSelect,
                      filter.text(), kLatest),
          values, visit_row);
    }
    if (!selection.among) {
      return connection_.query(fit::format("{} {}", kSelect, kLatest),
                               {std::string_view(text), selection.after, selection.limit}, visit_row);
    }
    const auto bits = static_cast<std::int64_t>(selection.among->size() * 64);
    return connection_.query(
        fit::format("{} AND CASE WHEN item_id < $4 THEN get_bit($5, item_id) = 1 ELSE FALSE END {}", kSelect,
                    kLatest),
        {std::string_view(text), selection.after, selection.limit, bits, std::as_bytes(*selection.among)},
        visit_row);
  }

 private:
  sql::SqlConnection& connection_;
  const WordScope scope_;
  double mean_ = 1;
};

// Replaces the rows of many items. Of an item that is given more than once, the last words count.
Result<void> replace_words(sql::SqlConnection& connection, std::span<const ItemWords> items) {
  std::map<std::int64_t, const domain::Listing*> latest;
  for (const ItemWords& item : items) latest[item.item.value] = item.listing;
  std::vector<std::int64_t> ids;
  std::vector<TextVector> vectors;
  for (const auto& [id, listing] : latest) {
    ids.push_back(id);
    vectors.push_back(make_text_vector(*listing));
  }
  sql::IdList list(ids);
  for (auto piece = list.next(); !piece.values.empty(); piece = list.next()) {
    FIT_CHECK(connection.execute(
        fit::format("DELETE FROM item_words WHERE item_id IN ({})", piece.placeholders), piece.values));
  }
  std::vector<sql::SqlValue> rows;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    rows.insert(rows.end(), {ids[i], vectors[i].length, as_bytes(vectors[i].bytes)});
  }
  return connection.copy_rows("item_words", "item_id, length, words", rows);
}

Result<void> index_words(sql::SqlConnection& connection, std::span<const ItemWords> items) {
  if (items.size() >= kManyItems) return replace_words(connection, items);
  for (const ItemWords& item : items) {
    const TextVector vector = make_text_vector(*item.listing);
    FIT_CHECK(connection.execute(
        "INSERT INTO item_words (item_id, length, words) VALUES ($1, $2, $3) ON CONFLICT (item_id) DO UPDATE "
        "SET length = excluded.length, words = excluded.words",
        {item.item.value, vector.length, as_bytes(vector.bytes)}));
  }
  return {};
}

Result<WordResults> find_words(sql::SqlConnection& connection, const WordQuery& query) {
  PostgresWordIndex index(connection, query.scope);
  FIT_CHECK(index.begin());
  return search_words(connection, index, query);
}

Result<std::int64_t> count_items(sql::SqlConnection& connection, std::span<const std::string> texts,
                                 std::int64_t most, const WordScope& scope) {
  const std::string any = any_form(texts);
  return any.empty() ? Result<std::int64_t>(0) : count_in_scope(connection, any, most, scope);
}

Result<bool> has_in(sql::SqlConnection& connection, WordFields fields, std::span<const std::string> texts,
                    const WordScope& scope) {
  return PostgresWordIndex(connection, scope).has_in(fields, texts);
}

}  // namespace

const WordEngine& postgres_word_engine() {
  // The index has rows of the earlier version until the backfill replaces them; they are searched too.
  static constexpr WordEngine kEngine = {.schema = kPostgresWordsIndex,
                                         .index = &index_words,
                                         .find = &find_words,
                                         .count_items = &count_items,
                                         .has_in = &has_in,
                                         .index_stored = &index_words};
  return kEngine;
}

}  // namespace fit::store
