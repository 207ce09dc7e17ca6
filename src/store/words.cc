#include "store/words.h"

#include "store/validation.h"
#include "store/words/catalogue_words.h"
#include "store/words/word_backfill.h"
#include "text/analyzer.h"

namespace fit::store {
namespace {

Result<void> check(std::span<const std::string> words) {
  for (const std::string& word : words) {
    if (!is_storable_text(word)) return invalid("words", "must be UTF-8 text without a NUL character");
  }
  return {};
}

}  // namespace

Result<WordResults> Words::find(const WordQuery& query) {
  FIT_CHECK(check(query.words));
  return database_.read([&](sql::SqlConnection& connection) { return engine_.find(connection, query); });
}

Result<std::vector<WordCorrection>> Words::correct(std::span<const std::string> words,
                                                   const WordScope& scope) {
  FIT_CHECK(check(words));
  return database_.read(
      [&](sql::SqlConnection& connection) { return correct_words(connection, engine_, words, scope); });
}

Result<std::vector<std::string>> Words::brands(std::span<const std::string> names) {
  FIT_CHECK(check(names));
  if (names.empty()) return std::vector<std::string>{};
  return database_.read([&](sql::SqlConnection& connection) { return known_brands(connection, names); });
}

Result<std::int64_t> Words::count_phrase(std::string_view words, std::int64_t most, const WordScope& scope) {
  std::string phrase;
  for (const text::QueryTerm& term : text::query_terms(words)) {
    phrase += (phrase.empty() ? "" : " ") + (term.has_units ? term.forms[0] : term.word);
  }
  if (phrase.empty() || phrase.contains('\0')) return 0;
  return database_.read([&](sql::SqlConnection& connection) {
    return engine_.count_items(connection, std::span(&phrase, 1), most, scope);
  });
}

Result<void> Words::find_denied(domain::ItemFilter& filter) {
  if (filter.no_words.empty() || engine_.denied_items == nullptr) return {};
  FIT_TRY(auto items, database_.read([&](sql::SqlConnection& connection) {
    return engine_.denied_items(connection, filter.no_words);
  }));
  filter.denied = std::make_shared<const domain::ItemBits>(std::move(items));
  return {};
}

Result<WordBackfill> Words::backfill(std::size_t limit) {
  FIT_TRY(const auto pending,
          database_.read([](sql::SqlConnection& connection) { return pending_items(connection); }));
  if (!pending) return WordBackfill{.is_complete = true};
  return database_.write(sql::Ordering::kOrdered, [&](sql::SqlConnection& connection) {
    return backfill_words(connection, engine_, limit);
  });
}

}  // namespace fit::store
