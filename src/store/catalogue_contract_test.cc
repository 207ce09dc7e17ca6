// The contract of store::Catalogue, on every engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <thread>

#include "store/catalogue.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::ElementsAre;
using testing::Engine;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kPatient;
using testing::make_image;
using testing::make_item;
using testing::make_vector;
using ::testing::SizeIs;

class CatalogueContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    reopen();
  }

  void reopen() {
    catalogue_.reset();
    auto opened = open_catalogue(GetParam().url(folder_), kPatient);
    ASSERT_TRUE(opened) << opened.error().describe();
    catalogue_ = *std::move(opened);
  }

  domain::SpaceRecord space(const std::string& name = "clip", int dimensions = 4) {
    auto made = catalogue_->spaces().ensure({name, "ViT-B/32", "1", dimensions});
    EXPECT_TRUE(made) << made.error().describe();
    return made.value_or(domain::SpaceRecord{});
  }

  UpsertOutcome upsert(const domain::ItemWrite& item) {
    auto outcomes = catalogue_->items().upsert(std::span(&item, 1));
    EXPECT_TRUE(outcomes) << outcomes.error().describe();
    return outcomes && outcomes->size() == 1 ? outcomes->front() : UpsertOutcome{};
  }

  std::vector<ItemId> upsert_numbers(std::int64_t first, std::int64_t count) {
    std::vector<ItemId> ids;
    for (std::int64_t i = first; i < first + count; ++i) ids.push_back(upsert(make_item(i)).id);
    return ids;
  }

  domain::ItemRecord item(ItemId id) {
    auto found = catalogue_->items().get(id);
    EXPECT_TRUE(found) << found.error().describe();
    return found.value_or(domain::ItemRecord{});
  }

  std::int64_t position() { return catalogue_->changes().position().value_or(-1); }

  std::vector<domain::ImageVector> vectors(const domain::SpaceRecord& in, ItemId id) {
    return catalogue_->vectors()
        .of_items(in.id, std::span(&id, 1))
        .value_or(std::vector<domain::ImageVector>{});
  }

  // The same vector, as exactly as the engine keeps it.
  static auto is_near(const std::vector<float>& values) {
    return ::testing::Pointwise(::testing::FloatNear(GetParam().vector_tolerance), values);
  }

  void expect_rejected(const domain::ItemWrite& item, const std::string& field) {
    const std::vector<domain::ItemWrite> batch = {make_item(900), item};
    const auto outcome = catalogue_->items().upsert(batch);
    ASSERT_FALSE(outcome) << field;
    EXPECT_EQ(outcome.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(outcome.error().field, field);
    EXPECT_EQ(catalogue_->items().counts()->items, 0) << "a rejected batch must not write a part of it";
    EXPECT_EQ(position(), 0);
  }

  TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_;
};

TEST_P(CatalogueContract, StartsEmptyWithAnIdThatStays) {
  const std::string id = catalogue_->id();
  EXPECT_FALSE(id.empty());
  EXPECT_TRUE(catalogue_->check());
  EXPECT_EQ(position(), 0);
  EXPECT_EQ(catalogue_->items().counts()->items, 0);
  EXPECT_THAT(*catalogue_->items().list(ItemId{}, 10), IsEmpty());
  EXPECT_THAT(*catalogue_->changes().list(0, 10), IsEmpty());
  reopen();
  EXPECT_EQ(catalogue_->id(), id);

  const TempDir other;
  EXPECT_NE((*open_catalogue(GetParam().url(other)))->id(), id);
}

TEST_P(CatalogueContract, KeepsEveryFieldOfAnItem) {
  domain::ItemWrite written = make_item(7);
  written.images.push_back(make_image(8));
  written.images.back().perceptual_hash = std::numeric_limits<std::uint64_t>::max();
  const auto before = now();
  const auto outcome = upsert(written);
  EXPECT_EQ(outcome.kind, UpsertKind::kCreated);
  reopen();

  const domain::ItemRecord read = item(outcome.id);
  EXPECT_EQ(read.id, outcome.id);
  EXPECT_EQ(read.listing.source, written.listing.source);
  EXPECT_EQ(read.listing.external_id, written.listing.external_id);
  EXPECT_EQ(read.listing.title, written.listing.title);
  EXPECT_EQ(read.listing.description, written.listing.description);
  EXPECT_EQ(read.listing.brand, written.listing.brand);
  EXPECT_EQ(read.listing.price, written.listing.price);
  EXPECT_EQ(read.listing.currency, written.listing.currency);
  EXPECT_EQ(read.listing.size, written.listing.size);
  EXPECT_EQ(read.listing.url, written.listing.url);
  EXPECT_EQ(read.listing.status, "active");
  EXPECT_EQ(read.listing.listed_at, written.listing.listed_at);
  EXPECT_EQ(read.listing.properties, written.listing.properties);
  EXPECT_EQ(read.content_hash, written.content_hash);
  EXPECT_GE(read.created_at, before);
  EXPECT_EQ(read.updated_at, read.created_at);
  ASSERT_THAT(read.images, SizeIs(2));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(static_cast<const domain::ImageFields&>(read.images[i]),
              static_cast<const domain::ImageFields&>(written.images[i]));
    EXPECT_EQ(read.images[i].position, static_cast<int>(i));
    EXPECT_EQ(read.images[i].item, outcome.id);
    EXPECT_EQ(catalogue_->items().image(read.images[i].id)->sha256, written.images[i].sha256);
  }
}

