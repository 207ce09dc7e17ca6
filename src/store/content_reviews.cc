#include "store/content_reviews.h"

#include <chrono>

#include "sql/sql_times.h"
#include "store/change_log.h"
#include "store/item_columns.h"
#include "store/items.h"

namespace fit::store {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::ticks;
using sql::time_at;

constexpr std::int64_t kMaxAge = 1'000'000;  // microseconds for which has_flagged_items() is not read again

// The columns sha256, reason, scores, flagged_at, approved_at and approved_by, from `first` on.
ImageReview read_review(const SqlRow& row, int first) {
  ImageReview review{.sha256 = std::string(row.text(first)),
                     .reason = std::string(row.text(first + 1)),
                     .scores = std::string(row.text(first + 2)),
                     .flagged_at = time_at(row, first + 3)};
  if (!row.is_null(first + 4)) review.approved_at = time_at(row, first + 4);
  review.approved_by = row.text(first + 5);
  return review;
}

Result<void> write_review(SqlConnection& connection, const ImageReview& review, std::string_view condition) {
  const std::optional<std::int64_t> approved_at =
      review.approved_at ? std::optional(ticks(*review.approved_at)) : std::nullopt;
  FIT_CHECK(connection.execute(
      "INSERT INTO image_reviews (sha256, reason, scores, flagged_at, approved_at, approved_by) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sha256) DO UPDATE SET reason = excluded.reason, "
      "scores = excluded.scores, flagged_at = excluded.flagged_at, approved_at = excluded.approved_at, "
      "approved_by = excluded.approved_by" +
          std::string(condition),
      {review.sha256, review.reason, review.scores, ticks(review.flagged_at), sql::nullable(approved_at),
       review.approved_by}));
  return {};
}

// Gives flagged items without an image that waits for a review their sellers' status.
Result<void> release_items(SqlConnection& connection) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  std::vector<std::pair<ItemId, Timestamp>> released;
  FIT_CHECK(connection.query(
      "SELECT id, updated_at FROM items WHERE status = 'flagged' AND NOT EXISTS (SELECT 1 FROM images m "
      "JOIN image_reviews r ON r.sha256 = m.sha256 WHERE m.item_id = items.id AND r.approved_at IS NULL)",
      {},
      [&released](const SqlRow& row) { released.emplace_back(ItemId{row.integer(0)}, time_at(row, 1)); }));
  const Timestamp time = now();
  for (const auto& [item, updated_at] : released) {
    const std::int64_t at = ticks(later_than(updated_at, time));
    // The origins of properties belong to the write of this time.
    FIT_CHECK(connection.execute(
        "UPDATE items SET status = listed_status, listed_status = '', origins_at = CASE WHEN origins_at = "
        "updated_at THEN $1 ELSE origins_at END, updated_at = $1 WHERE id = $2",
        {at, item.value}));
    changes.append(item, false);
  }
  return changes.finish();
}

}  // namespace

Result<void> ContentReviews::flag(const ImageReview& review) {
  auto flagged = database_.write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return write_review(
        connection, review,
        " WHERE image_reviews.approved_at IS NULL OR image_reviews.approved_at < excluded.flagged_at");
  });
  has_flagged_ = true;
  return flagged;
}

Result<std::optional<Timestamp>> ContentReviews::approved_at(std::string_view sha256) {
  return database_.read_without_transaction(
      [&](SqlConnection& connection) -> Result<std::optional<Timestamp>> {
        std::optional<Timestamp> approved;
        FIT_CHECK(connection.query(
            "SELECT approved_at FROM image_reviews WHERE sha256 = $1 AND approved_at IS NOT NULL", {sha256},
            [&approved](const SqlRow& row) { approved = time_at(row, 0); }));
        return approved;
      });
}

Result<bool> ContentReviews::awaits_review(std::string_view sha256) {
  return database_.read_without_transaction([&](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const auto found,
            connection.query_integer("SELECT 1 FROM image_reviews WHERE sha256 = $1 AND approved_at IS NULL",
                                     {sha256}));
    return found.has_value();
  });
}

