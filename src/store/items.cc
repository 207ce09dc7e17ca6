#include "store/items.h"

#include "base/format.h"
#include "store/item_bulk.h"
#include "store/item_copies.h"
#include "store/item_history.h"
#include "store/item_properties.h"
#include "store/item_reads.h"
#include "store/item_writes.h"
#include "store/validation.h"

namespace fit::store {

Error no_such_item(ItemId item) {
  return not_found("there is no item " + item.str());
}

Result<int> Items::dimensions_of(std::int64_t space_id) {
  FIT_TRY(const auto space, spaces_.get(space_id, domain::VectorsOf::kImages));
  return space.dimensions;
}

Result<std::vector<UpsertOutcome>> Items::upsert(std::span<const domain::ItemWrite> items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto valid = validate(items[i], [this](std::int64_t space_id) { return dimensions_of(space_id); });
    if (valid) continue;
    Error error = std::move(valid).error();
    error.detail +=
        fit::format("{}item {} of {} in the batch", error.detail.empty() ? "" : "; ", i, items.size());
    return error;
  }
  if (items.empty()) return std::vector<UpsertOutcome>{};
  return database_.write(sql::Ordering::kOrdered, [&](sql::SqlConnection& connection) {
    return write_items(connection, engine_, items, now());
  });
}

Result<std::int64_t> Items::put_properties(std::span<const domain::PropertiesWrite> properties) {
  for (const domain::PropertiesWrite& put : properties) {
    FIT_CHECK(validate_properties(put.properties, put.origins));
  }
  if (properties.empty()) return 0;
  return database_.write(sql::Ordering::kOrdered, [&](sql::SqlConnection& connection) {
    return write_properties(connection, properties, now());
  });
}

Result<void> Items::copy(std::span<const domain::ItemCopy> items) {
  for (const domain::ItemCopy& copy : items) {
    domain::ItemWrite write{.listing = copy.record.listing,
                            .origins = copy.record.origins,
                            .content_hash = copy.record.content_hash,
                            .images = {}};
    write.listing.status = copy.record.sellers_status();
    for (const domain::ImageRecord& image : copy.record.images) write.images.push_back({image, {}});
    FIT_CHECK(validate(write, [this](std::int64_t space_id) { return dimensions_of(space_id); }));
    for (const auto& [space_id, vectors] : copy.vectors) {
      FIT_TRY(const int dimensions, dimensions_of(space_id));
      for (const domain::ImageVector& vector : vectors) FIT_CHECK(validate_vector(vector.values, dimensions));
    }
  }
  if (items.empty()) return {};
  return database_.write(sql::Ordering::kOrdered, [&](sql::SqlConnection& connection) {
    return write_copies(connection, engine_, items);
  });
}

Result<void> Items::remove(ItemId item) {
  return database_.write(sql::Ordering::kOrdered,
                         [&](sql::SqlConnection& connection) { return remove_item(connection, item); });
}

Result<void> Items::remove(const domain::ItemVersion& expected_version) {
  return database_.write(sql::Ordering::kOrdered, [&](sql::SqlConnection& connection) {
    return remove_version(connection, expected_version);
  });
}

Result<domain::ItemRecord> Items::get(ItemId item) {
  FIT_TRY(auto found, get(std::span(&item, 1)));
  if (found.empty()) return no_such_item(item);
  return std::move(found.front());
}

Result<std::vector<domain::ItemRecord>> Items::get(std::span<const ItemId> items) {
  return database_.read([&](sql::SqlConnection& connection) { return read_items(connection, items); });
}

Result<std::vector<domain::ItemRecord>> Items::list(ItemId after, std::size_t limit) {
  return database_.read(
      [&](sql::SqlConnection& connection) { return read_item_page(connection, after, limit); });
}

Result<std::vector<domain::ItemState>> Items::history(ItemId item, std::size_t limit) {
  return database_.read(
      [item, limit](sql::SqlConnection& connection) { return read_history(connection, item, limit); });
}

Result<std::map<ItemId, std::vector<domain::ItemState>>> Items::stored_histories(
    std::span<const ItemId> items) {
  return database_.read(
      [items](sql::SqlConnection& connection) { return read_stored_histories(connection, items); });
}

Result<std::vector<ItemId>> Items::of_external_ids(std::span<const std::string> external_ids) {
  return database_.read(
      [external_ids](sql::SqlConnection& connection) { return find_external_ids(connection, external_ids); });
}

Result<std::vector<std::optional<KnownItem>>> Items::find(std::span<const domain::ItemKey> keys) {
  return database_.read([&](sql::SqlConnection& connection) {
    return keys.size() < kBulk ? find_items(connection, keys) : find_items_in_bulk(connection, keys);
  });
}

Result<std::vector<domain::FilterColumns>> Items::filter_columns(std::span<const ItemId> items) {
  return database_.read(
      [&](sql::SqlConnection& connection) { return read_filter_columns(connection, items); });
}

Result<std::vector<domain::FilterColumns>> Items::list_filter_columns(ItemId after, std::size_t limit) {
  return database_.read(
      [&](sql::SqlConnection& connection) { return read_filter_columns_page(connection, after, limit); });
}

Result<domain::ImageRecord> Items::image(ImageId image) {
  return database_.read([&](sql::SqlConnection& connection) { return read_image(connection, image); });
}

Result<std::vector<domain::ImageRecord>> Items::list_images(ImageId after, std::size_t limit) {
  return database_.read(
      [&](sql::SqlConnection& connection) { return read_image_page(connection, after, limit); });
}

Result<ImageId> Items::last_image() {
  return database_.read([](sql::SqlConnection& connection) { return read_last_image(connection); });
}

Result<Counts> Items::counts() {
  return database_.read([](sql::SqlConnection& connection) { return read_counts(connection); });
}

}  // namespace fit::store
