#pragma once

#include <string>

namespace fit::store {

// The columns of ItemFacts and of ItemRecord, as a list for SQL; properties in the order of kProperties.
const std::string& fact_columns();
const std::string& item_columns();

}  // namespace fit::store
