#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/sql_connection.h"

namespace fit::store {

// How the vectors of every space are divided into tables on PostgreSQL: partitions by category, some of them
// on other servers. A default partition has all other categories. The operator writes a layout as a TOML
// file:
//
//   [partition.shoes]
//   categories = ["shoes", "boots"]
//
//   [partition.outerwear]
//   categories = ["outerwear"]
//   shard = "east"
//
//   [shard.east]
//   url = "postgresql://fit@db-east.example:5432/fit"
//   password_env = "SHARD_EAST_PASSWORD"    # or in the url
//   ef_search = 100                         # width of the graph's search there
struct VectorLayout {
  struct Partition {
    std::string name;
    std::vector<std::string> categories;  // keys, in order
    std::string shard;                    // empty: on this server
    bool operator==(const Partition&) const = default;
  };
  struct Shard {
    std::string name;
    std::string url;           // or libpq's "name='value' ..."
    std::string password_env;  // a variable that has the password; empty: it is in the url, or there is none
    int ef_search = 100;
  };
  std::vector<Partition> partitions;  // by name
  std::vector<Shard> shards;          // by name

  const Shard* shard(std::string_view name) const;
  const Partition* partition(std::string_view name) const;
};

// Parses an operator's file. kInvalid naming the key at fault: unknown keys, names that are not
// [a-z][a-z0-9_]* of at most 24 letters, a category in two partitions, a shard that is not defined or that no
// partition uses.
Result<VectorLayout> parse_layout(std::string_view toml);

// Converts a layout to and from the text that the database stores, which has no passwords.
std::string layout_text(const VectorLayout& layout);
Result<VectorLayout> layout_of_text(std::string_view text);

// Returns the layout of the catalogue; nothing where it has none.
Result<std::optional<VectorLayout>> stored_layout(sql::SqlConnection& connection);
inline constexpr std::string_view kStoredLayout = "vector_layout";  // in store_meta

// The names of the default partition and of a partition of the parent `table`.
std::string rest_table(const std::string& table);
std::string partition_table(const std::string& table, const VectorLayout::Partition& partition);

// Statements that make the parent of partitions and attach them, and parts of statements.
std::string parent_table_sql(const std::string& table, int dimensions);
std::string attach_rest_sql(const std::string& table);
std::string attach_sql(const std::string& table, const VectorLayout::Partition& partition);
std::string category_list(const VectorLayout::Partition& partition);  // "'shoes', 'boots'"
std::string sql_quoted(std::string_view text);

}  // namespace fit::store
