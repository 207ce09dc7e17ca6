#include "store/spaces.h"

#include "base/format.h"
#include "store/tables/space_rows.h"
#include "store/validation.h"

namespace fit::store {
namespace {

constexpr int kMaxDimensions = 16384;

Result<void> validate_spec(const domain::SpaceSpec& spec) {
  if (spec.name.empty() || !is_storable_text(spec.name)) {
    return invalid("name", "must be UTF-8 text and not empty");
  }
  if (!is_storable_text(spec.model)) return invalid("model", "must be UTF-8 text");
  if (!is_storable_text(spec.version)) return invalid("version", "must be UTF-8 text");
  if (spec.dimensions < 1 || spec.dimensions > kMaxDimensions) {
    return invalid("dimensions", fit::format("must be between 1 and {}", kMaxDimensions));
  }
  return {};
}

}  // namespace

Result<domain::SpaceRecord> Spaces::ensure(const domain::SpaceSpec& spec) {
  FIT_CHECK(validate_spec(spec));
  FIT_TRY(auto known,
          database_.read([&](sql::SqlConnection& connection) { return find_space(connection, spec); }));
  if (known) return *std::move(known);
  return database_.write(sql::Ordering::kOrdered,
                         [&](sql::SqlConnection& connection) -> Result<domain::SpaceRecord> {
                           FIT_TRY(auto existing, find_space(connection, spec));
                           if (existing) return *std::move(existing);
                           FIT_TRY(auto made, insert_space(connection, spec));
                           FIT_CHECK(engine_.make_space(connection, made, graph_));
                           return made;
                         });
}

Result<std::vector<domain::SpaceRecord>> Spaces::list() {
  return database_.read([](sql::SqlConnection& connection) { return read_spaces(connection); });
}

Result<std::optional<domain::SpaceRecord>> Spaces::find(std::int64_t space_id) {
  const auto known = [&]() -> std::optional<domain::SpaceRecord> {
    const std::lock_guard lock(mutex_);
    const auto space = known_.find(space_id);
    if (space == known_.end()) return std::nullopt;
    return space->second;
  };
  if (auto space = known()) return space;
  FIT_TRY(const auto all, list());
  {
    const std::lock_guard lock(mutex_);
    for (const domain::SpaceRecord& space : all) known_.insert_or_assign(space.id, space);
  }
  return known();
}

Result<domain::SpaceRecord> Spaces::get(std::int64_t space_id, domain::VectorsOf kind) {
  FIT_TRY(auto space, find(space_id));
  if (space && space->of == kind) return *std::move(space);
  return invalid("space_id", fit::format("there is no vector space {} of {}", space_id,
                                         kind == domain::VectorsOf::kTexts ? "texts" : "images"));
}

}  // namespace fit::store
