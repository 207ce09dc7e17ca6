#include "store/flagged_images.h"

#include <algorithm>
#include <vector>

#include "base/format.h"
#include "store/item_columns.h"

namespace fit::store {
namespace {

constexpr std::size_t kAtOnce = 64;  // images of one statement

}  // namespace

Result<FlaggedImages> FlaggedImages::among(sql::SqlConnection& connection,
                                           std::span<const domain::ItemWrite> items) {
  FlaggedImages flagged;
  FIT_TRY(const auto any,
          connection.query_integer("SELECT 1 FROM image_reviews WHERE approved_at IS NULL LIMIT 1", {}));
  if (!any) return flagged;
  std::vector<std::string_view> images;
  for (const domain::ItemWrite& item : items) {
    for (const domain::ImageWrite& image : item.images) images.emplace_back(image.sha256);
  }
  const std::string sql =
      fit::format("SELECT sha256 FROM image_reviews WHERE approved_at IS NULL AND sha256 IN ({})",
                  numbered_placeholders(kAtOnce));
  for (std::size_t start = 0; start < images.size(); start += kAtOnce) {
    std::vector<sql::SqlValue> values;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      values.emplace_back(images[std::min(start + i, images.size() - 1)]);
    }
    FIT_CHECK(connection.query(sql, values,
                               [&flagged](const sql::SqlRow& row) { flagged.sha256_.emplace(row.text(0)); }));
  }
  return flagged;
}

std::string_view FlaggedImages::listed_status(const domain::ItemWrite& item) const {
  const bool is_flagged =
      !sha256_.empty() && std::ranges::any_of(item.images, [this](const domain::ImageWrite& image) {
        return sha256_.contains(image.sha256);
      });
  return is_flagged ? std::string_view(item.listing.status) : std::string_view();
}

}  // namespace fit::store
