#include "catalog/edits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/content_hash.h"
#include "catalog/item_patch.h"

namespace fit::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

domain::ItemRecord coat() {
  domain::ItemRecord item;
  item.listing.source = "shop";
  item.listing.external_id = "1";
  item.listing.title = "Coat";
  item.listing.price = 20;
  item.listing.properties[domain::kCategory] = "coats";
  item.origins = domain::settled(item.listing.properties, {});
  item.content_hash = "imported";
  return item;
}

TEST(Edits, APatchNamesTheFieldsThatItChanges) {
  const auto input = apply_patch(coat(), {{"price", 15}, {"status", "sold"}, {"title", "Coat"}}, 1000);
  EXPECT_EQ(input->edits.imported, "imported");
  EXPECT_THAT(input->edits.fields, ElementsAre("price", "status"));
}

TEST(Edits, RemovedFieldsAndPropertiesAreEdits) {
  const auto input = apply_patch(coat(), {{"price", nullptr}, {"category", "jackets"}}, 1000);
  EXPECT_THAT(input->edits.fields, ElementsAre("category", "price"));
}

TEST(Edits, APatchThatChangesNothingIsNone) {
  EXPECT_THAT(apply_patch(coat(), {{"price", 20}}, 1000)->edits.fields, IsEmpty());
}

TEST(Edits, LaterPatchesAddToEarlierOnes) {
  domain::ItemRecord item = coat();
  auto first = apply_patch(item, {{"price", 15}}, 1000);
  item.listing.price = 15;
  item.content_hash = content_hash(*first);
  const auto second = apply_patch(item, {{"status", "sold"}}, 1000);
  EXPECT_EQ(second->edits.imported, "imported");
  EXPECT_THAT(second->edits.fields, ElementsAre("price", "status"));
}

TEST(Edits, AHashNamesThem) {
  ItemInput input;
  input.listing.external_id = "1";
  const std::string plain = content_hash(input);
  EXPECT_FALSE(find_edits(plain));
  input.edits = {"imported", {"price", "status"}};
  const std::string edited = content_hash(input);
  EXPECT_TRUE(edited.starts_with(plain));
  EXPECT_EQ(find_edits(edited)->imported, "imported");
  EXPECT_THAT(find_edits(edited)->fields, ElementsAre("price", "status"));
}

TEST(Edits, EditedFieldsStay) {
  domain::ItemRecord stored = coat();
  stored.listing.price = 15;
  stored.listing.status = "sold";
  ItemInput row;
  row.listing.title = "Warm coat";
  row.listing.price = 30;
  row.images.push_back({"a.jpg", {}});
  row.edits = {"imported", {"price", "status", "category"}};
  keep_edited_fields(row, stored);
  EXPECT_EQ(row.listing.title, "Warm coat");
  EXPECT_EQ(row.listing.price, 15);
  EXPECT_EQ(row.listing.status, "sold");
  EXPECT_EQ(row.listing.properties[domain::kCategory], "coats");
  EXPECT_EQ(row.images.size(), 1U);
  row.edits.fields = {"images"};
  keep_edited_fields(row, stored);
  EXPECT_THAT(row.images, IsEmpty());
}

}  // namespace
}  // namespace fit::catalog
