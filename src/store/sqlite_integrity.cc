#include <charconv>
#include <map>
#include <ranges>

#include "base/format.h"
#include "store/integrity.h"

namespace fit::store {
namespace {

// The tables of sqlite_schema, and the table or index of each B-tree by its root page.
struct Trees {
  std::vector<std::string> tables = {"sqlite_schema"};
  std::map<std::int64_t, std::string> part_of_root;  // such as "table items"
};

Result<Trees> read_trees(sql::SqlConnection& connection) {
  Trees trees;
  FIT_CHECK(
      connection.query("SELECT type, name, rootpage FROM sqlite_schema WHERE rootpage > 0 ORDER BY rootpage",
                       {}, [&trees](const sql::SqlRow& row) {
                         const std::string name(row.text(1));
                         if (row.text(0) == "table") trees.tables.push_back(name);
                         trees.part_of_root[row.integer(2)] = std::string(row.text(0)) + " " + name;
                       }));
  return trees;
}

// The part that a message of integrity_check is about. Messages begin with "Tree 7 page 9 cell 3: ...", name
// an index ("row 3 missing from index images_by_item"), or concern the table itself.
std::string part_of(std::string_view message, const Trees& trees, const std::string& table) {
  constexpr std::string_view kTree = "Tree ";
  constexpr std::string_view kIndex = " index ";
  if (message.starts_with(kTree)) {
    std::int64_t root = 0;
    std::from_chars(message.data() + kTree.size(), message.data() + message.size(), root);
    if (const auto known = trees.part_of_root.find(root); known != trees.part_of_root.end())
      return known->second;
  }
  if (const auto at = message.find(kIndex); at != std::string_view::npos) {
    const std::string_view name = message.substr(at + kIndex.size());
    return "index " + std::string(name.substr(0, name.find(' ')));
  }
  return "table " + table;
}

void add(std::vector<Damage>& found, std::string part, std::string_view what) {
  if (found.size() < kMaxDamages) found.push_back({std::move(part), std::string(what)});
}

// Adds a finding for each line of a row of the result.
void add_messages(std::string_view text, const Trees& trees, const std::string& table,
                  std::vector<Damage>& found) {
  for (const auto part : std::views::split(text, '\n')) {
    const std::string_view line(part.begin(), part.end());
    if (line.empty() || line == "ok" || line.starts_with("***")) continue;
    add(found, part_of(line, trees, table), line);
  }
}

Result<void> check_table(sql::SqlConnection& connection, const Trees& trees, const std::string& table,
                         bool thorough, std::vector<Damage>& found) {
  std::string quoted;
  for (const char c : table) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  const std::string sql =
      fit::format("PRAGMA {}('{}')", thorough ? "integrity_check" : "quick_check", quoted);
  const auto checked = connection.query(
      sql, {}, [&](const sql::SqlRow& row) { add_messages(row.text(0), trees, table, found); });
  if (checked) return {};
  if (checked.error().code != ErrorCode::kDamaged) return checked.error();
  add(found, "table " + table, checked.error().detail);
  return {};
}

}  // namespace

Result<void> check_sqlite_tables(sql::Database& database, const IntegrityOptions& options,
                                 const Progress& progress, const std::stop_token& stop,
                                 std::vector<Damage>& found) {
  const auto trees = database.read([](sql::SqlConnection& connection) { return read_trees(connection); });
  if (!trees) {
    if (trees.error().code != ErrorCode::kDamaged) return trees.error();
    add(found, "database", trees.error().detail);
    return {};
  }
  std::int64_t done = 0;
  for (const std::string& table : trees->tables) {
    if (stop.stop_requested()) return cancelled();
    progress(done++, static_cast<std::int64_t>(trees->tables.size()));
    FIT_CHECK(database.read_without_transaction([&](sql::SqlConnection& connection) {
      connection.stop_statements_on(stop);
      auto checked = check_table(connection, *trees, table, options.thorough, found);
      connection.stop_statements_on({});
      return checked;
    }));
  }
  progress(done, done);
  return {};
}

}  // namespace fit::store
