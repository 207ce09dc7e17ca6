// The table of assets, on each engine.
#include "ingest/assets/assets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/assets/asset_changes.h"
#include "ingest/assets/idempotency_keys.h"
#include "ingest/assets/test_assets.h"
#include "store/test_support.h"

namespace fit::ingest {
namespace {

using testing::add;
using ::testing::ElementsAre;
using testing::sent;
using ::testing::SizeIs;

class AssetsContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
  }

  Assets assets() { return Assets(store_->database()); }
  sql::Database& database() { return store_->database(); }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
};

TEST_P(AssetsContract, KeepsWhatWasSent) {
  const AssetMetadata metadata{
      .title = "Dress", .source = "shop", .external_id = "7", .tags = {"red", "été"}, .make_item = true};
  Assets table = assets();
  const AddedAsset added = add(table, sent("a", metadata));
  EXPECT_FALSE(added.is_known);
  EXPECT_GT(added.job, 0);
  const Asset asset = table.get(added.id).value();
  EXPECT_EQ(asset.state, AssetState::kQueued);
  EXPECT_EQ(asset.metadata, metadata);
  EXPECT_EQ(asset.owner, "key:1");
  EXPECT_EQ(asset.name, "a.jpg");
  EXPECT_EQ(asset.job, added.job);
  EXPECT_EQ(blob_name(asset), sha256_hex(as_bytes("a")) + ".jpg");
  const jobs::Job job = jobs::Queue(database()).find({added.job}).value();
  EXPECT_EQ(job.kind, kAssetJob);
  EXPECT_EQ(job.submitter, "key:1");
  EXPECT_EQ(table.get({added.id.value + 1}).error().code, ErrorCode::kNotFound);
}

TEST_P(AssetsContract, EqualBytesAreOneAsset) {
  Assets table = assets();
  const AddedAsset first = add(table, sent("a"));
  const AddedAsset again = add(table, sent("a"));
  EXPECT_TRUE(again.is_known);
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.job, first.job) << "the job has not ended";
  const std::vector<NewAsset> many = {sent("b"), sent("c"), sent("b"), sent("a")};
  const std::vector<AddedAsset> added = table.add(many).value();
  EXPECT_EQ(added[0].id, added[2].id);
  EXPECT_EQ(added[0].job, added[2].job);
  EXPECT_FALSE(added[1].is_known);
  EXPECT_EQ(added[3].id, first.id);
  EXPECT_THAT(table.list({}).value(), SizeIs(3));
}

TEST_P(AssetsContract, AFailedAssetThatIsSentAgainIsTriedAgain) {
  Assets table = assets();
  const AddedAsset first = add(table, sent("a"));
  ASSERT_TRUE(table.fail(first.id, malformed("file", "is cut short"), /*is_final=*/true));
  const Asset failed = table.get(first.id).value();
  EXPECT_EQ(failed.state, AssetState::kFailed);
  EXPECT_EQ(failed.failure->code, ErrorCode::kMalformed);
  EXPECT_EQ(failed.failure->field, "file");
  EXPECT_EQ(failed.failure->message, "is cut short");
  EXPECT_TRUE(failed.finished_at);
  const AddedAsset again = add(table, sent("a"));
  EXPECT_TRUE(again.is_known);
  EXPECT_NE(again.job, first.job);
  EXPECT_EQ(table.get(first.id)->state, AssetState::kQueued);
}

TEST_P(AssetsContract, AnItemCanBeWantedLater) {
  Assets table = assets();
  const AddedAsset first = add(table, sent("a"));
  const Asset seen = table.get(first.id).value();
  const AddedAsset again = add(table, sent("a", {.title = "Dress", .tags = {}, .make_item = true}));
  EXPECT_NE(again.job, first.job);
  ASSERT_TRUE(table.finish(seen, {.width = 3, .height = 4}, 1));
  EXPECT_EQ(table.get(first.id)->state, AssetState::kQueued) << "the first job knew nothing of the item";
  const Asset wanted = table.get(first.id).value();
  EXPECT_TRUE(wanted.metadata.make_item);
  EXPECT_EQ(wanted.metadata.title, "Dress");
  EXPECT_EQ(add(table, sent("a", {.make_item = true})).job, again.job) << "a job makes it";
  const auto item = store::testing::make_item(1);
  const ItemId id = store_->items().upsert(std::span(&item, 1)).value().at(0).id;
  ASSERT_TRUE(table.finish(wanted, {.width = 3, .height = 4, .item = id}, 1));
  EXPECT_EQ(table.get(first.id)->item, id);
  EXPECT_EQ(add(table, sent("a", {.make_item = true})).job, again.job) << "it has its item";
  ASSERT_TRUE(store_->items().remove(id));
  EXPECT_NE(add(table, sent("a", {.make_item = true})).job, again.job) << "the item was removed";
}

