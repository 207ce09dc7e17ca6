// The contract of store::Vectors for spaces of texts, on every engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/catalogue.h"
#include "store/pgvector/vector_search.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::ElementsAre;
using testing::Engine;
using ::testing::FloatNear;
using ::testing::IsEmpty;
using testing::make_item;
using testing::make_vector;
using ::testing::Pointwise;

class TextVectorsTest : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    catalogue_ = open_catalogue(GetParam().url(folder_)).value();
    space_ = catalogue_->spaces().ensure({"texts", "model", "4", 4, domain::VectorsOf::kTexts}).value();
    for (int i = 1; i <= 5; ++i) items_.push_back(upsert(i));
  }

  ItemId upsert(int number, const std::string& title = "a title") {
    domain::ItemWrite item = make_item(number);
    item.listing.title = title;
    item.content_hash += title;
    return catalogue_->items().upsert(std::span(&item, 1)).value().front().id;
  }
  Timestamp updated_at(ItemId item) { return catalogue_->items().get(item).value().updated_at; }
  TextVectorWrite vector(ItemId item, std::uint64_t seed = 1, const std::string& hash = "h") {
    return {{item, updated_at(item), hash}, make_vector(4, seed)};
  }
  Result<void> put(const TextVectorWrite& one) {
    return catalogue_->vectors().put(space_.id, std::span(&one, 1));
  }
  std::vector<ItemId> missing(ItemId after = {}, std::size_t limit = 100) {
    return catalogue_->vectors().items_without(space_.id, after, limit).value();
  }
  std::int64_t position() { return catalogue_->changes().position().value(); }

  TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_;
  domain::SpaceRecord space_;
  std::vector<ItemId> items_;
};

TEST_P(TextVectorsTest, AreReadAsTheyWerePut) {
  ASSERT_TRUE(put(vector(items_[3], 3)));
  ASSERT_TRUE(put(vector(items_[1], 1)));
  EXPECT_EQ(catalogue_->vectors().count(space_.id).value(), 2);
  const std::vector<ItemId> asked = {items_[3], items_[0], items_[1]};
  const auto found = catalogue_->vectors().of_items(space_.id, asked).value();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].item, items_[3]);
  EXPECT_EQ(found[0].image, ImageId{items_[3].value});
  EXPECT_THAT(found[0].values, Pointwise(FloatNear(1e-3F), make_vector(4, 3)))
      << "as exact as the engine keeps it";
  EXPECT_EQ(found[1].item, items_[1]);
  const auto page = catalogue_->vectors().list(space_.id, ImageId{items_[1].value}, 10).value();
  ASSERT_EQ(page.size(), 1U);
  EXPECT_EQ(page[0].item, items_[3]);
}

TEST_P(TextVectorsTest, AreChangesOfTheirItems) {
  const std::int64_t before = position();
  ASSERT_TRUE(put(vector(items_[2])));
  const auto changes = catalogue_->changes().list(before, 10).value();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].item, items_[2]);
  EXPECT_FALSE(changes[0].removed);
}

TEST_P(TextVectorsTest, ItemsWithoutOneAndThoseWrittenSinceAreFound) {
  EXPECT_EQ(missing(), items_);
  EXPECT_THAT(missing(items_[1], 2), ElementsAre(items_[2], items_[3]));
  for (const ItemId item : items_) ASSERT_TRUE(put(vector(item)));
  EXPECT_THAT(missing(), IsEmpty());
  upsert(2, "another title");
  EXPECT_THAT(missing(), ElementsAre(items_[1]));
  const auto states = catalogue_->vectors().text_states(space_.id, std::span(&items_[1], 1)).value();
  ASSERT_EQ(states.size(), 1U);
  EXPECT_EQ(states[0].text_hash, "h");
  EXPECT_LT(states[0].updated_at, updated_at(items_[1]));
}

TEST_P(TextVectorsTest, OfAnUnchangedTextOnlyTheTimeIsStored) {
  ASSERT_TRUE(put(vector(items_[1])));
  upsert(2, "another title");
  const std::int64_t before = position();
  TextVectorWrite same = vector(items_[1], 1, "other hash");
  same.values.clear();
  ASSERT_TRUE(put(same));
  EXPECT_EQ(missing().size(), items_.size()) << "the text was another one";
  same.text_hash = "h";
  ASSERT_TRUE(put(same));
  EXPECT_EQ(missing().size(), items_.size() - 1);
  EXPECT_EQ(position(), before) << "nothing that is searched has changed";
}

