#pragma once

#include <string_view>

// Statements that make and fill the full-text index on SQLite.
namespace fit::store {

// For the third migration: makes the index item_words over items and the triggers that maintain it, and fills
// both it and catalogue_words. kSqliteTermsIndex replaces it.
extern const std::string_view kSqliteWordsIndex;

// Makes the index item_terms with the tokenizer "fit" and the triggers that maintain it. An item is indexed
// if item_terms_docsize has its id. A backfill indexes the items that were stored before.
extern const std::string_view kSqliteTermsIndex;

// Adds the item with the id $1 to the index unless it is there.
extern const std::string_view kSqliteIndexItem;

// Drops the index of the third migration and its triggers.
extern const std::string_view kSqliteDropWordsIndex;

}  // namespace fit::store