TEST_P(CatalogueContract, KeepsWherePropertiesComeFrom) {
  domain::ItemWrite written = make_item(7);
  written.listing.properties[3].clear();
  written.origins[1] = {domain::Origin::kText, 0.81F};
  written.origins[2] = {domain::Origin::kPhoto, 0.6F};
  written.origins[4] = {domain::Origin::kDerived, 0};
  written.origins[5] = {domain::Origin::kSeller, 1};
  const auto id = upsert(written).id;
  reopen();
  domain::ItemRecord read = item(id);
  EXPECT_EQ(read.origins, domain::settled(written.listing.properties, written.origins));
  EXPECT_EQ(read.origins[0], (domain::PropertyOrigin{domain::Origin::kSeller, 1}));
  EXPECT_EQ(read.origins[1], (domain::PropertyOrigin{domain::Origin::kText, 0.81F}));
  EXPECT_EQ(read.origins[3], domain::PropertyOrigin{});
  EXPECT_EQ(catalogue_->items().list(ItemId{}, 1)->at(0).origins, read.origins);

  // A replaced item has the new write's origins alone.
  written.content_hash = "second";
  written.origins = {};
  written.origins[6] = {domain::Origin::kText, 0.5F};
  upsert(written);
  read = item(id);
  EXPECT_EQ(read.origins[1], (domain::PropertyOrigin{domain::Origin::kSeller, 1}));
  EXPECT_EQ(read.origins[6], (domain::PropertyOrigin{domain::Origin::kText, 0.5F}));
}

TEST_P(CatalogueContract, SetsPropertiesAndNothingElse) {
  const auto id = upsert(make_item(1)).id;
  const auto other = upsert(make_item(2)).id;
  const domain::ItemRecord old = item(id);
  const auto before = position();
  domain::PropertiesWrite put{old.version(), old.listing.properties, {}};
  put.properties[2] = "teal";
  put.properties[3].clear();
  put.origins[2] = {domain::Origin::kPhoto, 0.75F};
  EXPECT_EQ(catalogue_->items().put_properties(std::span(&put, 1)), 1);
  reopen();
  const domain::ItemRecord read = item(id);
  EXPECT_EQ(read.listing.properties, put.properties);
  EXPECT_EQ(read.origins, domain::settled(put.properties, put.origins));
  EXPECT_EQ(read.listing.title, old.listing.title);
  EXPECT_EQ(read.content_hash, old.content_hash);
  EXPECT_EQ(read.created_at, old.created_at);
  EXPECT_GE(read.updated_at, old.updated_at);
  EXPECT_EQ(read.images.size(), old.images.size());
  EXPECT_EQ(catalogue_->items().filter_columns(std::span(&id, 1))->at(0).properties, put.properties);
  const auto changes = *catalogue_->changes().list(before, 10);
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].item, id);
  EXPECT_EQ(item(other).origins[2].origin, domain::Origin::kSeller);
  EXPECT_EQ(upsert(make_item(1)).kind, UpsertKind::kUnchanged) << "the content is the seller's as before";
}

TEST_P(CatalogueContract, SetsNoPropertiesOfAnItemThatHasChanged) {
  const auto id = upsert(make_item(1)).id;
  const domain::ItemRecord old = item(id);
  domain::ItemWrite changed = make_item(1);
  changed.content_hash = "second";
  changed.listing.properties[2] = "olive";
  upsert(changed);
  const auto before = position();
  std::vector<domain::PropertiesWrite> puts = {{{id, old.updated_at - std::chrono::microseconds(1)}, {}, {}},
                                               {{ItemId{999}, old.updated_at}, {}, {}}};
  EXPECT_EQ(catalogue_->items().put_properties(puts), 0);
  EXPECT_EQ(catalogue_->items().put_properties({}), 0);
  EXPECT_EQ(item(id).listing.properties[2], "olive");
  EXPECT_EQ(position(), before);

  puts[0].expected_version = item(id).version();
  puts[1].properties[0] = "\xff";
  EXPECT_EQ(catalogue_->items().put_properties(puts).error().field, "category");
  EXPECT_EQ(item(id).listing.properties[2], "olive") << "all or nothing";
}

TEST_P(CatalogueContract, KeepsAbsentValuesApartFromZero) {
  domain::ItemWrite bare;
  bare.listing.source = "s";
  bare.listing.external_id = "1";
  const auto bare_id = upsert(bare).id;
  bare.listing.external_id = "2";
  bare.listing.price = 0;
  bare.listing.listed_at = Timestamp{};
  const auto zero_id = upsert(bare).id;
  EXPECT_EQ(item(bare_id).listing.price, std::nullopt);
  EXPECT_EQ(item(bare_id).listing.listed_at, std::nullopt);
  EXPECT_EQ(item(bare_id).listing.title, "");
  EXPECT_EQ(item(zero_id).listing.price, 0.0);
  EXPECT_EQ(item(zero_id).listing.listed_at, Timestamp{});
  const auto facts = *catalogue_->items().list_filter_columns(ItemId{}, 10);
  EXPECT_EQ(facts[0].price, std::nullopt);
  EXPECT_EQ(facts[1].price, 0.0);
}

TEST_P(CatalogueContract, LeavesAnItemWithTheSameContentAlone) {
  const auto first = upsert(make_item(1));
  const auto before = position();
  const auto second = upsert(make_item(1));
  EXPECT_EQ(second.kind, UpsertKind::kUnchanged);
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(position(), before);

  domain::ItemWrite without_hash = make_item(1);
  without_hash.content_hash.clear();
  EXPECT_EQ(upsert(without_hash).kind, UpsertKind::kUpdated);
  EXPECT_EQ(upsert(without_hash).kind, UpsertKind::kUpdated);
}

