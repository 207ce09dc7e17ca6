#include "store/words/sqlite_word_score.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <span>
#include <unordered_map>
#include <vector>

#include "text/analyzer.h"

namespace fit::store {

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

// The occurrences of the terms of a query in a text.
struct Occurrences {
  std::array<double, kMaxWords> frequencies{};
  std::array<double, kMaxWords> weights{};
  std::array<bool, kMaxWords> in_names{};

  void add(const PhraseWeight& phrase, int column) {
    const auto field = static_cast<std::size_t>(column);
    const auto slot = static_cast<std::size_t>(phrase.slot);
    if (phrase.weight <= 0 || slot >= kMaxWords || field >= kFieldWeights.size()) return;
    frequencies[slot] += kFieldWeights[field] * phrase.share;
    weights[slot] = phrase.weight;
    in_names[slot] = in_names[slot] || field != kDescriptionField;
  }

  WordScore score(int length, double mean) const {
    WordScore score;
    for (std::size_t i = 0; i < kMaxWords; ++i) {
      if (frequencies[i] == 0) continue;
      score.score += bm25(weights[i], frequencies[i], length, mean);
      score.matched += weights[i];
      score.found |= 1U << i;
      if (in_names[i]) score.named |= 1U << i;
    }
    return score;
  }
};

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

  Occurrences occurrences;
  for (int i = 0; i < instances; ++i) {
    int phrase = 0;
    int column = 0;
    int offset = 0;
    code = api->xInst(context, i, &phrase, &column, &offset);
    if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
    if (static_cast<std::size_t>(phrase) >= phrases.size()) continue;
    occurrences.add(phrases[static_cast<std::size_t>(phrase)], column);
  }
  const WordScore score = occurrences.score(length, mean_length(api, context));
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

// The items of a bitmap that have phrases, found by visiting the rows of one phrase after the other.
struct ItemsOfPhrases {
  struct Item {
    std::int64_t item = 0;
    int length = 0;
    Occurrences occurrences;
  };

  Bitmap among;
  PhraseWeight phrase;
  std::vector<Item> items;
  std::unordered_map<std::int64_t, std::size_t> places;

  // The callback of xQueryPhrase(). `context` is at a row and has one phrase.
  static int visit(const Fts5ExtensionApi* api, Fts5Context* context, void* user) {
    auto& self = *static_cast<ItemsOfPhrases*>(user);
    const sqlite3_int64 row = api->xRowid(context);
    if (!self.among.has(row)) return SQLITE_OK;
    const auto [place, is_new] = self.places.try_emplace(row, self.items.size());
    if (is_new) {
      Item item{.item = row, .length = 0, .occurrences = {}};
      if (const int code = api->xColumnSize(context, -1, &item.length); code != SQLITE_OK) return code;
      self.items.push_back(item);
    }
    Item& item = self.items[place->second];
    Fts5PhraseIter at{};
    int column = 0;
    int offset = 0;
    const int code = api->xPhraseFirst(context, 0, &at, &column, &offset);
    for (; code == SQLITE_OK && column >= 0; api->xPhraseNext(context, &at, &column, &offset)) {
      item.occurrences.add(self.phrase, column);
    }
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
    if (found.phrase.weight <= 0) continue;
    const int code = api->xQueryPhrase(context, phrase, &found, &ItemsOfPhrases::visit);
    if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
  }
  const double mean = mean_length(api, context);
  std::vector<ItemWordScore> scores;
  scores.reserve(found.items.size());
  for (const ItemsOfPhrases::Item& one : found.items)
    scores.push_back({one.item, one.occurrences.score(one.length, mean)});
  sqlite3_result_blob64(result, scores.data(), scores.size() * sizeof(ItemWordScore), SQLITE_TRANSIENT);
}

void in_bitmap(sqlite3_context* result, int /*count*/, sqlite3_value** values) {
  sqlite3_result_int(result, Bitmap(values[0]).has(sqlite3_value_int64(values[1])) ? 1 : 0);
}

using PutToken = int (*)(void* context, int flags, const char* token, int length, int begin, int end);

// The field of a document by its first letter; kDescription for other letters.
text::Field field_of(char letter) {
  switch (letter) {
    case 't':
      return text::Field::kTitle;
    case 'b':
      return text::Field::kBrand;
    case 's':
      return text::Field::kSize;
    default:
      return text::Field::kDescription;
  }
}

int put_document(std::string_view document, void* context, PutToken put) {
  if (document.empty()) return SQLITE_OK;
  int code = SQLITE_OK;
  text::visit_tokens(document.substr(1), field_of(document[0]), [&](const text::IndexToken& token) {
    code = put(context, token.is_beside ? FTS5_TOKEN_COLOCATED : 0, token.text.data(),
               static_cast<int>(token.text.size()), static_cast<int>(token.begin) + 1,
               static_cast<int>(token.end) + 1);
    return code == SQLITE_OK;
  });
  return code;
}

int put_phrase(std::string_view phrase, void* context, PutToken put) {
  int code = SQLITE_OK;
  for (std::size_t begin = 0; begin < phrase.size() && code == SQLITE_OK;) {
    const std::size_t end = std::min(phrase.find(' ', begin), phrase.size());
    if (end > begin) {
      code = put(context, 0, phrase.data() + begin, static_cast<int>(end - begin), static_cast<int>(begin),
                 static_cast<int>(end));
    }
    begin = end + 1;
  }
  return code;
}

// The tokenizer has no state, but FTS5 needs a pointer.
int make_tokenizer(void* /*context*/, const char** /*arguments*/, int /*count*/, Fts5Tokenizer** made) {
  static char none = 0;
  *made = reinterpret_cast<Fts5Tokenizer*>(&none);
  return SQLITE_OK;
}

void drop_tokenizer(Fts5Tokenizer* /*tokenizer*/) {}

int tokenize(Fts5Tokenizer* /*tokenizer*/, void* context, int flags, const char* bytes, int length,
             PutToken put) {
  if (bytes == nullptr || length <= 0) return SQLITE_OK;
  const std::string_view text(bytes, static_cast<std::size_t>(length));
  try {
    return (flags & FTS5_TOKENIZE_QUERY) != 0 ? put_phrase(text, context, put)
                                              : put_document(text, context, put);
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
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
  fts5_tokenizer tokenizer = {.xCreate = &make_tokenizer, .xDelete = &drop_tokenizer, .xTokenize = &tokenize};
  code = api->xCreateTokenizer(api, "fit", nullptr, &tokenizer, nullptr);
  if (code != SQLITE_OK) return code;
  code = api->xCreateFunction(api, "word_score", nullptr, &word_score, nullptr);
  if (code != SQLITE_OK) return code;
  return api->xCreateFunction(api, "word_scores", nullptr, &word_scores, nullptr);
}

}  // namespace fit::store
