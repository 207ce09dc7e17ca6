#include "catalog/catalogue_copy.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "accounts/test_records.h"
#include "base/format.h"
#include "catalog/chosen_space.h"
#include "catalog/test_support.h"
#include "store/test_support.h"

namespace fit::catalog {
namespace {

using testing::Bench;

class CatalogueCopyTest : public ::testing::Test {
 protected:
  CatalogueCopyTest() {
    for (int i = 0; i < 450; ++i) put(i);
    open_target();
  }

  void open_target() {
    to_.reset();
    auto opened = store::open_catalogue("sqlite:///" + (folder_.path() / "to.db").string());
    ASSERT_TRUE(opened) << opened.error().describe();
    to_ = *std::move(opened);
  }

  ItemId put(int number, std::string_view title = "Red cotton dress") {
    // All items share a few images, because drawing images is slow.
    ItemInput input = testing::shop_row(std::to_string(number), fit::format("{} {}", title, number),
                                        {static_cast<std::uint64_t>(number % 5)});
    input.listing.price = number;
    const auto outcome = bench_.catalog->put(input);
    EXPECT_TRUE(outcome) << outcome.error().describe();
    return outcome ? outcome->id : ItemId{};
  }

  CopyReport copy(const Progress& progress = {}) {
    CopyReport report;
    const auto copied = copy_catalogue(*bench_.store, *to_, progress, {}, report);
    EXPECT_TRUE(copied) << copied.error().describe();
    return report;
  }

  // Starts a copy and stops it after its first progress report.
  CopyReport copy_a_part() {
    std::stop_source stop;
    CopyReport report;
    const auto copied = copy_catalogue(
        *bench_.store, *to_, [&](std::int64_t, std::int64_t) { stop.request_stop(); }, stop.get_token(),
        report);
    EXPECT_FALSE(copied);
    if (!copied) {
      EXPECT_EQ(copied.error().code, ErrorCode::kCancelled);
    }
    return report;
  }

