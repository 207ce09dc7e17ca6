#include "store/words/sqlite_word_score.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <unordered_map>
#include <vector>

namespace fit::store {

// The index is an external content table: the texts stay in items
// (https://www.sqlite.org/fts5.html#external_content_tables).
constexpr std::string_view kSqliteWordsIndex = R"sql(
CREATE VIRTUAL TABLE item_words USING fts5(title, brand, description, content='items', content_rowid='id',
                                           tokenize='unicode61 remove_diacritics 2');

CREATE TRIGGER item_words_added AFTER INSERT ON items BEGIN
  INSERT INTO item_words (rowid, title, brand, description)
    VALUES (new.id, new.title, new.brand, new.description);
END;

CREATE TRIGGER item_words_removed AFTER DELETE ON items BEGIN
  INSERT INTO item_words (item_words, rowid, title, brand, description)
    VALUES ('delete', old.id, old.title, old.brand, old.description);
END;

CREATE TRIGGER item_words_changed AFTER UPDATE OF id, title, brand, description ON items
WHEN old.id <> new.id OR old.title <> new.title OR old.brand <> new.brand OR old.description <> new.description BEGIN
  INSERT INTO item_words (item_words, rowid, title, brand, description)
    VALUES ('delete', old.id, old.title, old.brand, old.description);
  INSERT INTO item_words (rowid, title, brand, description)
    VALUES (new.id, new.title, new.brand, new.description);
END;

INSERT INTO item_words (item_words) VALUES ('rebuild');

CREATE VIRTUAL TABLE item_words_vocabulary USING fts5vocab('item_words', 'col');
INSERT INTO catalogue_words (word, length, in_brand)
  SELECT term, length(term), MAX(col = 'brand') FROM item_words_vocabulary
  WHERE col <> 'description' AND length(term) BETWEEN 3 AND 32 AND term NOT GLOB '*[0-9]*' GROUP BY term;
DROP TABLE item_words_vocabulary;
)sql";

namespace {

double mean_length(const Fts5ExtensionApi* api, Fts5Context* context) {
  sqlite3_int64 rows = 0;
  sqlite3_int64 tokens = 0;
  if (api->xRowCount(context, &rows) != SQLITE_OK || api->xColumnTotalSize(context, -1, &tokens) != SQLITE_OK)
    return 1;
  return rows > 0 && tokens > 0 ? static_cast<double>(tokens) / static_cast<double>(rows) : 1;
}

std::vector<PhraseWeight> phrase_weights(sqlite3_value* value) {
  std::vector<PhraseWeight> phrases(static_cast<std::size_t>(sqlite3_value_bytes(value)) /
                                    sizeof(PhraseWeight));
  if (!phrases.empty())
    std::memcpy(phrases.data(), sqlite3_value_blob(value), phrases.size() * sizeof(PhraseWeight));
  return phrases;
}

using Frequencies = std::array<double, kMaxWords>;

WordScore score_of(const Frequencies& frequencies, const Frequencies& weights, int length, double mean) {
  WordScore score;
  for (std::size_t i = 0; i < kMaxWords; ++i) {
    if (frequencies[i] == 0) continue;
    score.score += bm25(weights[i], frequencies[i], length, mean);
    score.matched += weights[i];
  }
  return score;
}

// Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, section 3.6.
void word_score(const Fts5ExtensionApi* api, Fts5Context* context, sqlite3_context* result, int count,
                sqlite3_value** values) {
  if (count != 1) return sqlite3_result_error(result, "word_score takes the weights", -1);
  const std::vector<PhraseWeight> phrases = phrase_weights(values[0]);
  int instances = 0;
  int length = 0;
  int code = api->xInstCount(context, &instances);
  if (code == SQLITE_OK) code = api->xColumnSize(context, -1, &length);
  if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);

  Frequencies frequencies{};
  Frequencies weights{};
  for (int i = 0; i < instances; ++i) {
    int phrase = 0;
    int column = 0;
    int offset = 0;
    code = api->xInst(context, i, &phrase, &column, &offset);
    if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
    if (static_cast<std::size_t>(phrase) >= phrases.size()) continue;
    const PhraseWeight& one = phrases[static_cast<std::size_t>(phrase)];
    const auto word = static_cast<std::size_t>(one.word);
    if (one.weight <= 0 || word >= kMaxWords || static_cast<std::size_t>(column) >= kFieldWeights.size())
      continue;
    frequencies[word] += kFieldWeights[static_cast<std::size_t>(column)];
    weights[word] = one.weight;
  }
  const WordScore score = score_of(frequencies, weights, length, mean_length(api, context));
  sqlite3_result_blob(result, &score, sizeof score, SQLITE_TRANSIENT);
}

