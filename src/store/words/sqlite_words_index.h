#pragma once

#include <string_view>

// The schema of the full-text index on SQLite.
namespace fit::store {

// Of the third migration: the index item_words over items, the triggers that keep it in step, and the first
// catalogue_words. kSqliteTermsIndex replaces it.
extern const std::string_view kSqliteWordsIndex;

// The index item_terms with the tokenizer "fit", and the triggers that keep it in step. An item is in it when
// item_terms_docsize has its id; those that were stored before come by a backfill.
extern const std::string_view kSqliteTermsIndex;

// Puts an item into the index that is not there: $1 its id.
extern const std::string_view kSqliteIndexItem;

// Drops the index of the third migration.
extern const std::string_view kSqliteDropWordsIndex;

}  // namespace fit::store
