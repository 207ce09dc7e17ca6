#include "store/metadata.h"

#include "store/validation.h"

namespace fit::store {
namespace {

// The table store_meta has entries of its own too; the prefix keeps the names apart from them.
std::string key_of(const std::string& name) {
  return "note:" + name;
}

Result<void> check_note(const std::string& name, const std::string& text) {
  if (!is_storable_text(name)) return invalid("name", "must be UTF-8 text without a NUL character");
  if (!is_storable_text(text)) return invalid("text", "must be UTF-8 text without a NUL character");
  return {};
}

Result<std::string> read_note(sql::SqlConnection& connection, const std::string& name) {
  std::string text;
  FIT_CHECK(connection.query("SELECT value FROM store_meta WHERE name = $1", {std::string_view(key_of(name))},
                             [&text](const sql::SqlRow& row) { text = row.text(0); }));
  return text;
}

}  // namespace

Result<std::string> Metadata::get(const std::string& name) {
  return database_.read([&](sql::SqlConnection& connection) { return read_note(connection, name); });
}

Result<std::string> Metadata::get_or_add(const std::string& name, const std::string& text) {
  FIT_CHECK(check_note(name, text));
  return database_.write(
      sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::string> {
        FIT_CHECK(connection.execute(
            "INSERT INTO store_meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            {std::string_view(key_of(name)), text}));
        return read_note(connection, name);
      });
}

Result<void> Metadata::put(const std::string& name, const std::string& text) {
  FIT_CHECK(check_note(name, text));
  return database_.write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<void> {
    FIT_CHECK(
        connection.execute("INSERT INTO store_meta (name, value) VALUES ($1, $2) "
                           "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                           {std::string_view(key_of(name)), text}));
    return {};
  });
}

}  // namespace fit::store