Result<std::vector<ItemId>> ContentReviews::flagged_items(ItemId after, std::size_t limit) {
  return database_.read_without_transaction([&](SqlConnection& connection) -> Result<std::vector<ItemId>> {
    std::vector<ItemId> items;
    FIT_CHECK(
        connection.query("SELECT id FROM items WHERE status = 'flagged' AND id > $1 ORDER BY id LIMIT $2",
                         {after.value, sql::sql_limit(limit)},
                         [&items](const SqlRow& row) { items.push_back(ItemId{row.integer(0)}); }));
    return items;
  });
}

Result<std::int64_t> ContentReviews::count_flagged_items() {
  return database_.read_without_transaction([](SqlConnection& connection) -> Result<std::int64_t> {
    FIT_TRY(const auto count,
            connection.query_integer("SELECT COUNT(*) FROM items WHERE status = 'flagged'", {}));
    return count.value_or(0);
  });
}

Result<bool> ContentReviews::has_flagged_items() {
  using Microseconds = std::chrono::microseconds;
  const std::int64_t time =
      std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
  const std::int64_t checked = checked_at_;
  if (checked != 0 && time - checked < kMaxAge) return has_flagged_.load();
  FIT_TRY(const auto items, flagged_items({}, 1));
  has_flagged_ = !items.empty();
  checked_at_ = time;
  return !items.empty();
}

Result<std::vector<ReviewedImage>> ContentReviews::flagged_images(ItemId item) {
  return database_.read_without_transaction(
      [&](SqlConnection& connection) -> Result<std::vector<ReviewedImage>> {
        std::vector<ReviewedImage> images;
        FIT_CHECK(connection.query(
            "SELECT m.id, r.sha256, r.reason, r.scores, r.flagged_at, r.approved_at, r.approved_by FROM "
            "images m JOIN image_reviews r ON r.sha256 = m.sha256 WHERE m.item_id = $1 AND r.approved_at IS "
            "NULL ORDER BY m.position",
            {item.value}, [&images](const SqlRow& row) {
              images.push_back({ImageId{row.integer(0)}, read_review(row, 1)});
            }));
        return images;
      });
}

Result<void> ContentReviews::approve(ItemId item, std::string_view by) {
  return database_.write(Ordering::kOrdered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(
        const auto flagged,
        connection.query_integer("SELECT id FROM items WHERE id = $1 AND status = 'flagged'", {item.value}));
    if (!flagged) return not_found("no item " + item.str() + " waits for a review");
    FIT_CHECK(connection.execute(
        "UPDATE image_reviews SET approved_at = $1, approved_by = $2 WHERE approved_at IS NULL AND sha256 IN "
        "(SELECT sha256 FROM images WHERE item_id = $3)",
        {ticks(now()), by, item.value}));
    return release_items(connection);
  });
}

Result<std::vector<ImageReview>> ContentReviews::of_items(std::span<const ItemId> items) {
  return database_.read_without_transaction(
      [&](SqlConnection& connection) -> Result<std::vector<ImageReview>> {
        std::vector<ImageReview> reviews;
        std::vector<std::int64_t> ids;
        for (const ItemId item : items) ids.push_back(item.value);
        FIT_CHECK(sql::query_among(
            connection,
            "SELECT r.sha256, r.reason, r.scores, r.flagged_at, r.approved_at, r.approved_by FROM images m "
            "JOIN image_reviews r ON r.sha256 = m.sha256 WHERE m.item_id",
            ids, [&reviews](const SqlRow& row) { reviews.push_back(read_review(row, 0)); }));
        return reviews;
      });
}

Result<void> ContentReviews::put(std::span<const ImageReview> reviews) {
  if (reviews.empty()) return {};
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    for (const ImageReview& review : reviews) FIT_CHECK(write_review(connection, review, ""));
    return {};
  });
}

}  // namespace fit::store
