#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/records.h"
#include "sql/database.h"

namespace fit::store {

// Why the content filter flagged an image, and whether a person has approved it since. It belongs to the
// content of the image: items with the same image share it.
struct ImageReview {
  std::string sha256;
  std::string reason;    // "blocked", or the class of the classifier
  std::string scores;    // a JSON object: the probability of each class; empty: the classifier was not asked
  Timestamp flagged_at;  // before the image was judged
  std::optional<Timestamp> approved_at = {};  // nullopt: it waits for a review
  std::string approved_by = {};               // the id of a principal
};

// An image of an item with its review.
struct ReviewedImage {
  ImageId image;
  ImageReview review;
};

// The images that the content filter flagged. An item with an image that waits for a review has the status
// domain::kFlaggedStatus and keeps the seller's beside it; Items::upsert() sees to it within its transaction.
// Thread-safe; calls block. Errors as for Catalogue.
class ContentReviews {
 public:
  explicit ContentReviews(sql::Database& database) : database_(database) {}

  // Flags an image before its item is written. An image that was approved after review.flagged_at stays
  // approved. Items that are stored already keep their status until they are written again.
  Result<void> flag(const ImageReview& review);

  // When the image was approved; nullopt when it was not.
  Result<std::optional<Timestamp>> approved_at(std::string_view sha256);

  // Whether the image is flagged and no person has approved it.
  Result<bool> awaits_review(std::string_view sha256);

  // At most `limit` items that wait for a review, by ascending id, from the first above `after`.
  Result<std::vector<ItemId>> flagged_items(ItemId after, std::size_t limit);
  Result<std::int64_t> count_flagged_items();
  // Whether an item waits for a review, as it was at most a second ago.
  Result<bool> has_flagged_items();
  // The images of an item that wait for a review, in order.
  Result<std::vector<ReviewedImage>> flagged_images(ItemId item);

  // Approves the flagged images of an item, and gives their sellers' status back to this item and to all
  // others that wait for no other image. kNotFound when the item does not exist or is not flagged.
  Result<void> approve(ItemId item, std::string_view by);

  // For copies: the reviews of the items' images, approved or not; put() stores reviews as they are.
  Result<std::vector<ImageReview>> of_items(std::span<const ItemId> items);
  Result<void> put(std::span<const ImageReview> reviews);

 private:
  sql::Database& database_;
  std::atomic<std::int64_t> checked_at_ = 0;  // microseconds of a steady clock; 0: never
  std::atomic<bool> has_flagged_ = false;
};

}  // namespace fit::store
