#include "catalog/quotas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "catalog/image_files.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

using ::testing::HasSubstr;

domain::ItemWrite quota_item(int number) {
  domain::ItemWrite item;
  item.listing.source = "shop";
  item.listing.external_id = std::to_string(number);
  item.content_hash = std::to_string(number);
  return item;
}

class QuotasTest : public ::testing::Test {
 protected:
  // Stores items as ItemWriter does: checks, writes, counts.
  Result<void> write(int first, int count) {
    std::vector<domain::ItemWrite> items;
    for (int i = 0; i < count; ++i) items.push_back(quota_item(first + i));
    FIT_CHECK(quotas_.check_items(items));
    FIT_TRY(const auto outcomes, bench_.store->items().upsert(items));
    quotas_.note_items(
        std::ranges::count(outcomes, store::UpsertKind::kCreated, &store::UpsertOutcome::kind));
    return {};
  }

  testing::Bench bench_;
  ImageFiles files_ = local_image_files(bench_.folder());
  Quotas quotas_{*bench_.store, files_.originals()};
};

TEST_F(QuotasTest, WithoutLimitsEverythingMayBeWritten) {
  EXPECT_TRUE(write(1, 10));
  EXPECT_TRUE(quotas_.check_bytes(std::size_t{1} << 40));
}

TEST_F(QuotasTest, ItemsUpToTheQuotaMayBeNew) {
  ASSERT_TRUE(write(1, 2));  // before there was a quota
  quotas_.set({.items = 4});
  EXPECT_TRUE(write(3, 2));
  const auto refused = write(5, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
  EXPECT_THAT(refused.error().message, HasSubstr("items"));
  EXPECT_TRUE(write(1, 4)) << "items that are there may change";
  EXPECT_FALSE(write(4, 2)) << "one of them is new";
  EXPECT_EQ(bench_.store->items().counts()->items, 4);
  quotas_.set({.items = 5});
  EXPECT_TRUE(write(5, 1));
}

TEST_F(QuotasTest, ARemovalMakesPlace) {
  quotas_.set({.items = 1});
  ASSERT_TRUE(write(1, 1));
  EXPECT_FALSE(write(2, 1));
  ASSERT_TRUE(bench_.store->items().remove(bench_.item("shop", "1").id));
  quotas_.note_items(-1);
  EXPECT_TRUE(write(2, 1));
}

TEST_F(QuotasTest, BytesOfStoredImagesCount) {
  const Bytes first(1000, std::byte{1});
  ASSERT_TRUE(files_.originals().put(sha256_hex(first) + ".jpg", first, blobs::Durability::kUnsynced));
  quotas_.set({.bytes = 1500});
  EXPECT_TRUE(quotas_.check_bytes(500));
  quotas_.note_bytes(300);
  const auto refused = quotas_.check_bytes(500);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kStorageFull);
  EXPECT_THAT(refused.error().message, HasSubstr("bytes"));
  EXPECT_TRUE(quotas_.check_bytes(200));
}

}  // namespace
}  // namespace fit::catalog