TEST_P(TextVectorsTest, GoWithTheirItems) {
  ASSERT_TRUE(put(vector(items_[1])));
  const TextVectorWrite late = vector(items_[1], 2);
  ASSERT_TRUE(catalogue_->items().remove(items_[1]));
  EXPECT_EQ(catalogue_->vectors().count(space_.id).value(), 0);
  ASSERT_TRUE(put(late)) << "the vector of a removed item is skipped";
  EXPECT_EQ(catalogue_->vectors().count(space_.id).value(), 0);
}

TEST_P(TextVectorsTest, SpacesAreApart) {
  const domain::SpaceRecord other =
      catalogue_->spaces().ensure({"texts", "model", "8", 8, domain::VectorsOf::kTexts}).value();
  ASSERT_TRUE(put(vector(items_[1])));
  EXPECT_EQ(catalogue_->vectors().count(other.id).value(), 0);
  EXPECT_EQ(catalogue_->vectors().items_without(other.id, {}, 100).value(), items_);
}

TEST_P(TextVectorsTest, UnusableOnesAreRefused) {
  TextVectorWrite wrong = vector(items_[1]);
  wrong.values.resize(3);
  EXPECT_EQ(put(wrong).error().code, ErrorCode::kInvalid);
  wrong.values = {1, 0, 0, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_EQ(put(wrong).error().code, ErrorCode::kInvalid);
  const TextVectorWrite good = vector(items_[1]);
  EXPECT_EQ(catalogue_->vectors().put(9999, std::span(&good, 1)).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(catalogue_->vectors().count(space_.id).value(), 0);
}

TEST_P(TextVectorsTest, ASpaceIsOfImagesOrOfTexts) {
  const domain::SpaceRecord images = catalogue_->spaces().ensure({"pictures", "model", "1", 4}).value();
  EXPECT_EQ(space_.of, domain::VectorsOf::kTexts);
  EXPECT_EQ(images.of, domain::VectorsOf::kImages);
  EXPECT_EQ(catalogue_->spaces().list().value().front().of, domain::VectorsOf::kTexts);
  EXPECT_EQ(catalogue_->spaces().ensure({"texts", "model", "4", 4}).error().code, ErrorCode::kConflict);
  EXPECT_EQ(
      catalogue_->spaces().ensure({"pictures", "model", "1", 4, domain::VectorsOf::kTexts}).error().code,
      ErrorCode::kConflict);

  const TextVectorWrite text = vector(items_[0]);
  EXPECT_EQ(catalogue_->vectors().put(images.id, std::span(&text, 1)).error().code, ErrorCode::kInvalid);
  const ImageId image = catalogue_->items().get(items_[0]).value().images.front().id;
  const VectorWrite write{image, make_vector(4, 1)};
  EXPECT_EQ(catalogue_->vectors().put(space_.id, std::span(&write, 1)).error().code, ErrorCode::kInvalid);
}

TEST_P(TextVectorsTest, AreSearchedWithinAFilterWhereTheDatabaseSearches) {
  VectorSearch* const search = catalogue_->vector_search();
  if (search == nullptr) GTEST_SKIP() << "this engine has no search of its own";
  for (std::size_t i = 0; i < items_.size(); ++i) ASSERT_TRUE(put(vector(items_[i], i)));
  const auto asked = make_vector(4, 2);
  const auto nearest = [&](const domain::ItemFilter& filter) {
    return search->nearest({.space_id = space_.id, .vector = asked, .limit = 5, .filter = filter}).value();
  };
  ASSERT_EQ(nearest({}).size(), items_.size());
  EXPECT_EQ(nearest({}).front().item, items_[2]);
  EXPECT_NEAR(nearest({}).front().similarity, 1, 1e-2);

  domain::ItemWrite other = make_item(2);
  other.listing.brand = "Other";
  other.content_hash += "other";
  ASSERT_TRUE(catalogue_->items().upsert(std::span(&other, 1)));
  domain::ItemFilter brand;
  brand.any_of.push_back({.column = "brand", .values = {"other"}});
  const auto found = nearest(brand);
  ASSERT_EQ(found.size(), 1U) << "what filters ask for follows the item";
  EXPECT_EQ(found.front().item, items_[1]);
}

INSTANTIATE_TEST_SUITE_P(Engines, TextVectorsTest, ::testing::ValuesIn(testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::store
