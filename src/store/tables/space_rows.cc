#include "store/tables/space_rows.h"

#include "base/format.h"

namespace fit::store {
namespace {

domain::SpaceRecord read_space(const sql::SqlRow& row) {
  domain::SpaceRecord space;
  space.id = row.integer(0);
  space.name = row.text(1);
  space.model = row.text(2);
  space.version = row.text(3);
  space.dimensions = static_cast<int>(row.integer(4));
  space.of = row.integer(5) != 0 ? domain::VectorsOf::kTexts : domain::VectorsOf::kImages;
  return space;
}

}  // namespace

Result<std::vector<domain::SpaceRecord>> read_spaces(sql::SqlConnection& connection) {
  std::vector<domain::SpaceRecord> spaces;
  FIT_CHECK(connection.query("SELECT id, name, model, version, dimensions, of_texts FROM spaces ORDER BY id",
                             {}, [&spaces](const sql::SqlRow& row) { spaces.push_back(read_space(row)); }));
  return spaces;
}

Result<std::optional<domain::SpaceRecord>> find_space(sql::SqlConnection& connection,
                                                      const domain::SpaceSpec& spec) {
  std::optional<domain::SpaceRecord> known;
  FIT_CHECK(connection.query(
      "SELECT id, name, model, version, dimensions, of_texts FROM spaces WHERE name = $1 AND version = $2",
      {spec.name, spec.version}, [&known](const sql::SqlRow& row) { known = read_space(row); }));
  if (known && known->dimensions != spec.dimensions) {
    return Error{ErrorCode::kConflict,
                 fit::format("the vector space {} version {} has {} dimensions, not {}", known->name,
                             known->version, known->dimensions, spec.dimensions),
                 "dimensions",
                 {}};
  }
  if (known && known->of != spec.of) {
    return Error{ErrorCode::kConflict,
                 fit::format("the vector space {} version {} is of {}", known->name, known->version,
                             known->of == domain::VectorsOf::kTexts ? "texts" : "images"),
                 "name",
                 {}};
  }
  return known;
}

Result<domain::SpaceRecord> insert_space(sql::SqlConnection& connection, const domain::SpaceSpec& spec) {
  FIT_TRY(const auto id,
          connection.query_integer("INSERT INTO spaces (name, model, version, dimensions, of_texts) "
                                   "VALUES ($1, $2, $3, $4, $5) RETURNING id",
                                   {spec.name, spec.model, spec.version, spec.dimensions,
                                    spec.of == domain::VectorsOf::kTexts ? 1 : 0}));
  domain::SpaceRecord made;
  static_cast<domain::SpaceSpec&>(made) = spec;
  made.id = id.value_or(0);
  return made;
}

}  // namespace fit::store