class Bitmap {
 public:
  explicit Bitmap(sqlite3_value* value)
      : bits_(static_cast<const unsigned char*>(sqlite3_value_blob(value))),
        bytes_(sqlite3_value_bytes(value)) {}

  bool has(sqlite3_int64 number) const {
    return number >= 0 && number / 8 < bytes_ && (bits_[number / 8] >> (number % 8) & 1) != 0;
  }

 private:
  const unsigned char* bits_;
  sqlite3_int64 bytes_;
};

// Collects the items of a bitmap that have the phrases of a MATCH.
struct ItemsOfPhrases {
  struct Item {
    std::int64_t item = 0;
    int length = 0;
    Frequencies frequencies{};
    Frequencies weights{};
  };

  Bitmap among;
  PhraseWeight phrase;
  std::vector<Item> items;
  std::unordered_map<std::int64_t, std::size_t> places;

  // The callback of xQueryPhrase(): `context` is at a row that has the phrase.
  static int visit(const Fts5ExtensionApi* api, Fts5Context* context, void* user) {
    auto& self = *static_cast<ItemsOfPhrases*>(user);
    const sqlite3_int64 row = api->xRowid(context);
    if (!self.among.has(row)) return SQLITE_OK;
    const auto [place, is_new] = self.places.try_emplace(row, self.items.size());
    if (is_new) {
      Item item{.item = row};
      if (const int code = api->xColumnSize(context, -1, &item.length); code != SQLITE_OK) return code;
      self.items.push_back(item);
    }
    Item& item = self.items[place->second];
    const auto word = static_cast<std::size_t>(self.phrase.word);
    Fts5PhraseIter at{};
    int column = 0;
    int offset = 0;
    int code = api->xPhraseFirst(context, 0, &at, &column, &offset);
    for (; code == SQLITE_OK && column >= 0; api->xPhraseNext(context, &at, &column, &offset)) {
      if (static_cast<std::size_t>(column) < kFieldWeights.size())
        item.frequencies[word] += kFieldWeights[static_cast<std::size_t>(column)];
    }
    item.weights[word] = self.phrase.weight;
    return code;
  }
};

void word_scores(const Fts5ExtensionApi* api, Fts5Context* context, sqlite3_context* result, int count,
                 sqlite3_value** values) {
  if (count != 2) return sqlite3_result_error(result, "word_scores takes the weights and a bitmap", -1);
  const std::vector<PhraseWeight> phrases = phrase_weights(values[0]);
  ItemsOfPhrases found{.among = Bitmap(values[1]), .phrase = {}, .items = {}, .places = {}};
  const int known = std::min(api->xPhraseCount(context), static_cast<int>(phrases.size()));
  for (int phrase = 0; phrase < known; ++phrase) {
    found.phrase = phrases[static_cast<std::size_t>(phrase)];
    if (found.phrase.weight <= 0 || static_cast<std::size_t>(found.phrase.word) >= kMaxWords) continue;
    const int code = api->xQueryPhrase(context, phrase, &found, &ItemsOfPhrases::visit);
    if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
  }
  const double mean = mean_length(api, context);
  std::vector<ItemWordScore> scores;
  scores.reserve(found.items.size());
  for (const ItemsOfPhrases::Item& one : found.items)
    scores.push_back({one.item, score_of(one.frequencies, one.weights, one.length, mean)});
  sqlite3_result_blob64(result, scores.data(), scores.size() * sizeof(ItemWordScore), SQLITE_TRANSIENT);
}

void in_bitmap(sqlite3_context* result, int /*count*/, sqlite3_value** values) {
  sqlite3_result_int(result, Bitmap(values[0]).has(sqlite3_value_int64(values[1])) ? 1 : 0);
}

}  // namespace

int add_word_functions(sqlite3* db) {
  int code =
      sqlite3_create_function_v2(db, "in_bitmap", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                 nullptr, &in_bitmap, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return code;
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  code = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, nullptr);
  if (code != SQLITE_OK) return code;
  sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
  sqlite3_step(statement);
  sqlite3_finalize(statement);
  if (api == nullptr) return SQLITE_ERROR;
  code = api->xCreateFunction(api, "word_score", nullptr, &word_score, nullptr);
  if (code != SQLITE_OK) return code;
  return api->xCreateFunction(api, "word_scores", nullptr, &word_scores, nullptr);
}

}  // namespace fit::store