TEST_P(CatalogueContract, ReplacesAnItemUnderItsOldId) {
  const auto created = upsert(make_item(1));
  const auto old = item(created.id);
  domain::ItemWrite changed = make_item(2);
  changed.listing.external_id = make_item(1).listing.external_id;
  changed.listing.status = "sold";
  const auto updated = upsert(changed);
  EXPECT_EQ(updated.kind, UpsertKind::kUpdated);
  EXPECT_EQ(updated.id, created.id);
  const auto read = item(created.id);
  EXPECT_EQ(read.listing.title, changed.listing.title);
  EXPECT_EQ(read.listing.status, "sold");
  EXPECT_EQ(read.listing.properties, changed.listing.properties);
  EXPECT_EQ(read.content_hash, changed.content_hash);
  EXPECT_EQ(read.created_at, old.created_at);
  EXPECT_GE(read.updated_at, old.updated_at);
  EXPECT_EQ(catalogue_->items().counts()->items, 1);
}

TEST_P(CatalogueContract, DistinguishesSources) {
  domain::ItemWrite one = make_item(1);
  domain::ItemWrite other = make_item(1);
  other.listing.source = "other";
  EXPECT_NE(upsert(one).id, upsert(other).id);
}

TEST_P(CatalogueContract, LetsTheLaterOfOneKeyInABatchWin) {
  domain::ItemWrite later = make_item(2);
  later.listing.external_id = make_item(1).listing.external_id;
  const std::vector<domain::ItemWrite> batch = {make_item(1), make_item(3), later};
  const auto outcomes = *catalogue_->items().upsert(batch);
  ASSERT_THAT(outcomes, SizeIs(3));
  EXPECT_EQ(outcomes[0].kind, UpsertKind::kCreated);
  EXPECT_EQ(outcomes[2].kind, UpsertKind::kUpdated);
  EXPECT_EQ(outcomes[0].id, outcomes[2].id);
  EXPECT_EQ(item(outcomes[0].id).listing.title, later.listing.title);
  EXPECT_EQ(catalogue_->items().counts()->images, 2);
  const auto changes = *catalogue_->changes().list(0, 10);
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].item, outcomes[1].id);
  EXPECT_EQ(changes[1].item, outcomes[0].id);
}

// Large batches may go into the database another way than small ones.
TEST_P(CatalogueContract, WritesLargeMixedBatches) {
  const auto clip = space("clip");
  const auto other = space("other");
  const auto same = upsert(make_item(3, clip));
  const auto old = upsert(make_item(5, clip));
  const auto before = position();
  std::vector<domain::ItemWrite> batch;
  for (int i = 0; i < 200; ++i) {
    batch.push_back(make_item(i, clip));
    if (i % 2 == 0) batch.back().images.front().vectors.push_back({other.id, make_vector(4, 7)});
    if (i % 3 == 0) batch.back().images.push_back(make_image(1000 + i));
    if (i % 10 == 0) batch.back().images.clear();
  }
  batch[3] = make_item(3, clip);
  batch[5].content_hash = "changed";
  batch[5].listing.title = "another";
  batch[7].listing.price.reset();
  batch[7].listing.listed_at.reset();
  batch.push_back(make_item(100, clip));
  batch.back().content_hash = "later";
  batch.back().listing.title = "later one";
  batch[9].images.front().vectors = {{clip.id, make_vector(4, 1)}, {clip.id, make_vector(4, 2)}};

  const auto outcomes = *catalogue_->items().upsert(batch);
  ASSERT_THAT(outcomes, SizeIs(201));
  EXPECT_EQ(outcomes[3].kind, UpsertKind::kUnchanged);
  EXPECT_EQ(outcomes[3].id, same.id);
  EXPECT_EQ(outcomes[5].kind, UpsertKind::kUpdated);
  EXPECT_EQ(outcomes[5].id, old.id);
  EXPECT_EQ(outcomes[100].kind, UpsertKind::kCreated);
  EXPECT_EQ(outcomes[200].kind, UpsertKind::kUpdated);
  EXPECT_EQ(outcomes[200].id, outcomes[100].id);
  EXPECT_EQ(catalogue_->items().counts()->items, 200);
  for (std::size_t i = 0; i < 200; ++i) {
    const domain::ItemRecord read = item(outcomes[i].id);
    EXPECT_EQ(read.listing.external_id, batch[i].listing.external_id);
    EXPECT_EQ(read.listing.price, batch[i].listing.price);
    EXPECT_EQ(read.listing.listed_at, batch[i].listing.listed_at);
    EXPECT_EQ(read.listing.properties, batch[i].listing.properties);
    if (i != 100) {
      ASSERT_EQ(read.images.size(), batch[i].images.size()) << i;
    }
    if (!read.images.empty()) {
      EXPECT_EQ(read.images[0].sha256, make_image(static_cast<int>(i)).sha256);
    }
  }
  EXPECT_EQ(item(outcomes[5].id).listing.title, "another");
  EXPECT_EQ(item(outcomes[100].id).listing.title, "later one");
  EXPECT_THAT(vectors(clip, outcomes[12].id).at(0).values, is_near(make_vector(4, 12)));
  EXPECT_THAT(vectors(clip, outcomes[9].id).at(0).values, is_near(make_vector(4, 2)));
  EXPECT_THAT(vectors(other, outcomes[12].id), SizeIs(1));
  EXPECT_THAT(vectors(other, outcomes[11].id), IsEmpty());
  const auto changes = *catalogue_->changes().list(before, 1000);
  ASSERT_THAT(changes, SizeIs(199)) << "all but the unchanged one";
  EXPECT_EQ(changes.back().item, outcomes[100].id);
  EXPECT_EQ(changes.front().item, outcomes[0].id);
  const std::vector<std::string> words = {"later"};
  EXPECT_THAT(catalogue_->words().find({.words = words, .among = {}})->hits, SizeIs(1));

  const std::vector<domain::ItemWrite> again(batch.begin(), batch.begin() + 100);
  const auto repeated = *catalogue_->items().upsert(again);
  for (const auto& outcome : repeated) EXPECT_EQ(outcome.kind, UpsertKind::kUnchanged);
  EXPECT_GT(upsert(make_item(500)).id, outcomes[199].id);
}

