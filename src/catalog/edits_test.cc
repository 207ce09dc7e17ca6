#include "catalog/edits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "catalog/content_hash.h"
#include "catalog/edits.h"
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

TEST(Edits, AReplacementEditsTheFieldsThatDiffer) {
  ItemInput whole{.listing = coat().listing, .images = {}};
  EXPECT_THAT(edits_after_put(coat(), whole, "other").fields, IsEmpty());
  whole.listing.price = 15;
  whole.listing.properties[domain::kCategory].clear();
  whole.listing.size = "M";
  const Edits edits = edits_after_put(coat(), whole, "other");
  EXPECT_EQ(edits.imported, "imported");
  EXPECT_THAT(edits.fields, ElementsAre("category", "price", "size"));
}

TEST(Edits, AReplacementAddsToEarlierEdits) {
  domain::ItemRecord item = coat();
  item.content_hash = with_edits("edited", {"imported", {"status"}});
  ItemInput whole{.listing = coat().listing, .images = {}};
  whole.listing.title = "Warm coat";
  EXPECT_THAT(edits_after_put(item, whole, "other").fields, ElementsAre("status", "title"));
  EXPECT_THAT(edits_after_put(item, whole, "imported").fields, IsEmpty()) << "what the import had";
}

TEST(Edits, OtherImagesAreAnEdit) {
  domain::ItemRecord item = coat();
  domain::ImageRecord image;
  image.location = "https://shop.example/1.jpg";
  image.sha256 = sha256_hex(as_bytes("pixels"));
  item.images = {image};
  const auto edited = [&item](std::vector<ImageSource> images) {
    const ItemInput whole{.listing = coat().listing, .images = std::move(images)};
    return !edits_after_put(item, whole, "other").fields.empty();
  };
  const auto sent = [](std::string_view content) {
    const ByteView bytes = as_bytes(content);
    return ImageSource{{}, Bytes(bytes.begin(), bytes.end())};
  };
  EXPECT_FALSE(edited({})) << "the item keeps its own";
  EXPECT_FALSE(edited({{"https://shop.example/1.jpg", {}}}));
  EXPECT_FALSE(edited({sent("pixels")}));
  EXPECT_TRUE(edited({{"https://shop.example/2.jpg", {}}}));
  EXPECT_TRUE(edited({sent("other pixels")}));
  EXPECT_TRUE(edited({sent("pixels"), sent("other pixels")}));
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
