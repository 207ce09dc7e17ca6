#include "store/item_reads.h"

#include <bit>
#include <unordered_map>

#include "base/format.h"
#include "sql/sql_times.h"
#include "store/item_columns.h"

namespace fit::store {
namespace {

void read_properties(const sql::SqlRow& row, int first_column, domain::Properties& properties) {
  for (std::size_t i = 0; i < properties.size(); ++i) {
    properties[i] = row.text(first_column + static_cast<int>(i));
  }
}

// Columns as in filter_column_list().
domain::FilterColumns read_filter_columns_row(const sql::SqlRow& row) {
  domain::FilterColumns columns;
  columns.id = ItemId{row.integer(0)};
  columns.source = row.text(1);
  columns.brand = row.text(2);
  columns.size = row.text(3);
  columns.status = row.text(4);
  columns.price = sql::optional_real(row, 5);
  columns.listed_at = sql::optional_time_at(row, 6);
  columns.currency = row.text(7);
  read_properties(row, 8, columns.properties);
  return columns;
}

// Columns as in item_columns().
domain::ItemRecord read_item_row(const sql::SqlRow& row) {
  domain::ItemRecord item;
  domain::Listing& listing = item.listing;
  item.id = ItemId{row.integer(0)};
  listing.source = row.text(1);
  listing.external_id = row.text(2);
  listing.brand = row.text(3);
  listing.size = row.text(4);
  listing.status = row.text(5);
  listing.price = sql::optional_real(row, 6);
  listing.listed_at = sql::optional_time_at(row, 7);
  read_properties(row, 8, listing.properties);
  int column = 8 + static_cast<int>(domain::kProperties.size());
  listing.currency = row.text(column++);
  item.created_at = Timestamp(std::chrono::microseconds(row.integer(column++)));
  item.updated_at = Timestamp(std::chrono::microseconds(row.integer(column++)));
  item.content_hash = row.text(column++);
  listing.url = row.text(column++);
  listing.title = row.text(column++);
  listing.description = row.text(column++);
  const std::string_view origins = row.text(column++);
  const bool is_of_this_write = row.integer(column++) == item.updated_at.time_since_epoch().count();
  item.origins = domain::settled(
      listing.properties, is_of_this_write ? domain::decode_origins(origins) : domain::PropertyOrigins{});
  item.listed_status = row.text(column);
  return item;
}

// Columns as in image_columns().
domain::ImageRecord read_image_row(const sql::SqlRow& row) {
  domain::ImageRecord image;
  image.id = ImageId{row.integer(0)};
  image.item = ItemId{row.integer(1)};
  image.position = static_cast<int>(row.integer(2));
  image.width = static_cast<int>(row.integer(3));
  image.height = static_cast<int>(row.integer(4));
  image.perceptual_hash = std::bit_cast<std::uint64_t>(row.integer(5));
  image.format = row.text(6);
  image.sha256 = row.text(7);
  image.location = row.text(8);
  return image;
}

// Collects rows that are read by id in any order, and returns them in the wanted order.
template <class Record>
class ById {
 public:
  explicit ById(std::span<const ItemId> wanted) : wanted_(wanted) {
    for (const ItemId id : wanted) {
      if (slots_.emplace(id, ids_.size()).second) ids_.push_back(id.value);
    }
    records_.resize(ids_.size());
  }

  std::span<const std::int64_t> ids() const { return ids_; }

  // The record of a wanted id; it is default-constructed until the row is read.
  Record& at(ItemId id) { return records_[slots_.at(id)]; }

  // Returns the records that were read, in the wanted order; one that is wanted twice is returned twice.
  std::vector<Record> take() && {
    if (ids_.size() < wanted_.size()) {
      std::vector<Record> repeated;
      for (const ItemId id : wanted_) repeated.push_back(at(id));
      records_ = std::move(repeated);
    }
    std::erase_if(records_, [](const Record& record) { return record.id == ItemId{}; });
    return std::move(records_);
  }

