#include "store/words.h"

#include "store/validation.h"
#include "store/words/catalogue_words.h"

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

Result<std::vector<WordCorrection>> Words::correct(std::span<const std::string> words) {
  FIT_CHECK(check(words));
  return database_.read(
      [&](sql::SqlConnection& connection) { return correct_words(connection, engine_, words); });
}

}  // namespace fit::store
