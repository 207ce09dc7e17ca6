#pragma once

#include <string>
#include <vector>

namespace fit::store {

// The trigger function fit_spread_facts() for partitioned vectors. It copies the filter columns of a changed
// item beside its vectors. When the category changes, it deletes the vectors from one partition and inserts
// them into another, because an UPDATE cannot move a row between servers.
std::string spread_filter_columns_sql();
std::string spread_filter_columns_body();

// Triggers that delete the vectors of deleted items and images from shards, which foreign keys cannot reach.
std::vector<std::string> forget_vectors_sql();

// Statements that make and drop a trigger which copies every change of the rows of `rest` with these
// categories to `table`, except in transactions with fit.mirror = off.
std::vector<std::string> mirror_sql(const std::string& rest, const std::string& table,
                                    const std::string& categories);
std::vector<std::string> end_mirror_sql(const std::string& rest, const std::string& table);

}  // namespace fit::store
