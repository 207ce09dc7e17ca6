#include "store/item_bulk.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/format.h"
#include "store/item_columns.h"
#include "store/tables/value_keys.h"

namespace fit::store {
namespace {

constexpr std::size_t kKeysAtOnce = 64;

class BulkAdd {
 public:
  BulkAdd(sql::SqlConnection& connection, const Engine& engine, const NewItems& added)
      : connection_(connection),
        engine_(engine),
        items_(added.items),
        flagged_(added.flagged),
        time_(added.time) {}

  Result<std::vector<ItemId>> run() {
    FIT_TRY(const auto ids, engine_.take_ids(connection_, "items", items_.size()));
    for (const std::int64_t id : ids) ids_.emplace_back(id);
    FIT_CHECK(copy_items());
    FIT_CHECK(copy_images());
    for (const auto& [id, space] : spaces_) {
      FIT_CHECK(connection_.copy_rows(space.sql.table, "image_id, item_id, embedding, category", space.rows));
    }
    return std::move(ids_);
  }

 private:
  // The vectors of one space.
  struct SpaceRows {
    ImageSpaceSql sql;
    std::vector<sql::SqlValue> rows;  // borrow from embeddings_ and categories_
  };

  Result<void> copy_items() {
    std::vector<std::string> origins;
    origins.reserve(items_.size());
    std::vector<sql::SqlValue> rows;
    rows.reserve(items_.size() * (1 + kItemValues));
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const domain::ItemWrite& item = *items_[i];
      origins.push_back(domain::encode_origins(domain::settled(item.listing.properties, item.origins)));
      const auto values = item_values(item.listing, {.content_hash = item.content_hash,
                                                     .origins = origins.back(),
                                                     .created_at = time_,
                                                     .updated_at = time_,
                                                     .listed_status = flagged_.listed_status(item)});
      rows.emplace_back(ids_[i].value);
      rows.insert(rows.end(), values.begin(), values.end());
    }
    return connection_.copy_rows("items", item_columns(), rows);
  }

  Result<void> copy_images() {
    std::size_t count = 0;
    for (const domain::ItemWrite* item : items_) count += item->images.size();
    FIT_TRY(const auto ids, engine_.take_ids(connection_, "images", count));
    std::vector<sql::SqlValue> rows;
    auto id = ids.begin();
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const std::string_view category =
          *categories_.insert(category_key(items_[i]->listing.properties[domain::kCategory])).first;
      std::int64_t position = 0;
      for (const domain::ImageWrite& image : items_[i]->images) {
        const auto values = image_values(ids_[i], position++, image);
        rows.emplace_back(*id);
        rows.insert(rows.end(), values.begin(), values.end());
        for (const domain::SpaceVector& vector : image.vectors) {
          SpaceRows& space = rows_of(vector.space_id);
          FIT_TRY(const ByteView embedding, embeddings_.add(*space.sql.format, vector.values));
          space.rows.insert(space.rows.end(), {*id, ids_[i].value, embedding, category});
        }
        ++id;
      }
    }
    return connection_.copy_rows("images", image_columns(), rows);
  }

  SpaceRows& rows_of(std::int64_t space_id) {
    const auto [space, is_new] = spaces_.try_emplace(space_id);
    if (is_new) space->second.sql = engine_.image_space(space_id);
    return space->second;
  }

  sql::SqlConnection& connection_;
  const Engine& engine_;
  std::span<const domain::ItemWrite* const> items_;
  const FlaggedImages& flagged_;
  Timestamp time_;
  std::vector<ItemId> ids_;
  std::set<std::string> categories_;
  EncodedVectors embeddings_;
  std::map<std::int64_t, SpaceRows> spaces_;
};

}  // namespace

Result<std::vector<std::optional<KnownItem>>> find_items_in_bulk(sql::SqlConnection& connection,
                                                                 std::span<const domain::ItemKey> keys) {
  std::map<std::pair<std::string_view, std::string_view>, KnownItem> found;
  std::string sql =
      "SELECT id, source, external_id, updated_at, content_hash FROM items WHERE (source, external_id) IN (";
  for (std::size_t i = 0; i < kKeysAtOnce; ++i)
    sql += fit::format("{}(${}, ${})", i == 0 ? "" : ", ", 2 * i + 1, 2 * i + 2);
  sql += ")";
  for (std::size_t start = 0; start < keys.size(); start += kKeysAtOnce) {
    const auto piece = keys.subspan(start, std::min(kKeysAtOnce, keys.size() - start));
    std::vector<sql::SqlValue> values;
    for (std::size_t i = 0; i < kKeysAtOnce; ++i) {
      const domain::ItemKey& key = piece[std::min(i, piece.size() - 1)];
      values.insert(values.end(), {key.source, key.external_id});
    }
    FIT_CHECK(connection.query(sql, values, [&](const sql::SqlRow& row) {
      // The map's views point into the keys, which outlive the row.
      for (const domain::ItemKey& key : piece) {
        if (key.external_id != row.text(2) || key.source != row.text(1)) continue;
        found.insert_or_assign(
            {key.source, key.external_id},
            KnownItem{{ItemId{row.integer(0)}, Timestamp(std::chrono::microseconds(row.integer(3)))},
                      std::string(row.text(4))});
        break;
      }
    }));
  }
  std::vector<std::optional<KnownItem>> known(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (const auto one = found.find({keys[i].source, keys[i].external_id}); one != found.end()) {
      known[i] = one->second;
    }
  }
  return known;
}

Result<std::vector<ItemId>> add_items_in_bulk(sql::SqlConnection& connection, const Engine& engine,
                                              const NewItems& added) {
  return BulkAdd(connection, engine, added).run();
}

}  // namespace fit::store