TEST_P(AssetsContract, FetchedBytesOfAnotherAssetAreThatAsset) {
  Assets table = assets();
  const AddedAsset known = add(table, sent("a"));
  NewAsset by_url{.url = "https://shop.example/a.jpg", .owner = "key:1"};
  const AddedAsset first = add(table, by_url);
  const AddedAsset second = add(table, by_url);
  EXPECT_NE(first.id, second.id) << "a URL may have other bytes tomorrow";
  EXPECT_FALSE(table.set_fetched(first.id, sent("a")).value());
  EXPECT_EQ(table.get(first.id)->same_as, known.id);
  EXPECT_EQ(table.get(first.id)->state, AssetState::kDone);
  EXPECT_TRUE(table.set_fetched(second.id, sent("b")).value());
  EXPECT_TRUE(table.set_fetched(second.id, sent("b")).value()) << "after a lost worker";
  EXPECT_EQ(table.get(second.id)->sha256, sha256_hex(as_bytes("b")));
}

TEST_P(AssetsContract, ListsByStateAndOwnerInPages) {
  Assets table = assets();
  std::vector<AssetId> ids;
  for (const char* content : {"a", "b", "c"}) ids.push_back(add(table, sent(content)).id);
  NewAsset other = sent("d");
  other.owner = "key:2";
  const AssetId last = add(table, other).id;
  ASSERT_TRUE(table.fail(ids[1], malformed("file", "is cut short"), /*is_final=*/true));
  const auto listed = [&table](const AssetQuery& query) {
    std::vector<AssetId> found;
    const std::vector<Asset> page = table.list(query).value();
    for (const Asset& asset : page) found.push_back(asset.id);
    return found;
  };
  EXPECT_THAT(listed({}), ElementsAre(last, ids[2], ids[1], ids[0]));
  EXPECT_THAT(listed({.state = AssetState::kFailed}), ElementsAre(ids[1]));
  EXPECT_THAT(listed({.owner = "key:1", .before = ids[2].value, .limit = 1}), ElementsAre(ids[1]));
  ASSERT_TRUE(table.remove(ids[1]));
  EXPECT_THAT(listed({.state = AssetState::kFailed}), ElementsAre());
  EXPECT_EQ(table.remove(ids[1]).error().code, ErrorCode::kNotFound);
}

TEST_P(AssetsContract, ALostQueueIsRebuilt) {
  Assets table = assets();
  const AddedAsset lost = add(table, sent("lost"));
  const AddedAsset ended = add(table, sent("ended"));
  const AddedAsset dead = add(table, sent("dead"));
  const AddedAsset waiting = add(table, sent("waiting"));
  ASSERT_TRUE(
      database().write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<void> {
        FIT_CHECK(connection.execute("DELETE FROM jobs WHERE id = $1", {lost.job}));
        return {};
      }));
  testing::set_job_state(database(), ended.job, "done");
  testing::set_job_state(database(), dead.job, "dead");
  const auto done = table.reconcile().value();
  EXPECT_EQ(done.queued, 2);
  EXPECT_EQ(done.failed, 1);
  EXPECT_NE(table.get(lost.id)->job, lost.job);
  EXPECT_NE(table.get(ended.id)->job, ended.job);
  EXPECT_EQ(table.get(dead.id)->state, AssetState::kFailed);
  EXPECT_TRUE(table.get(dead.id)->failure);
  EXPECT_EQ(table.get(waiting.id)->job, waiting.job);
  EXPECT_EQ(table.reconcile()->queued, 0) << "nothing is left to do";
}