TEST_P(CatalogueContract, PutsManyVectorsOverOldOnes) {
  const auto clip = space();
  std::vector<domain::ItemWrite> batch;
  for (int i = 0; i < 60; ++i) batch.push_back(i % 2 == 0 ? make_item(i, clip) : make_item(i));
  const auto outcomes = *catalogue_->items().upsert(batch);
  std::vector<VectorWrite> puts;
  for (const auto& outcome : outcomes) {
    const ImageId image = item(outcome.id).images.front().id;
    puts.push_back({image, make_vector(4, static_cast<std::uint64_t>(500 + image.value))});
  }
  puts.push_back({ImageId{9999}, make_vector(4, 1)});
  puts.push_back({puts[1].image, make_vector(4, 1)});
  ASSERT_TRUE(catalogue_->vectors().put(clip.id, puts));
  EXPECT_EQ(*catalogue_->vectors().count(clip.id), 60);
  EXPECT_THAT(vectors(clip, outcomes[1].id).at(0).values, is_near(make_vector(4, 1)));
  for (std::size_t i = 2; i < 60; ++i) {
    EXPECT_THAT(vectors(clip, outcomes[i].id).at(0).values, is_near(puts[i].values));
  }
}

TEST_P(CatalogueContract, KeepsImagesOfTheSameContentWithTheirVectors) {
  const auto clip = space("clip");
  const auto palette = space("palette");
  domain::ItemWrite first = make_item(1, clip);
  first.images.front().vectors.push_back({palette.id, make_vector(4, 50)});
  first.images.push_back(make_image(2));
  first.images.back().vectors = {{clip.id, make_vector(4, 2)}};
  const auto id = upsert(first).id;
  const auto old = item(id).images;

  // The order turned round, a new image between, a new clip vector for image 1; image 2 dropped later.
  domain::ItemWrite second = make_item(1);
  second.content_hash = "second";
  second.images = {make_image(2), make_image(3), make_image(1)};
  second.images[2].location = "stored:moved.jpg";
  second.images[2].vectors = {{clip.id, make_vector(4, 99)}};
  upsert(second);
  const auto images = item(id).images;
  ASSERT_THAT(images, SizeIs(3));
  EXPECT_EQ(images[0].id, old[1].id);
  EXPECT_EQ(images[2].id, old[0].id);
  EXPECT_EQ(images[2].location, "stored:moved.jpg");
  const auto clip_vectors = vectors(clip, id);
  ASSERT_THAT(clip_vectors, SizeIs(2));
  EXPECT_EQ(clip_vectors[0].image, old[1].id);
  EXPECT_THAT(clip_vectors[0].values, is_near(make_vector(4, 2)));
  EXPECT_EQ(clip_vectors[1].image, old[0].id);
  EXPECT_THAT(clip_vectors[1].values, is_near(make_vector(4, 99)));
  ASSERT_THAT(vectors(palette, id), SizeIs(1));
  EXPECT_THAT(vectors(palette, id)[0].values, is_near(make_vector(4, 50)));

  second.content_hash = "third";
  second.images = {make_image(3), make_image(1)};
  upsert(second);
  EXPECT_EQ(catalogue_->items().image(old[1].id).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(vectors(clip, id), SizeIs(1));
  EXPECT_EQ(*catalogue_->vectors().count(clip.id), 1);
}

TEST_P(CatalogueContract, KeepsRepeatedImagesApart) {
  const auto clip = space();
  domain::ItemWrite twice = make_item(1, clip);
  twice.images.push_back(twice.images.front());
  const auto id = upsert(twice).id;
  const auto old = item(id).images;
  ASSERT_THAT(old, SizeIs(2));
  twice.content_hash = "again";
  upsert(twice);
  EXPECT_EQ(item(id).images[0].id, old[0].id);
  EXPECT_EQ(item(id).images[1].id, old[1].id);
  twice.content_hash = "once";
  twice.images.pop_back();
  upsert(twice);
  EXPECT_THAT(item(id).images, SizeIs(1));
  EXPECT_EQ(*catalogue_->vectors().count(clip.id), 1);
}

TEST_P(CatalogueContract, NeverReusesIds) {
  const auto first = upsert(make_item(1));
  const auto image = item(first.id).images.front().id;
  ASSERT_TRUE(catalogue_->items().remove(first.id));
  reopen();
  const auto second = upsert(make_item(1));
  EXPECT_EQ(second.kind, UpsertKind::kCreated);
  EXPECT_GT(second.id, first.id);
  EXPECT_GT(item(second.id).images.front().id, image);
}

TEST_P(CatalogueContract, RemovesAnItemWithAllItHas) {
  const auto clip = space();
  const auto id = upsert(make_item(1, clip)).id;
  const auto image = item(id).images.front().id;
  const auto kept = upsert(make_item(2, clip)).id;
  ASSERT_TRUE(catalogue_->items().remove(id));
  EXPECT_EQ(catalogue_->items().get(id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogue_->items().image(image).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogue_->items().remove(id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(*catalogue_->vectors().count(clip.id), 1);
  EXPECT_EQ(catalogue_->items().counts()->items, 1);
  EXPECT_EQ(catalogue_->items().counts()->images, 1);
  const auto changes = *catalogue_->changes().list(0, 10);
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].item, kept);
  EXPECT_FALSE(changes[0].removed);
  EXPECT_EQ(changes[1].item, id);
  EXPECT_TRUE(changes[1].removed);
  EXPECT_EQ(changes[1].position, position());
}

TEST_P(CatalogueContract, ReturnsNotFoundForUnknownIds) {
  EXPECT_EQ(catalogue_->items().get(ItemId{1}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogue_->items().get(ItemId{-1}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogue_->items().image(ImageId{std::numeric_limits<std::int64_t>::max()}).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(catalogue_->items().remove(ItemId{}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(position(), 0);
}

TEST_P(CatalogueContract, ReadsItemsInTheOrderAsked) {
  const auto ids = upsert_numbers(0, 150);
  std::vector<ItemId> asked(ids.rbegin(), ids.rend());
  asked.insert(asked.begin() + 5, ItemId{1'000'000});
  asked.push_back(ids[3]);
  auto expected = asked;
  expected.erase(expected.begin() + 5);

  const auto items = *catalogue_->items().get(asked);
  ASSERT_EQ(items.size(), expected.size());
  const auto facts = *catalogue_->items().filter_columns(asked);
  ASSERT_EQ(facts.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(items[i].id, expected[i]);
    EXPECT_THAT(items[i].images, SizeIs(1));
    EXPECT_EQ(facts[i].id, expected[i]);
    EXPECT_EQ(facts[i].properties, items[i].listing.properties);
  }
  EXPECT_THAT(*catalogue_->items().get(std::span<const ItemId>()), IsEmpty());
  EXPECT_THAT(*catalogue_->items().filter_columns({}), IsEmpty());
}

TEST_P(CatalogueContract, ListsInPagesById) {
  auto ids = upsert_numbers(0, 10);
  ASSERT_TRUE(catalogue_->items().remove(ids[4]));
  ids.erase(ids.begin() + 4);
  std::vector<ItemId> listed;
  std::vector<ItemId> facts;
  for (ItemId after;;) {
    const auto page = *catalogue_->items().list(after, 4);
    if (page.empty()) break;
    EXPECT_LE(page.size(), 4U);
    for (const auto& record : page) {
      listed.push_back(record.id);
      EXPECT_THAT(record.images, SizeIs(1));
      EXPECT_EQ(record.images.front().item, record.id);
    }
    const auto facts_page = *catalogue_->items().list_filter_columns(after, 4);
    for (const auto& record : facts_page) facts.push_back(record.id);
    after = page.back().id;
  }
  EXPECT_EQ(listed, ids);
  EXPECT_EQ(facts, ids);
  EXPECT_THAT(*catalogue_->items().list(ItemId{}, 0), IsEmpty());
  EXPECT_THAT(*catalogue_->items().list(ItemId{}, std::numeric_limits<std::size_t>::max()), SizeIs(9));
}

TEST_P(CatalogueContract, ReadsTheColumnsOfFilters) {
  const auto id = upsert(make_item(5)).id;
  const auto facts = catalogue_->items().filter_columns(std::span(&id, 1))->front();
  const domain::Listing listing = make_item(5).listing;
  EXPECT_EQ(facts.id, id);
  EXPECT_EQ(facts.source, listing.source);
  EXPECT_EQ(facts.brand, listing.brand);
  EXPECT_EQ(facts.size, listing.size);
  EXPECT_EQ(facts.status, listing.status);
  EXPECT_EQ(facts.price, listing.price);
  EXPECT_EQ(facts.listed_at, listing.listed_at);
  EXPECT_EQ(facts.properties, listing.properties);
}

TEST_P(CatalogueContract, FindsItemsByTheirOwnIdsInEverySource) {
  std::vector<domain::ItemWrite> items;
  for (const auto* const source : {"depop", "shop", "vinted"}) {
    for (const auto* const id : {"1", "2"}) {
      domain::ItemWrite item = make_item(1);
      item.listing.source = source;
      item.listing.external_id = id;
      items.push_back(std::move(item));
    }
  }
  const auto written = *catalogue_->items().upsert(items);
  const std::vector<std::string> ids = {"2", "nothing"};
  EXPECT_THAT(*catalogue_->items().of_external_ids(ids),
              ElementsAre(written[1].id, written[3].id, written[5].id));
  EXPECT_THAT(*catalogue_->items().of_external_ids({}), IsEmpty());
}

TEST_P(CatalogueContract, FindsItemsByKey) {
  const auto ids = upsert_numbers(0, 3);
  const std::vector<domain::ItemKey> keys = {{"test", make_item(2).listing.external_id},
                                             {"test", "unknown"},
                                             {"other", make_item(0).listing.external_id},
                                             {"test", make_item(0).listing.external_id}};
  const auto found = *catalogue_->items().find(keys);
  ASSERT_THAT(found, SizeIs(4));
  EXPECT_EQ(found[0]->id, ids[2]);
  EXPECT_EQ(found[0]->content_hash, make_item(2).content_hash);
  EXPECT_FALSE(found[1]);
  EXPECT_FALSE(found[2]);
  EXPECT_EQ(found[3]->id, ids[0]);

  std::vector<domain::ItemKey> many;
  for (int i = 0; i < 100; ++i) many.push_back({"test", make_item(i % 5).listing.external_id});
  const auto all = *catalogue_->items().find(many);
  ASSERT_THAT(all, SizeIs(100));
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(all[i].has_value(), i % 5 < 3);
    if (all[i]) {
      EXPECT_EQ(all[i]->id, ids[i % 5]);
    }
  }
}

TEST_P(CatalogueContract, KnowsItsSpaces) {
  const auto clip = space("clip", 4);
  EXPECT_GT(clip.id, 0);
  EXPECT_EQ(space("clip", 4).id, clip.id);
  const auto conflict = catalogue_->spaces().ensure({"clip", "ViT-B/32", "1", 5});
  ASSERT_FALSE(conflict);
  EXPECT_EQ(conflict.error().code, ErrorCode::kConflict);
  const auto next = *catalogue_->spaces().ensure({"clip", "ViT-B/32", "2", 5});
  EXPECT_NE(next.id, clip.id);
  EXPECT_EQ(catalogue_->spaces().ensure({"", "m", "1", 5}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(catalogue_->spaces().ensure({"x", "m", "1", 0}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(catalogue_->spaces().ensure({"x\xff", "m", "1", 4}).error().code, ErrorCode::kInvalid);
  reopen();
  const auto spaces = *catalogue_->spaces().list();
  ASSERT_THAT(spaces, SizeIs(2));
  EXPECT_EQ(spaces[0].id, clip.id);
  EXPECT_EQ(spaces[0].name, "clip");
  EXPECT_EQ(spaces[0].model, "ViT-B/32");
  EXPECT_EQ(spaces[1].version, "2");
  EXPECT_EQ(spaces[1].dimensions, 5);
}

TEST_P(CatalogueContract, PutsVectorsAndSkipsImagesThatAreGone) {
  const auto clip = space();
  const auto ids = upsert_numbers(0, 3);
  const auto first = item(ids[0]).images.front().id;
  const auto second = item(ids[1]).images.front().id;
  const auto before = position();
  const std::vector<VectorWrite> puts = {
      {second, make_vector(4, 2)}, {ImageId{9999}, make_vector(4, 3)}, {first, make_vector(4, 1)}};
  ASSERT_TRUE(catalogue_->vectors().put(clip.id, puts));
  EXPECT_EQ(*catalogue_->vectors().count(clip.id), 2);
  EXPECT_THAT(vectors(clip, ids[0])[0].values, is_near(make_vector(4, 1)));

  const auto changes = *catalogue_->changes().list(before, 10);
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].item, ids[1]);
  EXPECT_EQ(changes[1].item, ids[0]);

  const std::vector<VectorWrite> again = {{first, make_vector(4, 8)}, {first, make_vector(4, 9)}};
  ASSERT_TRUE(catalogue_->vectors().put(clip.id, again));
  EXPECT_THAT(vectors(clip, ids[0])[0].values, is_near(make_vector(4, 9)));
  EXPECT_EQ(*catalogue_->vectors().count(clip.id), 2);
  EXPECT_EQ(position(), before + 3);
}

TEST_P(CatalogueContract, RejectsVectorsOfAnotherShape) {
  const auto clip = space();
  const auto id = upsert(make_item(1)).id;
  const auto image = item(id).images.front().id;
  const auto before = position();
  const auto put = [&](std::int64_t space_id, std::vector<float> values) {
    const std::vector<VectorWrite> puts = {{image, make_vector(4, 1)}, {image, std::move(values)}};
    return catalogue_->vectors().put(space_id, puts);
  };
  EXPECT_EQ(put(clip.id, make_vector(5, 1)).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(put(clip.id, {}).error().field, "vector");
  EXPECT_EQ(put(clip.id, {1, 0, 0, std::nanf("")}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(put(77, make_vector(4, 1)).error().field, "space_id");
  EXPECT_EQ(*catalogue_->vectors().count(clip.id), 0);
  EXPECT_EQ(position(), before);
}

TEST_P(CatalogueContract, ReadsVectorsOfItemsAndInPages) {
  const auto clip = space();
  const auto other = space("other");
  std::vector<ItemId> ids;
  for (int i = 0; i < 200; ++i) {
    domain::ItemWrite write = make_item(i, clip);
    write.images.push_back(make_image(1000 + i));
    write.images.back().vectors = {{clip.id, make_vector(4, static_cast<std::uint64_t>(1000 + i))}};
    if (i % 2 == 0) write.images.front().vectors.push_back({other.id, make_vector(4, 5)});
    ids.push_back(upsert(write).id);
  }
  std::vector<ItemId> asked(ids.rbegin(), ids.rend());
  asked.insert(asked.begin(), ItemId{4711});
  const auto of_items = *catalogue_->vectors().of_items(clip.id, asked);
  ASSERT_THAT(of_items, SizeIs(400));
  EXPECT_EQ(of_items[0].item, ids[199]);
  EXPECT_THAT(of_items[0].values, is_near(make_vector(4, 199)));
  EXPECT_EQ(of_items[1].item, ids[199]);
  EXPECT_THAT(of_items[1].values, is_near(make_vector(4, 1199)));
  EXPECT_EQ(of_items[399].item, ids[0]);
  EXPECT_THAT(*catalogue_->vectors().of_items(other.id, asked), SizeIs(100));
  EXPECT_THAT(*catalogue_->vectors().of_items(77, asked), IsEmpty());

  std::size_t listed = 0;
  for (ImageId after;;) {
    const auto page = *catalogue_->vectors().list(clip.id, after, 150);
    if (page.empty()) break;
    for (const auto& vector : page) {
      EXPECT_GT(vector.image, after);
      EXPECT_EQ(catalogue_->items().image(vector.image)->item, vector.item);
      after = vector.image;
    }
    listed += page.size();
  }
  EXPECT_EQ(listed, 400U);
  EXPECT_EQ(*catalogue_->vectors().count(clip.id), 400);
  EXPECT_EQ(*catalogue_->vectors().count(other.id), 100);
  EXPECT_EQ(*catalogue_->vectors().count(77), 0);
}

TEST_P(CatalogueContract, ListsImagesWithoutVector) {
  const auto clip = space();
  const auto other = space("other");
  std::vector<ImageId> without;
  for (int i = 0; i < 9; ++i) {
    const auto id = upsert(i % 3 == 0 ? make_item(i, clip) : make_item(i, other)).id;
    if (i % 3 != 0) without.push_back(item(id).images.front().id);
  }
  const auto all = *catalogue_->vectors().images_without(clip.id, ImageId{}, 100);
  EXPECT_EQ(*catalogue_->items().last_image(), all.back().id);
  ASSERT_EQ(all.size(), without.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].id, without[i]);
  const auto page = *catalogue_->vectors().images_without(clip.id, without[1], 2);
  ASSERT_THAT(page, SizeIs(2));
  EXPECT_EQ(page[0].id, without[2]);
  EXPECT_EQ(page[0].sha256, make_image(4).sha256);
}

TEST_P(CatalogueContract, NumbersChangesInTheOrderOfCommits) {
  const auto ids = upsert_numbers(0, 3);
  EXPECT_EQ(position(), 3);
  domain::ItemWrite changed = make_item(0);
  changed.content_hash = "other";
  upsert(changed);
  ASSERT_TRUE(catalogue_->items().remove(ids[1]));
  const auto changes = *catalogue_->changes().list(0, 10);
  ASSERT_THAT(changes, SizeIs(3));
  EXPECT_EQ(changes[0].item, ids[2]);
  EXPECT_EQ(changes[1].item, ids[0]);
  EXPECT_EQ(changes[2].item, ids[1]);
  EXPECT_LT(changes[0].position, changes[1].position);
  EXPECT_LT(changes[1].position, changes[2].position);
  EXPECT_EQ(changes[2].position, position());
  EXPECT_THAT(*catalogue_->changes().list(changes[0].position, 1), SizeIs(1));
  EXPECT_EQ(catalogue_->changes().list(changes[0].position, 1)->front().item, ids[0]);
  EXPECT_THAT(*catalogue_->changes().list(position(), 10), IsEmpty());
  reopen();
  EXPECT_EQ(position(), 5);
}

TEST_P(CatalogueContract, RejectsBadItemsBeforeWriting) {
  const auto clip = space();
  const auto bad = [](const std::function<void(domain::ItemWrite&)>& spoil) {
    domain::ItemWrite item = make_item(1);
    spoil(item);
    return item;
  };
  const std::string nul("a\0b", 3);
  expect_rejected(bad([](auto& i) { i.listing.source = ""; }), "source");
  expect_rejected(bad([](auto& i) { i.listing.external_id = ""; }), "external_id");
  expect_rejected(bad([](auto& i) { i.listing.external_id = std::string(5000, 'x'); }), "external_id");
  expect_rejected(bad([&](auto& i) { i.listing.external_id = nul; }), "external_id");
  expect_rejected(bad([&](auto& i) { i.listing.title = nul; }), "title");
  expect_rejected(bad([](auto& i) { i.listing.description = "\xC3\x28"; }), "description");
  expect_rejected(bad([](auto& i) { i.listing.brand = "\xED\xA0\x80"; }), "brand");
  expect_rejected(bad([](auto& i) { i.listing.properties[2] = "\xFF"; }), "primary_color");
  expect_rejected(bad([](auto& i) { i.listing.status = "gone"; }), "status");
  expect_rejected(bad([](auto& i) { i.listing.price = -1; }), "price");
  expect_rejected(bad([](auto& i) { i.listing.price = std::nan(""); }), "price");
  expect_rejected(bad([](auto& i) { i.listing.price = std::numeric_limits<double>::infinity(); }), "price");
  expect_rejected(bad([&](auto& i) { i.content_hash = nul; }), "content_hash");
  expect_rejected(bad([&](auto& i) { i.images[0].location = nul; }), "images.location");
  expect_rejected(bad([&](auto& i) { i.images[0].vectors = {{clip.id, make_vector(3, 1)}}; }), "vector");
  expect_rejected(bad([&](auto& i) { i.images[0].vectors = {{clip.id + 9, make_vector(4, 1)}}; }),
                  "space_id");
}

TEST_P(CatalogueContract, TakesHostileTextAsText) {
  domain::ItemWrite item_write = make_item(1);
  item_write.listing.title = "'); DROP TABLE items; -- $1 ?1 {blob} \xF0\x9F\x91\x97";
  item_write.listing.external_id = "%_\\\"'";
  item_write.listing.description = std::string(1 << 20, 'd');
  const auto id = upsert(item_write).id;
  EXPECT_EQ(item(id).listing.title, item_write.listing.title);
  EXPECT_EQ(item(id).listing.external_id, item_write.listing.external_id);
  EXPECT_EQ(item(id).listing.description, item_write.listing.description);
}

TEST_P(CatalogueContract, DoesNothingForEmptyBatches) {
  const auto clip = space();
  EXPECT_THAT(*catalogue_->items().upsert({}), IsEmpty());
  EXPECT_TRUE(catalogue_->vectors().put(clip.id, std::span<const VectorWrite>()));
  EXPECT_THAT(*catalogue_->items().find({}), IsEmpty());
  EXPECT_EQ(position(), 0);
}

TEST_P(CatalogueContract, ServesReadersDuringWrites) {
  const auto clip = space();
  constexpr int kBatches = 30;
  std::atomic<bool> done = false;
  std::vector<std::string> problems(6);
  std::vector<std::thread> readers;
  for (auto& problem : problems) {
    readers.emplace_back([&] {
      while (!done && problem.empty()) {
        const auto items = catalogue_->items().list(ItemId{}, 1000);
        const auto vectors = catalogue_->vectors().list(clip.id, ImageId{}, 1000);
        if (!items || !vectors) {
          problem = !items ? items.error().describe() : vectors.error().describe();
        } else if (items->size() % 10 != 0 || vectors->size() % 10 != 0) {
          problem = "saw a part of a batch";
        } else if (std::ranges::any_of(*items, [](const auto& item) { return item.images.size() != 1; })) {
          problem = "saw an item without its image";
        }
      }
    });
  }
  for (int batch = 0; batch < kBatches; ++batch) {
    std::vector<domain::ItemWrite> items;
    for (int i = 0; i < 10; ++i) items.push_back(make_item(batch * 10 + i, clip));
    EXPECT_TRUE(catalogue_->items().upsert(items));
  }
  done = true;
  for (auto& reader : readers) reader.join();
  for (const auto& problem : problems) EXPECT_EQ(problem, "");
  EXPECT_EQ(catalogue_->items().counts()->items, kBatches * 10);
}

TEST_P(CatalogueContract, LetsTwoProcessesShareTheDatabase) {
  auto second = *open_catalogue(GetParam().url(folder_), kPatient);
  EXPECT_EQ(second->id(), catalogue_->id());
  const auto clip = space();
  std::vector<std::thread> writers;
  for (Catalogue* catalogue : {catalogue_.get(), second.get()}) {
    writers.emplace_back([&, catalogue, base = catalogue == second.get() ? 1000 : 0] {
      for (int i = 0; i < 20; ++i) {
        const domain::ItemWrite item_write = make_item(base + i, clip);
        EXPECT_TRUE(catalogue->items().upsert(std::span(&item_write, 1)));
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(second->items().counts()->items, 40);
  EXPECT_EQ(position(), 40);
  EXPECT_EQ(*second->changes().position(), 40);
  EXPECT_THAT(*second->changes().list(0, 100), SizeIs(40));
}

TEST_P(CatalogueContract, KeepsCopiesUnderTheirOwnIds) {
  const domain::SpaceRecord clip = space();
  domain::ItemWrite original = make_item(1, clip);
  original.origins[1] = {domain::Origin::kText, 0.5F};
  const domain::ItemRecord here = item(upsert(original).id);
  domain::ItemCopy copy{.record = here,
                        .vectors = {{clip.id, {{ImageId{900}, ItemId{500}, make_vector(4, 9)}}}}};
  copy.record.id = ItemId{500};
  copy.record.images[0].id = ImageId{900};
  copy.record.created_at -= std::chrono::hours(1);
  ASSERT_TRUE(catalogue_->items().copy(std::span(&copy, 1)))
      << "the key is the other item's, which gives way";
  EXPECT_EQ(catalogue_->items().get(here.id).error().code, ErrorCode::kNotFound);
  const domain::ItemRecord read = item(ItemId{500});
  EXPECT_EQ(read.created_at, copy.record.created_at);
  EXPECT_EQ(read.updated_at, here.updated_at);
  EXPECT_EQ(read.content_hash, here.content_hash);
  EXPECT_EQ(read.origins, here.origins);
  EXPECT_EQ(read.images.at(0).id, ImageId{900});
  EXPECT_THAT(vectors(clip, ItemId{500}).at(0).values, is_near(make_vector(4, 9)));
  EXPECT_THAT(*catalogue_->changes().list(1, 10), SizeIs(2)) << "one gone, one come";

  ASSERT_TRUE(catalogue_->items().copy(std::span(&copy, 1))) << "again";
  EXPECT_EQ(catalogue_->items().counts()->items, 1);
  EXPECT_GT(upsert(make_item(2)).id, ItemId{500});
  EXPECT_GT(item(upsert(make_item(3)).id).images.at(0).id, ImageId{900});

  domain::ItemCopy thief = copy;
  thief.record.id = ItemId{600};
  thief.record.listing.external_id = "other";
  const auto taken = catalogue_->items().copy(std::span(&thief, 1));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalogue_->items().get(ItemId{600}).error().code, ErrorCode::kNotFound);
}

TEST_P(CatalogueContract, KeepsMetadata) {
  EXPECT_EQ(*catalogue_->metadata().get("work"), "");
  ASSERT_TRUE(catalogue_->metadata().put("work", "half"));
  ASSERT_TRUE(catalogue_->metadata().put("work", "all"));
  ASSERT_TRUE(catalogue_->metadata().put("store_id", "nothing of the store's own"));
  const std::string id = catalogue_->id();
  reopen();
  EXPECT_EQ(*catalogue_->metadata().get("work"), "all");
  EXPECT_EQ(catalogue_->id(), id);
  EXPECT_FALSE(catalogue_->metadata().put("work", "\xff"));
}

INSTANTIATE_TEST_SUITE_P(Engines, CatalogueContract, ::testing::ValuesIn(testing::engines_and_partitions()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::store