  void expect_equal() {
    const auto ours = *bench_.store->items().list({}, 10'000);
    const auto theirs = *to_->items().list({}, 10'000);
    ASSERT_EQ(ours.size(), theirs.size());
    std::vector<ItemId> ids;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ids.push_back(ours[i].id);
      EXPECT_EQ(ours[i].id, theirs[i].id);
      EXPECT_EQ(ours[i].listing.title, theirs[i].listing.title);
      EXPECT_EQ(ours[i].listing.price, theirs[i].listing.price);
      EXPECT_EQ(ours[i].listing.properties, theirs[i].listing.properties);
      EXPECT_EQ(domain::encode_origins(ours[i].origins), domain::encode_origins(theirs[i].origins));
      EXPECT_EQ(ours[i].content_hash, theirs[i].content_hash);
      EXPECT_EQ(ours[i].created_at, theirs[i].created_at);
      EXPECT_EQ(ours[i].updated_at, theirs[i].updated_at);
      ASSERT_EQ(ours[i].images.size(), theirs[i].images.size());
      EXPECT_EQ(ours[i].images[0].id, theirs[i].images[0].id);
      EXPECT_EQ(static_cast<const domain::ImageFields&>(ours[i].images[0]),
                static_cast<const domain::ImageFields&>(theirs[i].images[0]));
    }
    const auto vectors = *bench_.store->vectors().of_items(bench_.spaces[0].space_id, ids);
    const auto copies = *to_->vectors().of_items((*to_->spaces().list())[0].id, ids);
    ASSERT_EQ(vectors.size(), copies.size());
    for (std::size_t i = 0; i < vectors.size(); ++i) EXPECT_EQ(vectors[i].values, copies[i].values);
  }

  TempDir folder_;
  Bench bench_;
  std::unique_ptr<store::Catalogue> to_;
};

TEST_F(CatalogueCopyTest, CopiesEverythingWithItsIds) {
  ASSERT_TRUE(bench_.store->items().remove(bench_.item("shop", "7").id));
  const CopyReport report = copy();
  EXPECT_EQ(report.copied, 449);
  EXPECT_EQ(report.from.items, report.to.items);
  EXPECT_EQ(report.from.images, report.to.images);
  expect_equal();
  const auto hits = to_->words().find({.words = {"cotton"}, .limit = 5, .among = {}});
  ASSERT_TRUE(hits);
  EXPECT_EQ(hits->hits.size(), 5);
}

TEST_F(CatalogueCopyTest, CopiesKeysAndUsers) {
  accounts::Accounts from(bench_.store->database());
  const auto issued = from.keys().create(accounts::testing::search_key("shop"), "user:1").value();
  ASSERT_TRUE(from.users().create(accounts::testing::ann()));
  const CopyReport report = copy();
  EXPECT_EQ(report.accounts.keys, 1);
  EXPECT_EQ(report.accounts.users, 1);
  accounts::Accounts to(to_->database());
  EXPECT_TRUE(to.keys().find_by_prefix(issued.key.prefix).value());
  ASSERT_TRUE(from.keys().revoke(issued.key.id));
  copy();
  EXPECT_TRUE(to.keys().get(issued.key.id).value().revoked_at) << "a repeated copy";
}

TEST_F(CatalogueCopyTest, RefusesACatalogueWithUsersOfItsOwn) {
  ASSERT_TRUE(accounts::Accounts(to_->database()).users().create({.email = "bob@example.org"}));
  CopyReport report;
  const auto copied = copy_catalogue(*bench_.store, *to_, {}, {}, report);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kConflict);
  EXPECT_EQ(accounts::Accounts(to_->database()).users().list().value().size(), 1U);
}

TEST_F(CatalogueCopyTest, CopiesTextVectors) {
  const domain::SpaceRecord space =
      bench_.store->spaces().ensure({"texts", "m", "1", 2, domain::VectorsOf::kTexts}).value();
  const domain::ItemRecord item = bench_.item("shop", "7");
  const store::TextVectorWrite text{{item.id, item.updated_at, "hash"}, {0.6F, 0.8F}};
  ASSERT_TRUE(bench_.store->vectors().put(space.id, std::span(&text, 1)));
  copy();
  const auto spaces = *to_->spaces().list();
  const auto copied = std::ranges::find(spaces, "texts", &domain::SpaceRecord::name);
  ASSERT_NE(copied, spaces.end());
  EXPECT_EQ(copied->of, domain::VectorsOf::kTexts);
  const auto vectors = to_->vectors().of_items(copied->id, std::span(&item.id, 1)).value();
  ASSERT_EQ(vectors.size(), 1U);
  EXPECT_EQ(vectors[0].values, text.values);
  const auto states = to_->vectors().text_states(copied->id, std::span(&item.id, 1)).value();
  ASSERT_EQ(states.size(), 1U);
  EXPECT_EQ(states[0].text_hash, "hash");
  EXPECT_EQ(states[0].updated_at, item.updated_at) << "it is not embedded again there";
}

TEST_F(CatalogueCopyTest, ResumesAfterAStop) {
  CopyReport report = copy_a_part();
  EXPECT_LT(report.copied, 450);
  EXPECT_GT(report.copied, 0);
  open_target();
  const std::int64_t before = report.copied;
  report = copy();
  EXPECT_EQ(before + report.copied, 450) << "nothing is copied twice";
  expect_equal();
}

TEST_F(CatalogueCopyTest, CopiesChangesDuringAndAfterTheCopy) {
  bool changed = false;
  const ItemId gone = bench_.item("shop", "3").id;
  const CopyReport first = copy([&](std::int64_t, std::int64_t) {
    if (std::exchange(changed, true)) return;
    put(0, "Blue dress");                             // replaced after it was copied
    put(1000);                                        // new
    ASSERT_TRUE(bench_.store->items().remove(gone));  // removed after it was copied
    ASSERT_TRUE(bench_.store->items().remove(bench_.item("shop", "4").id));
    put(4);  // gets the removed item's key and a new id
  });
  EXPECT_EQ(first.removed, 1) << "the other one gave way to the new item of its key";
  expect_equal();
  EXPECT_EQ(copy().copied, 0);

  put(1, "Green dress");
  ASSERT_TRUE(bench_.store->items().remove(bench_.item("shop", "2").id));
  const CopyReport later = copy();
  EXPECT_EQ(later.copied, 1);
  EXPECT_EQ(later.removed, 1);
  expect_equal();
}

TEST_F(CatalogueCopyTest, CopiesTheChosenSpace) {
  ASSERT_TRUE(to_->spaces().ensure({"another", "m", "1", 8}));  // so that ids differ
  const domain::SpaceRecord space = bench_.store->spaces().ensure({"chosen", "m", "2", 8}).value();
  ASSERT_TRUE(choose_space(*bench_.store, space));
  copy_a_part();
  EXPECT_FALSE(chosen_space(*to_)->has_value()) << "not before all is there";
  copy();
  const auto chosen = chosen_space(*to_);
  ASSERT_TRUE(chosen) << chosen.error().describe();
  ASSERT_TRUE(*chosen);
  EXPECT_EQ((*chosen)->name, "chosen");
  EXPECT_EQ((*chosen)->version, "2");
  EXPECT_NE((*chosen)->id, space.id);
  ASSERT_TRUE(choose_space(*bench_.store, std::nullopt));
  copy();
  EXPECT_FALSE(chosen_space(*to_)->has_value());
}

TEST_F(CatalogueCopyTest, NewItemsOfTheCopyGetNewIds) {
  copy();
  domain::ItemWrite item;
  item.listing.source = "shop";
  item.listing.external_id = "new";
  item.images.push_back({{.location = "/x.jpg", .sha256 = {}, .format = "jpeg"}, {}});
  const auto outcome = to_->items().upsert(std::span(&item, 1));
  ASSERT_TRUE(outcome) << outcome.error().describe();
  EXPECT_GT(outcome->front().id, bench_.item("shop", "449").id);
}

TEST_F(CatalogueCopyTest, LeavesOtherCataloguesAlone) {
  Bench other;
  CopyReport report;
  const auto same = copy_catalogue(*bench_.store, *bench_.store, {}, {}, report);
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().code, ErrorCode::kConflict);
  domain::ItemWrite item;
  item.listing.source = "shop";
  item.listing.external_id = "theirs";
  ASSERT_TRUE(other.store->items().upsert(std::span(&item, 1)));
  const auto taken = copy_catalogue(*bench_.store, *other.store, {}, {}, report);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kConflict);
  EXPECT_EQ(other.store->items().counts()->items, 1);
}

