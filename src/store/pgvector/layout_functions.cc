#include "store/pgvector/layout_functions.h"

#include "base/format.h"
#include "base/replace_all.h"
#include "store/pgvector/vector_tables.h"

namespace fit::store {
namespace {

constexpr std::string_view kSpread = R"sql(
DECLARE
  space RECORD;
  was TEXT := fit_key(OLD.category);
  is_now TEXT := fit_key(NEW.category);
BEGIN
  FOR space IN SELECT id, of_texts FROM spaces LOOP
    IF was = is_now OR space.of_texts <> 0 THEN
      EXECUTE format('UPDATE vectors_%s SET (@names@) = ROW(@keys@) WHERE item_id = $2 AND category = $3',
                     space.id) USING NEW, NEW.id, was;
    ELSE
      EXECUTE format('WITH moved AS (DELETE FROM vectors_%1$s WHERE item_id = $2 AND category = $3 '
                     'RETURNING image_id, item_id, embedding) '
                     'INSERT INTO vectors_%1$s (image_id, item_id, embedding, @names@) '
                     'SELECT image_id, item_id, embedding, @keys@ FROM moved',
                     space.id) USING NEW, NEW.id, was;
    END IF;
  END LOOP;
  RETURN NULL;
END )sql";

constexpr std::string_view kForget =
    R"sql(CREATE OR REPLACE FUNCTION fit_forget_{0}() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  space RECORD;
  its_category TEXT;
BEGIN
  {1}
  FOR space IN SELECT id FROM spaces WHERE of_texts = 0 LOOP
    EXECUTE format('DELETE FROM vectors_%s WHERE {2} = $1 AND category = $2', space.id) USING OLD.id, its_category;
  END LOOP;
  RETURN OLD;
END $$)sql";

constexpr std::string_view kMirror =
    R"sql(CREATE OR REPLACE FUNCTION fit_mirror_{0}() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('fit.mirror', TRUE) = 'off' THEN RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' AND OLD.category IN ({1}) THEN
    DELETE FROM {0} WHERE image_id = OLD.image_id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.category IN ({1}) THEN
    INSERT INTO {0} ({2}) VALUES ({3});
  END IF;
  RETURN NULL;
END $$)sql";

std::string new_values() {
  std::string values = "NEW." + vector_column_names();
  replace_all(values, ", ", ", NEW.");
  return values;
}

}  // namespace

std::string spread_filter_columns_body() {
  std::string text(kSpread);
  replace_all(text, "@names@", filter_column_names());
  replace_all(text, "@keys@", filter_column_values("($1)"));
  return text;
}

std::string spread_filter_columns_sql() {
  return "CREATE OR REPLACE FUNCTION fit_spread_facts() RETURNS TRIGGER LANGUAGE plpgsql AS $$" +
         spread_filter_columns_body() + "$$";
}

std::vector<std::string> forget_vectors_sql() {
  return {
      fit::format(kForget, "item", "its_category := fit_key(OLD.category);", "item_id"),
      // When the item itself is deleted, its own trigger has deleted the vectors.
      fit::format(kForget, "image",
                  "SELECT fit_key(category) INTO its_category FROM items WHERE id = OLD.item_id;\n"
                  "  IF NOT FOUND THEN RETURN OLD; END IF;",
                  "image_id"),
      "CREATE TRIGGER fit_forget_item BEFORE DELETE ON items FOR EACH ROW EXECUTE FUNCTION fit_forget_item()",
      "CREATE TRIGGER fit_forget_image BEFORE DELETE ON images FOR EACH ROW EXECUTE FUNCTION "
      "fit_forget_image()"};
}

std::vector<std::string> mirror_sql(const std::string& rest, const std::string& table,
                                    const std::string& categories) {
  return {fit::format(kMirror, table, categories, vector_column_names(), new_values()),
          fit::format("CREATE TRIGGER fit_mirror_{0} AFTER INSERT OR UPDATE OR DELETE ON {1} FOR EACH ROW "
                      "EXECUTE FUNCTION fit_mirror_{0}()",
                      table, rest)};
}

std::vector<std::string> end_mirror_sql(const std::string& rest, const std::string& table) {
  return {fit::format("DROP TRIGGER fit_mirror_{} ON {}", table, rest),
          fit::format("DROP FUNCTION fit_mirror_{}()", table)};
}

}  // namespace fit::store