 private:
  std::span<const ItemId> wanted_;
  std::unordered_map<ItemId, std::size_t> slots_;
  std::vector<std::int64_t> ids_;
  std::vector<Record> records_;
};

}  // namespace

Result<std::vector<domain::ItemRecord>> read_items(sql::SqlConnection& connection,
                                                   std::span<const ItemId> items) {
  ById<domain::ItemRecord> found(items);
  sql::IdList list(found.ids());
  for (auto piece = list.next(); !piece.values.empty(); piece = list.next()) {
    FIT_CHECK(connection.query(
        fit::format("SELECT {} FROM items WHERE id IN ({})", item_columns(), piece.placeholders),
        piece.values,
        [&found](const sql::SqlRow& row) { found.at(ItemId{row.integer(0)}) = read_item_row(row); }));
    FIT_CHECK(
        connection.query(fit::format("SELECT {} FROM images WHERE item_id IN ({}) ORDER BY item_id, position",
                                     image_columns(), piece.placeholders),
                         piece.values, [&found](const sql::SqlRow& row) {
                           found.at(ItemId{row.integer(1)}).images.push_back(read_image_row(row));
                         }));
  }
  return std::move(found).take();
}

Result<std::vector<domain::ItemRecord>> read_item_page(sql::SqlConnection& connection, ItemId after,
                                                       std::size_t limit) {
  std::vector<domain::ItemRecord> items;
  FIT_CHECK(
      connection.query(fit::format("SELECT {} FROM items WHERE id > $1 ORDER BY id LIMIT $2", item_columns()),
                       {after.value, sql::sql_limit(limit)},
                       [&items](const sql::SqlRow& row) { items.push_back(read_item_row(row)); }));
  if (items.empty()) return items;
  auto owner = items.begin();
  FIT_CHECK(connection.query(
      fit::format("SELECT {} FROM images WHERE item_id > $1 AND item_id <= $2 ORDER BY item_id, position",
                  image_columns()),
      {after.value, items.back().id.value}, [&items, &owner](const sql::SqlRow& row) {
        const ItemId item{row.integer(1)};
        while (owner != items.end() && owner->id < item) ++owner;
        if (owner != items.end() && owner->id == item) {
          owner->images.push_back(read_image_row(row));
        }
      }));
  return items;
}

Result<std::vector<domain::FilterColumns>> read_filter_columns_page(sql::SqlConnection& connection,
                                                                    ItemId after, std::size_t limit) {
  std::vector<domain::FilterColumns> columns;
  FIT_CHECK(connection.query(
      fit::format("SELECT {} FROM items WHERE id > $1 ORDER BY id LIMIT $2", filter_column_list()),
      {after.value, sql::sql_limit(limit)},
      [&columns](const sql::SqlRow& row) { columns.push_back(read_filter_columns_row(row)); }));
  return columns;
}

Result<std::vector<domain::FilterColumns>> read_filter_columns(sql::SqlConnection& connection,
                                                               std::span<const ItemId> items) {
  ById<domain::FilterColumns> found(items);
  FIT_CHECK(sql::query_among(
      connection, fit::format("SELECT {} FROM items WHERE id", filter_column_list()), found.ids(),
      [&found](const sql::SqlRow& row) { found.at(ItemId{row.integer(0)}) = read_filter_columns_row(row); }));
  return std::move(found).take();
}

Result<std::vector<std::optional<KnownItem>>> find_items(sql::SqlConnection& connection,
                                                         std::span<const domain::ItemKey> keys) {
  std::vector<std::optional<KnownItem>> known(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    FIT_CHECK(connection.query(
        "SELECT id, updated_at, content_hash FROM items WHERE source = $1 AND external_id = $2",
        {keys[i].source, keys[i].external_id}, [&known, i](const sql::SqlRow& row) {
          known[i] = KnownItem{{ItemId{row.integer(0)}, Timestamp(std::chrono::microseconds(row.integer(1)))},
                               std::string(row.text(2))};
        }));
  }
  return known;
}

// Looks up each id in each source, so that the key (source, external_id) serves. A catalogue has few sources.
Result<std::vector<ItemId>> find_external_ids(sql::SqlConnection& connection,
                                              std::span<const std::string> external_ids) {
  std::vector<ItemId> items;
  for (const std::string& external_id : external_ids) {
    FIT_CHECK(connection.query(
        "WITH RECURSIVE sources (source) AS (SELECT min(source) FROM items UNION ALL SELECT (SELECT "
        "min(i.source) FROM items i WHERE i.source > s.source) FROM sources s WHERE s.source IS NOT NULL) "
        "SELECT i.id FROM sources s JOIN items i ON i.source = s.source AND i.external_id = $1 WHERE "
        "s.source "
        "IS NOT NULL ORDER BY 1",
        {external_id}, [&items](const sql::SqlRow& row) { items.push_back(ItemId{row.integer(0)}); }));
  }
  return items;
}

Result<domain::ImageRecord> read_image(sql::SqlConnection& connection, ImageId image) {
  std::optional<domain::ImageRecord> found;
  FIT_CHECK(connection.query(fit::format("SELECT {} FROM images WHERE id = $1", image_columns()),
                             {image.value},
                             [&found](const sql::SqlRow& row) { found = read_image_row(row); }));
  if (!found) return not_found("there is no image " + image.str());
  return *std::move(found);
}

Result<std::vector<domain::ImageRecord>> read_images_of(sql::SqlConnection& connection, ItemId item) {
  std::vector<domain::ImageRecord> images;
  FIT_CHECK(connection.query(
      fit::format("SELECT {} FROM images WHERE item_id = $1 ORDER BY position", image_columns()),
      {item.value}, [&images](const sql::SqlRow& row) { images.push_back(read_image_row(row)); }));
  return images;
}

Result<std::vector<domain::ImageRecord>> read_image_page(sql::SqlConnection& connection, ImageId after,
                                                         std::size_t limit) {
  std::vector<domain::ImageRecord> images;
  FIT_CHECK(connection.query(
      fit::format("SELECT {} FROM images WHERE id > $1 ORDER BY id LIMIT $2", image_columns()),
      {after.value, sql::sql_limit(limit)},
      [&images](const sql::SqlRow& row) { images.push_back(read_image_row(row)); }));
  return images;
}

Result<std::vector<domain::ImageRecord>> read_images_without_vector(sql::SqlConnection& connection,
                                                                    const ImageSpaceSql& space, ImageId after,
                                                                    std::size_t limit) {
  std::vector<domain::ImageRecord> images;
  FIT_CHECK(
      connection.query(fit::format("SELECT {} FROM images WHERE id > $1 AND NOT EXISTS (SELECT 1 FROM {} "
                                   "WHERE {} AND v.image_id = images.id) ORDER BY id LIMIT $2",
                                   image_columns(), space.rows, space.only),
                       {after.value, sql::sql_limit(limit)},
                       [&images](const sql::SqlRow& row) { images.push_back(read_image_row(row)); }));
  return images;
}

Result<ImageId> read_last_image(sql::SqlConnection& connection) {
  FIT_TRY(const auto last, connection.query_integer("SELECT MAX(id) FROM images", {}));
  return ImageId{last.value_or(0)};
}

Result<Counts> read_counts(sql::SqlConnection& connection) {
  FIT_TRY(const auto items, connection.query_integer("SELECT COUNT(*) FROM items", {}));
  FIT_TRY(const auto images, connection.query_integer("SELECT COUNT(*) FROM images", {}));
  return Counts{.items = items.value_or(0), .images = images.value_or(0)};
}

}  // namespace fit::store
