#include "store/blocked_images.h"

#include <bit>
#include <optional>

#include "store/validation.h"

namespace fit::store {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

constexpr std::size_t kMaxNoteBytes = 400;
constexpr const char* kSelect =
    "SELECT id, perceptual_hash, note, created_by, created_at FROM blocked_images ";

BlockedImage read_row(const SqlRow& row) {
  return {.id = row.integer(0),
          .perceptual_hash = std::bit_cast<std::uint64_t>(row.integer(1)),
          .note = std::string(row.text(2)),
          .created_by = std::string(row.text(3)),
          .created_at = Timestamp(std::chrono::microseconds(row.integer(4)))};
}

Result<std::vector<BlockedImage>> read_all(SqlConnection& connection) {
  std::vector<BlockedImage> images;
  FIT_CHECK(connection.query(std::string(kSelect) + "ORDER BY id", {},
                             [&images](const SqlRow& row) { images.push_back(read_row(row)); }));
  return images;
}

Result<std::int64_t> read_version(SqlConnection& connection) {
  FIT_TRY(const auto version,
          connection.query_integer("SELECT value FROM counters WHERE name = $1", {"blocked_images"}));
  return version.value_or(0);
}

Result<void> count_change(SqlConnection& connection) {
  FIT_CHECK(connection.execute("UPDATE counters SET value = value + 1 WHERE name = $1", {"blocked_images"}));
  return {};
}

Result<void> insert(SqlConnection& connection, const BlockedImage& image) {
  FIT_CHECK(connection.execute(
      "INSERT INTO blocked_images (perceptual_hash, note, created_by, created_at) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (perceptual_hash) DO NOTHING",
      {std::bit_cast<std::int64_t>(image.perceptual_hash), image.note, image.created_by,
       image.created_at.time_since_epoch().count()}));
  return count_change(connection);
}

Result<BlockedImage> read_one(SqlConnection& connection, const char* condition, std::int64_t value) {
  std::optional<BlockedImage> found;
  FIT_CHECK(connection.query(std::string(kSelect) + condition, {value},
                             [&found](const SqlRow& row) { found = read_row(row); }));
  if (!found) return not_found("the block list has no such entry");
  return *std::move(found);
}

}  // namespace

Result<BlockedImage> BlockedImages::add(const BlockedImage& image) {
  if (image.note.size() > kMaxNoteBytes || !is_storable_text(image.note)) {
    return invalid("note", "must be a text of at most 400 bytes");
  }
  BlockedImage added = image;
  added.created_at = now();
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<BlockedImage> {
    FIT_CHECK(insert(connection, added));
    return read_one(connection, "WHERE perceptual_hash = $1",
                    std::bit_cast<std::int64_t>(added.perceptual_hash));
  });
}

Result<void> BlockedImages::put(const BlockedImage& image) {
  return database_.write(Ordering::kUnordered,
                         [&](SqlConnection& connection) { return insert(connection, image); });
}

Result<std::vector<BlockedImage>> BlockedImages::list() {
  return database_.read_without_transaction(read_all);
}

Result<BlockedImage> BlockedImages::remove(std::int64_t id) {
  return database_.write(Ordering::kUnordered, [id](SqlConnection& connection) -> Result<BlockedImage> {
    FIT_TRY(BlockedImage image, read_one(connection, "WHERE id = $1", id));
    FIT_CHECK(connection.execute("DELETE FROM blocked_images WHERE id = $1", {id}));
    FIT_CHECK(count_change(connection));
    return image;
  });
}

Result<BlockedImages::List> BlockedImages::current() {
  const std::lock_guard lock(mutex_);
  return database_.read([this](SqlConnection& connection) -> Result<List> {
    FIT_TRY(const std::int64_t version, read_version(connection));
    if (list_ != nullptr && version == version_) return list_;
    FIT_TRY(auto images, read_all(connection));
    list_ = std::make_shared<const std::vector<BlockedImage>>(std::move(images));
    version_ = version;
    return list_;
  });
}

}  // namespace fit::store
