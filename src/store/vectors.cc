#include "store/vectors.h"

#include "base/format.h"
#include "store/image_vectors.h"
#include "store/item_reads.h"
#include "store/text_vectors.h"
#include "store/validation.h"

namespace fit::store {

namespace {

// Of a space of images or of texts.
template <class SpaceSql>
Result<std::int64_t> count_rows(sql::SqlConnection& connection, const SpaceSql& space) {
  FIT_TRY(const auto count, connection.query_integer(
                                fit::format("SELECT COUNT(*) FROM {} WHERE {}", space.rows, space.only), {}));
  return count.value_or(0);
}

}  // namespace

using domain::VectorsOf;

Result<void> Vectors::put(std::int64_t space_id, std::span<const VectorWrite> vectors) {
  FIT_TRY(const auto space, spaces_.get(space_id, VectorsOf::kImages));
  for (const VectorWrite& vector : vectors) FIT_CHECK(validate_vector(vector.values, space.dimensions));
  if (vectors.empty()) return {};
  return database_.write(sql::Ordering::kOrdered, [&](sql::SqlConnection& connection) {
    return write_image_vectors(connection, engine_.image_space(space_id), vectors);
  });
}

Result<void> Vectors::put(std::int64_t space_id, std::span<const TextVectorWrite> vectors) {
  FIT_TRY(const auto space, spaces_.get(space_id, VectorsOf::kTexts));
  for (const TextVectorWrite& vector : vectors) {
    if (!vector.values.empty()) FIT_CHECK(validate_vector(vector.values, space.dimensions));
    if (!is_storable_text(vector.text_hash)) return invalid("text_hash", "must be UTF-8 text");
  }
  if (vectors.empty()) return {};
  return database_.write(sql::Ordering::kOrdered, [&](sql::SqlConnection& connection) {
    return write_text_vectors(connection, engine_.text_space(space_id), vectors);
  });
}

Result<std::vector<domain::ImageVector>> Vectors::of_items(std::int64_t space_id,
                                                           std::span<const ItemId> items) {
  FIT_TRY(const auto space, spaces_.find(space_id));
  if (!space) return std::vector<domain::ImageVector>{};
  return database_.read([&](sql::SqlConnection& connection) {
    return space->of == VectorsOf::kTexts
               ? read_text_vectors(connection, engine_.text_space(space_id), items)
               : read_image_vectors(connection, engine_.image_space(space_id), items);
  });
}

Result<std::vector<domain::ImageVector>> Vectors::list(std::int64_t space_id, ImageId after,
                                                       std::size_t limit) {
  FIT_TRY(const auto space, spaces_.find(space_id));
  if (!space) return std::vector<domain::ImageVector>{};
  return database_.read([&](sql::SqlConnection& connection) {
    return space->of == VectorsOf::kTexts
               ? read_text_vector_page(connection, engine_.text_space(space_id), ItemId{after.value}, limit)
               : read_image_vector_page(connection, engine_.image_space(space_id), after, limit);
  });
}

Result<std::int64_t> Vectors::count(std::int64_t space_id) {
  FIT_TRY(const auto space, spaces_.find(space_id));
  if (!space) return 0;
  return database_.read([&](sql::SqlConnection& connection) {
    return space->of == VectorsOf::kTexts ? count_rows(connection, engine_.text_space(space_id))
                                          : count_rows(connection, engine_.image_space(space_id));
  });
}

Result<std::vector<domain::ImageRecord>> Vectors::images_without(std::int64_t space_id, ImageId after,
                                                                 std::size_t limit) {
  FIT_CHECK(spaces_.get(space_id, VectorsOf::kImages));
  return database_.read([&](sql::SqlConnection& connection) {
    return read_images_without_vector(connection, engine_.image_space(space_id), after, limit);
  });
}

Result<std::vector<ItemId>> Vectors::items_without(std::int64_t space_id, ItemId after, std::size_t limit) {
  FIT_CHECK(spaces_.get(space_id, VectorsOf::kTexts));
  return database_.read([&](sql::SqlConnection& connection) {
    return read_items_without_text_vector(connection, engine_.text_space(space_id), after, limit);
  });
}

Result<std::vector<TextVectorState>> Vectors::text_states(std::int64_t space_id,
                                                          std::span<const ItemId> items) {
  FIT_TRY(const auto space, spaces_.find(space_id));
  if (!space || space->of != VectorsOf::kTexts) return std::vector<TextVectorState>{};
  return database_.read([&](sql::SqlConnection& connection) {
    return read_text_vector_states(connection, engine_.text_space(space_id), items);
  });
}

}  // namespace fit::store
