#pragma once

#include <string>
#include <vector>

namespace fit::store {

// fit_spread_facts() for vectors in partitions: a listing whose category changes takes its vectors along, by
// deleting and adding, since an UPDATE cannot move a row off another server.
std::string spread_facts_sql();
std::string spread_facts_body();

// Triggers that delete the vectors of items and images that go, where no foreign key reaches.
std::vector<std::string> forget_vectors_sql();

// Keeps `table` the same as the rows of `rest` with these categories, until end_mirror_sql(); not in
// transactions with fit.mirror = off.
std::vector<std::string> mirror_sql(const std::string& rest, const std::string& table,
                                    const std::string& categories);
std::vector<std::string> end_mirror_sql(const std::string& rest, const std::string& table);

}  // namespace fit::store
