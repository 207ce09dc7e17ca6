#include "store/pgvector/postgres_search_tables.h"

#include "base/format.h"
#include "base/replace_all.h"
#include "store/tables/filter_columns.h"

namespace fit::store {
namespace {

// Returns make(column) for each filter column, with `between` between those that are not empty.
template <class Make>
std::string for_columns(const Make& make, std::string_view between = ", ") {
  std::string text;
  for (const std::string& column : filter_columns()) {
    const std::string part = make(column);
    if (!part.empty()) text += (text.empty() ? std::string() : std::string(between)) + part;
  }
  return text;
}

std::string key_of(std::string_view row, const std::string& column) {
  return is_text_column(column) ? fit::format("fit_key({}.{})", row, column)
                                : fit::format("{}.{}", row, column);
}

std::string item_indexes() {
  std::string text;
  for (const auto column : kIndexedWithPrice) {
    text += fit::format("CREATE INDEX items_by_{0} ON items (fit_key({0}), price);\n", column);
  }
  for (const auto column : kIndexedAlone) {
    const std::string key = is_text_column(column) ? fit::format("fit_key({})", column) : std::string(column);
    text += fit::format("CREATE INDEX items_by_{0} ON items ({1});\n", column, key);
  }
  return text;
}

// The rows (name, value) of the text columns of a row of items.
std::string named_values(std::string_view row) {
  return for_columns([&](const std::string& column) {
    return is_text_column(column) ? fit::format("('{0}', {1}.{0})", column, row) : std::string();
  });
}

std::string counted(std::string_view rows, int sign) {
  return fit::format(
      "SELECT c.name, fit_key(c.text) AS value, c.text, {1} AS one, r.id, "
      "CASE WHEN r.status = 'active' THEN {1} ELSE 0 END AS active "
      "FROM {0} r CROSS JOIN LATERAL (VALUES {2}) AS c(name, text) WHERE c.text <> ''",
      rows, sign, named_values("r"));
}

std::string count_statement(const std::string& rows) {
  return fit::format(
      "INSERT INTO item_values AS known (name, value, text, items, active) "
      "SELECT name, value, (array_agg(text ORDER BY id))[1], sum(one), sum(active) FROM ({}) changed "
      "GROUP BY name, value HAVING sum(one) <> 0 OR sum(active) <> 0 ORDER BY name, value "
      "ON CONFLICT (name, value) DO UPDATE "
      "SET items = known.items + excluded.items, active = known.active + excluded.active",
      rows);
}

constexpr std::string_view kTables = R"sql(
CREATE FUNCTION fit_key(TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT left(lower($1 COLLATE "C"), 250) $$;

CREATE TABLE item_values (
  name TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  text TEXT NOT NULL,
  items BIGINT NOT NULL,
  active BIGINT NOT NULL,
  PRIMARY KEY (name, value)
) WITH (fillfactor = 70);

CREATE FUNCTION fit_count_values() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    @inserted@;
  ELSIF TG_OP = 'DELETE' THEN
    @deleted@;
  ELSE
    @updated@;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER fit_count_inserted AFTER INSERT ON items REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION fit_count_values();
CREATE TRIGGER fit_count_deleted AFTER DELETE ON items REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION fit_count_values();
CREATE TRIGGER fit_count_updated AFTER UPDATE ON items REFERENCING OLD TABLE AS gone NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION fit_count_values();

CREATE FUNCTION fit_copy_facts() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  SELECT @keys@ INTO @new@ FROM items i WHERE i.id = NEW.item_id;
  RETURN NEW;
END $$;

CREATE FUNCTION fit_spread_facts() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  space RECORD;
BEGIN
  FOR space IN SELECT id FROM spaces LOOP
    EXECUTE format('UPDATE vectors_%s v SET (@names@) = ROW(@keys@) FROM items i WHERE i.id = $1 AND v.item_id = $1',
                   space.id) USING NEW.id;
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER fit_spread_facts AFTER UPDATE ON items FOR EACH ROW
  WHEN ((@old_facts@) IS DISTINCT FROM (@new_facts@))
  EXECUTE FUNCTION fit_spread_facts();
)sql";

}  // namespace

std::string postgres_search_tables() {
  std::string text(kTables);
  replace_all(text, "@inserted@", count_statement(counted("added", 1)));
  replace_all(text, "@deleted@", count_statement(counted("gone", -1)));
  replace_all(text, "@updated@", count_statement(counted("added", 1) + " UNION ALL " + counted("gone", -1)));
  replace_all(text, "@keys@", for_columns([](const std::string& column) { return key_of("i", column); }));
  replace_all(text, "@new@", for_columns([](const std::string& column) { return "NEW." + column; }));
  replace_all(text, "@names@", for_columns([](const std::string& column) { return column; }));
  replace_all(text, "@old_facts@", for_columns([](const std::string& column) { return "OLD." + column; }));
  replace_all(text, "@new_facts@", for_columns([](const std::string& column) { return "NEW." + column; }));
  return text + item_indexes();
}

}  // namespace fit::store