// From one engine to the other and back.
TEST(CatalogueCopy, CopiesKeysAndUsersToPostgresAndBack) {
  for (const auto& [from_engine, to_engine] : {std::pair(0, 1), std::pair(1, 0)}) {
    const auto engines = store::testing::engines();
    ASSERT_EQ(engines.size(), 2U);
    if (!engines[0].is_available() || !engines[1].is_available()) GTEST_SKIP() << "needs PostgreSQL";
    const TempDir from_folder;
    const TempDir to_folder;
    const auto from = store::open_catalogue(engines[from_engine].url(from_folder)).value();
    const auto to = store::open_catalogue(engines[to_engine].url(to_folder)).value();
    accounts::Accounts originals(from->database());
    const accounts::KeyOptions options{.name = "shop",
                                       .scopes = {accounts::Scope::kSearch},
                                       .filters = {},
                                       .rate_limit = {},
                                       .expires_at = {}};
    ASSERT_TRUE(originals.keys().create(options, "user:1"));
    const auto issued = originals.keys().create(options, "user:1").value();
    const auto user = originals.users().create({.email = "ann@example.org", .name = "Ann"}).value();
    const accounts::AuditEntry entry{.id = 0,
                                     .at = now(),
                                     .principal = "user:1",
                                     .address = "",
                                     .action = "keys.create",
                                     .target = "",
                                     .outcome = "done",
                                     .detail = "{}"};
    ASSERT_TRUE(originals.audit().append({&entry, 1}));
    for (int run = 0; run < 2; ++run) {
      CopyReport report;
      const auto copied = copy_catalogue(*from, *to, [](std::int64_t, std::int64_t) {}, {}, report);
      ASSERT_TRUE(copied) << copied.error().describe();
    }
    accounts::Accounts copies(to->database());
    const auto key = copies.keys().find_by_prefix(issued.key.prefix).value();
    ASSERT_TRUE(key);
    EXPECT_EQ(key->key.id, issued.key.id);
    EXPECT_EQ(key->secret_hash, originals.keys().find_by_prefix(issued.key.prefix).value()->secret_hash);
    EXPECT_EQ(copies.users().get(user.id).value().email, "ann@example.org");
    EXPECT_EQ(copies.audit().list({}).value().size(), 1U);
    EXPECT_GT(copies.keys().create(options, "user:1").value().key.id, issued.key.id);
    EXPECT_GT(copies.users().create({.email = "bob@example.org"}).value().id, user.id);
  }
}

}  // namespace
}  // namespace fit::catalog