TEST_P(AssetsContract, ConcurrentSendersOfEqualFilesAgree) {
  std::vector<std::thread> senders;
  std::vector<std::vector<AddedAsset>> results(4);
  for (std::size_t i = 0; i < results.size(); ++i) {
    senders.emplace_back([&, i] {
      Assets table = assets();
      for (int round = 0; round < 10; ++round) {
        std::vector<NewAsset> batch = {sent("x" + std::to_string(round)), sent("y" + std::to_string(round))};
        if (i % 2 == 1) std::swap(batch[0], batch[1]);
        auto added = table.add(batch).value();
        if (i % 2 == 1) std::swap(added[0], added[1]);
        results[i].insert(results[i].end(), added.begin(), added.end());
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  for (std::size_t at = 0; at < results[0].size(); ++at) {
    int news = 0;
    for (const auto& result : results) {
      EXPECT_EQ(result[at].id, results[0][at].id);
      news += result[at].is_known ? 0 : 1;
    }
    EXPECT_EQ(news, 1);
  }
}

TEST_P(AssetsContract, EachHasItsLatestChange) {
  Assets table = assets();
  const auto changes = [this](std::int64_t after) {
    return database()
        .read([after](sql::SqlConnection& connection) { return read_asset_changes(connection, after, 10); })
        .value();
  };
  const AssetId first = add(table, sent("a")).id;
  const AssetId second = add(table, sent("b")).id;
  EXPECT_THAT(changes(0), SizeIs(0)) << "they have no images yet";
  const auto finish = [&table](AssetId id) {
    AssetFacts facts{.width = 3, .height = 4};
    facts.frames.push_back({.frame = {.sha256 = "aa", .width = 3, .height = 4}});
    return table.finish(table.get(id).value(), facts, 1);
  };
  ASSERT_TRUE(finish(first));
  ASSERT_TRUE(finish(second));
  ASSERT_TRUE(finish(first));
  const auto all = changes(0);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].asset, second);
  EXPECT_EQ(all[1].asset, first);
  const FrameVectorWrite vector{
      .frame = table.frames().of(second).value().at(0).id, .sha256 = "aa", .values = {1, 0}};
  ASSERT_EQ(table.frames().put_vectors(1, std::span(&vector, 1)).value(), 1);
  ASSERT_THAT(changes(all[1].position), SizeIs(1));
  EXPECT_EQ(changes(all[1].position)[0].asset, second);
  EXPECT_EQ(table.frames().put_vectors(1, std::span(&vector, 1)).value(), 0);
  EXPECT_THAT(changes(all[1].position + 1), SizeIs(0)) << "nothing was stored";
  ASSERT_TRUE(table.remove(first));
  ASSERT_THAT(changes(all[1].position + 1), SizeIs(1));
  EXPECT_EQ(changes(all[1].position + 1)[0].asset, first);
}

TEST_P(AssetsContract, AFrameWithAnotherFileIsAnotherFrame) {
  Assets table = assets();
  const AssetId id = add(table, sent("a")).id;
  const auto finish = [&](const std::vector<std::string>& files) {
    AssetFacts facts{.width = 3, .height = 4};
    for (const std::string& file : files)
      facts.frames.push_back({.frame = {.sha256 = file, .width = 3, .height = 4}});
    EXPECT_TRUE(table.finish(table.get(id).value(), facts, 1));
    return table.frames().of(id).value();
  };
  const auto before = finish({"aa", "bb"});
  const auto after = finish({"aa", "cc"});
  ASSERT_THAT(after, SizeIs(2));
  EXPECT_EQ(after[0].id, before[0].id);
  EXPECT_NE(after[1].id, before[1].id);
  EXPECT_EQ(after[1].sha256, "cc");
}

TEST_P(AssetsContract, ThePhotosOfGarmentsStay) {
  Assets table = assets();
  const AssetId photo = add(table, sent("a")).id;
  const AssetId unused = add(table, sent("b")).id;
  const auto make_garment = [photo](sql::SqlConnection& connection) -> Result<void> {
    std::int64_t garment = 0;
    FIT_CHECK(connection.query(
        "INSERT INTO garments (user_id, name, brand, size, currency, bought_on, notes, care, tags, state, "
        "properties, created_at, updated_at) VALUES (1, 'Hat', '', '', '', '', '', '', '', 'ready', '{}', 0, "
        "0) RETURNING id",
        {}, [&garment](const sql::SqlRow& row) { garment = row.integer(0); }));
    FIT_CHECK(connection.execute(
        "INSERT INTO garment_photos (garment_id, position, asset_id, is_sent) VALUES ($1, 1, $2, 1)",
        {garment, photo.value}));
    return {};
  };
  ASSERT_TRUE(database().write(sql::Ordering::kUnordered, make_garment));
  EXPECT_TRUE(table.remove_without_item(std::vector<std::int64_t>{photo.value, unused.value}));
  EXPECT_TRUE(table.get(photo)) << "somebody has added it meanwhile";
  EXPECT_FALSE(table.get(unused));
}

TEST_P(AssetsContract, TheAssetsOfItemsStay) {
  Assets table = assets();
  const AssetId item = add(table, sent("a")).id;
  const AssetId photo = add(table, sent("b")).id;
  const AssetId other = add(table, sent("c")).id;
  ASSERT_TRUE(table.finish(table.get(item).value(), {.width = 3, .height = 4, .item = ItemId{7}}, 1));
  EXPECT_TRUE(table.remove_without_item(std::vector<std::int64_t>{item.value, photo.value, 9'999}));
  EXPECT_TRUE(table.get(item));
  EXPECT_EQ(table.get(photo).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(table.get(other));
  EXPECT_TRUE(table.remove_without_item({}));
}

TEST_P(AssetsContract, AKeyStandsForOneRequest) {
  IdempotencyKeys keys(database());
  const IdempotencyKeys::Request request{.owner = "key:1", .key = "k", .fingerprint = "f"};
  const Timestamp time = now();
  EXPECT_FALSE(keys.begin(request, time).value()) << "it is new";
  EXPECT_EQ(keys.begin(request, time).error().code, ErrorCode::kConflict) << "it is being handled";
  ASSERT_TRUE(keys.finish(request, {.status = 202, .body = "{}"}));
  EXPECT_EQ(keys.begin(request, time).value()->body, "{}");
  EXPECT_EQ(keys.begin({"key:1", "k", "other"}, time).error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(keys.begin({"key:2", "k", "other"}, time).value()) << "keys belong to their callers";
  EXPECT_FALSE(keys.begin({"key:2", "k", "other"}, time + std::chrono::hours(1)).value())
      << "its server was killed";
  ASSERT_TRUE(keys.forget({"key:2", "k", "other"}));
  EXPECT_FALSE(keys.begin({"key:2", "k", "third"}, time).value());
  EXPECT_EQ(keys.prune(time + std::chrono::hours(23)).value(), 0);
  EXPECT_FALSE(keys.begin(request, time + std::chrono::hours(25)).value()) << "it has expired";
  EXPECT_EQ(keys.prune(time + std::chrono::hours(25)).value(), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, AssetsContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST(AssetMetadataTest, IsReadStrictly) {
  const auto field_of = [](const char* json) {
    const auto read = parse_asset_metadata("metadata", Json::parse(json));
    return read ? std::string() : read.error().field;
  };
  EXPECT_EQ(
      field_of(R"({"title": "A", "source": "s", "external_id": "1", "tags": ["x"], "make_item": true})"), "");
  EXPECT_EQ(field_of("{}"), "");
  EXPECT_EQ(field_of("[]"), "metadata");
  EXPECT_EQ(field_of(R"({"titel": "A"})"), "metadata.titel");
  EXPECT_EQ(field_of(R"({"title": 1})"), "metadata.title");
  EXPECT_EQ(field_of(R"({"title": "a\u0000b"})"), "metadata.title");
  EXPECT_EQ(field_of(R"({"make_item": "yes"})"), "metadata.make_item");
  EXPECT_EQ(field_of(R"({"tags": ["a", "b\nc"]})"), "metadata.tags[1]");
  const Json many{{"tags", std::vector<std::string>(kMaxTags + 1, "x")}};
  EXPECT_EQ(parse_asset_metadata("m", many).error().field, "m.tags");
  const Json long_source{{"source", std::string(1000, 'x')}};
  EXPECT_EQ(parse_asset_metadata("m", long_source).error().field, "m.source");
}

TEST(AssetMetadataTest, NamesAreForDisplay) {
  EXPECT_EQ(display_name("a.jpg"), "a.jpg");
  EXPECT_EQ(display_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(display_name("C:\\photos\\a\nb.jpg"), "ab.jpg");
  EXPECT_EQ(display_name("\xff"), "");
  EXPECT_EQ(display_name(std::string(300, 'x')).size(), kMaxAssetNameBytes);
}

}  // namespace
}  // namespace fit::ingest
