#include "catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <thread>

#include "base/hash.h"
#include "catalog/edits.h"
#include "catalog/item_patch.h"
#include "catalog/item_writer.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

using testing::Bench;
using testing::bytes_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::jpeg;
using ::testing::SizeIs;
using ::testing::StartsWith;

ItemInput input(const std::string& external_id, const std::vector<std::uint64_t>& seeds) {
  return testing::shop_row(external_id, "Red dress", seeds);
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

TEST(CatalogTest, AnExceptionWhileDecodingHoldsUpNoLaterImage) {
  Bench bench;
  bench.embedder.on_prepare = [] { throw std::bad_alloc(); };
  // More often than images are decoded at a time.
  for (unsigned i = 0; i <= std::thread::hardware_concurrency(); ++i)
    EXPECT_THROW(static_cast<void>(bench.catalog->put(input("1", {1}))), std::bad_alloc);
  bench.embedder.on_prepare = {};
  EXPECT_TRUE(bench.catalog->put(input("1", {1})));
}

TEST(CatalogTest, PutKeepsImagesThumbnailsAndVectors) {
  Bench bench;
  const auto outcome = bench.catalog->put(input("1", {1, 2}));
  ASSERT_TRUE(outcome) << outcome.error().describe();
  EXPECT_EQ(outcome->kind, store::UpsertKind::kCreated);
  EXPECT_EQ(bench.changes, 1);

  const auto item = bench.catalog->get(outcome->id);
  ASSERT_TRUE(item);
  ASSERT_THAT(item->images, SizeIs(2));
  const domain::ImageRecord& image = item->images[0];
  EXPECT_EQ(image.sha256, sha256_hex(jpeg(1)));
  EXPECT_EQ(image.location, "stored:" + image.sha256 + ".jpg");
  EXPECT_EQ(image.format, "jpeg");
  EXPECT_EQ(image.width, 120);
  EXPECT_EQ(image.height, 160);
  EXPECT_EQ(bench.store->vectors().count(bench.spaces[0].space_id).value(), 2);
  EXPECT_TRUE(std::filesystem::exists(bench.folder() / "storage/images" / image.sha256.substr(0, 2) /
                                      (image.sha256 + ".jpg")));

  const auto original = bench.catalog->original(image.id);
  ASSERT_TRUE(original) << original.error().describe();
  EXPECT_EQ(bytes_of(*original), jpeg(1));
  EXPECT_EQ(original->mime_type, "image/jpeg");
  const auto thumbnail = bench.catalog->thumbnail(image.id);
  ASSERT_TRUE(thumbnail);
  EXPECT_EQ(thumbnail->mime_type, "image/jpeg");
  EXPECT_TRUE(media::decode("t", bytes_of(*thumbnail), 0));
}

// An import embeds the same pixels as a query, whatever size the thumbnail needs.
TEST(CatalogTest, AnImportEmbedsThePixelsThatAQueryEmbeds) {
  Bench bench;
  const int side = bench.embedder.image_short_side();
  for (const auto& [width, height] :
       std::vector<std::pair<int, int>>{{300, 400}, {1600, 1200}, {1900, 700}}) {
    const media::Image image = testing::drawn(static_cast<std::uint64_t>(width), width, height);
    for (const Bytes& file :
         {media::encode_jpeg(image, std::max(width, height)).value(), media::encode_png(image).value()}) {
      const auto imported = bench.catalog->writer().processor().read("photo", file);
      ASSERT_TRUE(imported) << imported.error().describe();
      const auto queried = bench.embedder.prepare(media::decode("photo", file, side).value());
      EXPECT_EQ(imported->inputs.at(0).rgb, queried->rgb) << width << " x " << height;
    }
  }
}

TEST(CatalogTest, SendingAnItemAgainBringsBackAnImageThatIsLost) {
  Bench bench;
  const ItemId id = bench.catalog->put(input("1", {1}))->id;
  const ImageId image = bench.catalog->get(id)->images[0].id;
  std::filesystem::remove_all(bench.folder() / "storage/images");
  EXPECT_EQ(bench.catalog->original(image).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(bench.catalog->put(input("1", {1}))->kind, store::UpsertKind::kUnchanged);
  EXPECT_EQ(bytes_of(bench.catalog->original(image)), jpeg(1));
  // Sending a changed item with a known image brings the image back too.
  std::filesystem::remove_all(bench.folder() / "storage/images");
  ItemInput cheaper = input("1", {1});
  cheaper.listing.price = 5;
  EXPECT_EQ(bench.catalog->put(cheaper)->kind, store::UpsertKind::kUpdated);
  EXPECT_EQ(bytes_of(bench.catalog->original(image)), jpeg(1));
}

TEST(CatalogTest, PutAgainIsUnchangedAndRunsNoModel) {
  Bench bench;
  const auto first = bench.catalog->put(input("1", {1}));
  const int embedded = bench.embedder.embedded_images;
  const auto again = bench.catalog->put(input("1", {1}));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->kind, store::UpsertKind::kUnchanged);
  EXPECT_EQ(again->id, first->id);
  EXPECT_EQ(bench.embedder.embedded_images, embedded);
  EXPECT_EQ(bench.changes, 1);
}

TEST(CatalogTest, NewPriceKeepsImagesAndVectorsWithoutEmbedding) {
  Bench bench;
  const auto first = bench.catalog->put(input("1", {1, 2}));
  const auto before = bench.catalog->get(first->id);
  const int embedded = bench.embedder.embedded_images;
  ItemInput cheaper = input("1", {1, 2});
  cheaper.listing.price = 5;
  const auto second = bench.catalog->put(cheaper);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->kind, store::UpsertKind::kUpdated);
  const auto after = bench.catalog->get(first->id);
  EXPECT_EQ(after->listing.price, 5);
  EXPECT_EQ(after->images[0].id, before->images[0].id);
  EXPECT_EQ(bench.embedder.embedded_images, embedded);
  EXPECT_EQ(bench.store->vectors().count(bench.spaces[0].space_id).value(), 2);
}

TEST(CatalogTest, WithoutImagesAnItemKeepsThoseItHas) {
  Bench bench;
  const auto first = bench.catalog->put(input("1", {1}));
  ItemInput sold = input("1", {});
  sold.listing.status = "sold";
  const auto second = bench.catalog->put(sold);
  ASSERT_TRUE(second) << second.error().describe();
  const auto item = bench.catalog->get(first->id);
  EXPECT_EQ(item->listing.status, "sold");
  EXPECT_THAT(item->images, SizeIs(1));
  EXPECT_EQ(bench.store->vectors().count(bench.spaces[0].space_id).value(), 1);

  const auto unknown = bench.catalog->put(input("2", {}));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().field, "images");
}

TEST(CatalogTest, ABrokenImageIsNamedAndNothingIsStored) {
  Bench bench;
  ItemInput item = input("1", {1, 2});
  item.images.push_back({{}, Bytes(100, std::byte{7})});
  const auto outcome = bench.catalog->put(item);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().field, "images[2]");
  EXPECT_EQ(bench.store->items().counts()->items, 0);
  EXPECT_EQ(bench.changes, 0);
}

TEST(CatalogTest, RequiredFieldsAreNamed) {
  Bench bench;
  ItemInput no_source = input("1", {1});
  no_source.listing.source.clear();
  EXPECT_EQ(bench.catalog->put(no_source).error().field, "source");
  EXPECT_EQ(bench.catalog->put(input("", {1})).error().field, "external_id");
  ItemInput many = input("1", {1});
  many.images.resize(kMaxImagesPerItem + 1, many.images[0]);
  EXPECT_EQ(bench.catalog->put(many).error().field, "images");
}

TEST(CatalogTest, LocalPathsOnlyWhereAllowed) {
  Bench bench({.allow_local_paths = false});
  testing::write_file(bench.folder() / "a.jpg", jpeg(1));
  ItemInput item = input("1", {});
  for (const std::string& location :
       {(bench.folder() / "a.jpg").string(), std::string("/etc/passwd"), std::string("file:///etc/passwd"),
        std::string("stored:" + std::string(64, 'a') + ".jpg")}) {
    item.images = {{location, {}}};
    const auto outcome = bench.catalog->put(item);
    ASSERT_FALSE(outcome) << location;
    EXPECT_EQ(outcome.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(outcome.error().field, "images[0]");
  }
}

TEST(CatalogTest, ReplaceKeepsTheKey) {
  Bench bench;
  const auto first = bench.catalog->put(input("1", {1}));
  ItemInput change = input("1", {2});
  change.listing.source.clear();
  change.listing.external_id.clear();
  change.listing.title = "Blue dress";
  const auto replaced = bench.catalog->replace(first->id, change);
  ASSERT_TRUE(replaced) << replaced.error().describe();
  EXPECT_EQ(replaced->id, first->id);
  const auto item = bench.catalog->get(first->id);
  EXPECT_EQ(item->listing.title, "Blue dress");
  EXPECT_EQ(item->listing.external_id, "1");
  EXPECT_EQ(item->images.at(0).sha256, sha256_hex(jpeg(2)));

  change.listing.external_id = "2";
  EXPECT_EQ(bench.catalog->replace(first->id, change).error().code, ErrorCode::kConflict);
  EXPECT_EQ(bench.catalog->replace(ItemId{99}, change).error().code, ErrorCode::kNotFound);
}

TEST(CatalogTest, APutEditsAnItemUnlessItCountsAsImported) {
  Bench bench;
  const ItemId id = bench.catalog->put(input("1", {1}), {}, Catalog::PutAs::kImported)->id;
  const std::string imported = bench.catalog->get(id)->content_hash;
  ItemInput cheaper = input("1", {1});
  cheaper.listing.price = 5;
  ASSERT_TRUE(bench.catalog->put(cheaper, {}, Catalog::PutAs::kImported));
  EXPECT_FALSE(find_edits(bench.catalog->get(id)->content_hash));
  cheaper.listing.price = 4;
  cheaper.images.clear();
  ASSERT_TRUE(bench.catalog->put(cheaper));
  EXPECT_THAT(find_edits(bench.catalog->get(id)->content_hash)->fields, ElementsAre("price"));
  EXPECT_EQ(bench.catalog->put(cheaper)->kind, store::UpsertKind::kUnchanged);
  cheaper.listing.size = "M";
  ASSERT_TRUE(bench.catalog->replace(id, cheaper));
  EXPECT_THAT(find_edits(bench.catalog->get(id)->content_hash)->fields, ElementsAre("price", "size"));
  EXPECT_EQ(bench.catalog->replace(id, cheaper)->kind, store::UpsertKind::kUnchanged);
  ASSERT_TRUE(bench.catalog->put(input("1", {1}), {}, Catalog::PutAs::kImported));
  EXPECT_EQ(bench.catalog->get(id)->content_hash, imported);
}

TEST(CatalogTest, PatchesAtTheSameTimeLoseNothing) {
  Bench bench;
  const ItemId id = bench.catalog->put(testing::shop_row("1", "first", {1}))->id;
  const std::vector<std::pair<std::string, Json>> fields = {
      {"title", "T"}, {"brand", "B"},     {"price", 3},    {"currency", "EUR"},
      {"size", "M"},  {"status", "sold"}, {"fit", "slim"}, {"description", "D"}};
  {
    std::vector<std::jthread> threads;
    for (const auto& [name, value] : fields) {
      threads.emplace_back([&bench, id, patch = Json{{name, value}}] {
        const auto patched = bench.catalog->patch(id, patch, 1000);
        EXPECT_TRUE(patched) << patched.error().describe();
      });
    }
  }
  Json item = seller_fields(bench.catalog->get(id).value());
  item.update(item["properties"]);
  for (const auto& [name, value] : fields) EXPECT_EQ(item[name], value) << name;
}

TEST(CatalogTest, AChangeThatThePreconditionRefusesChangesNothing) {
  Bench bench;
  const ItemInput row = testing::shop_row("1", "first", {1});
  const ItemId id = bench.catalog->put(row)->id;
  const auto refuse = [](const domain::ItemRecord& item) -> Result<void> {
    EXPECT_EQ(item.listing.title, "first");
    return Error{ErrorCode::kConflict, "no", {}, {}};
  };
  ItemInput other = row;
  other.listing.title = "second";
  EXPECT_EQ(bench.catalog->replace(id, other, refuse).error().code, ErrorCode::kConflict);
  EXPECT_EQ(bench.catalog->patch(id, {{"title", "second"}}, 1000, refuse).error().code, ErrorCode::kConflict);
  EXPECT_EQ(bench.catalog->remove(id, refuse).error().code, ErrorCode::kConflict);
  EXPECT_EQ(bench.catalog->get(id)->listing.title, "first");
}

TEST(CatalogTest, RemoveDeletesTheItem) {
  Bench bench;
  const auto first = bench.catalog->put(input("1", {1}));
  ASSERT_TRUE(bench.catalog->remove(first->id));
  EXPECT_EQ(bench.catalog->get(first->id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(bench.catalog->remove(first->id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(bench.changes, 2);
}

TEST(CatalogTest, LostOrDamagedThumbnailIsMadeAgain) {
  Bench bench;
  const auto outcome = bench.catalog->put(input("1", {1}));
  const auto image = bench.catalog->get(outcome->id)->images.at(0);
  const auto files = files_in(bench.folder() / "storage/thumbnails");
  ASSERT_THAT(files, SizeIs(1));
  const Bytes whole = bytes_of(bench.catalog->thumbnail(image.id));

  std::filesystem::remove(files[0]);
  EXPECT_EQ(bytes_of(bench.catalog->thumbnail(image.id)), whole);
  EXPECT_TRUE(std::filesystem::exists(files[0]));
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, whole.size() / 2}) {
    testing::write_file(files[0], ByteView(whole).first(size));
    EXPECT_EQ(bytes_of(bench.catalog->thumbnail(image.id)), whole) << size;
  }
}

TEST(CatalogTest, UnknownImagesAreNotFound) {
  Bench bench;
  EXPECT_EQ(bench.catalog->thumbnail(ImageId{5}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(bench.catalog->original(ImageId{5}).error().code, ErrorCode::kNotFound);
}

TEST(CatalogTest, ModelFailureStoresNothing) {
  Bench bench;
  bench.embedder.unavailable = true;
  const auto outcome = bench.catalog->put(input("1", {1}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(bench.store->items().counts()->items, 0);
}

TEST(CatalogTest, ReportsStorageThatCannotBeWritten) {
  Bench bench;
  testing::write_file(bench.folder() / "storage/images", std::string_view("a file where a folder belongs"));
  const auto outcome = bench.catalog->put(input("1", {1}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(bench.store->items().counts()->items, 0);
}

TEST(CatalogTest, PutsOfOneItemFromManyThreads) {
  Bench bench;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&bench, i] {
      for (std::uint64_t round = 0; round < 5; ++round) {
        EXPECT_TRUE(bench.catalog->put(input("same", {round + static_cast<std::uint64_t>(i)})));
        EXPECT_TRUE(bench.catalog->put(input("own " + std::to_string(i), {7, round})));
      }
    });
  }
  threads.clear();
  EXPECT_EQ(bench.store->items().counts()->items, 5);
  EXPECT_EQ(bench.store->items().counts()->images, 9);
  EXPECT_EQ(bench.store->vectors().count(bench.spaces[0].space_id).value(), 9);
}

// Simulates two processes that write one catalogue: each Bench has a store and a catalogue of its own.
class ConcurrentProcesses : public ::testing::Test {
 protected:
  // Runs `write` once, in the middle of the next write of `ours_`.
  void meanwhile(std::function<void()> write) {
    ours_.embedder.on_call = [this, write = std::move(write)] {
      if (std::exchange(is_done_, true)) return;
      write();
    };
  }

  TempDir folder_;
  Bench ours_{{.folder = folder_.path()}};
  Bench theirs_{{.folder = folder_.path()}};
  bool is_done_ = false;
};

TEST_F(ConcurrentProcesses, AnUpdateDoesNotBringBackARemovedItem) {
  const ItemId id = ours_.catalog->put(input("1", {1}))->id;
  meanwhile([&] { EXPECT_TRUE(theirs_.catalog->remove(id)); });
  const auto replaced = ours_.catalog->replace(id, input("1", {2}));
  EXPECT_TRUE(is_done_);
  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ours_.store->items().counts()->items, 0);
}

TEST_F(ConcurrentProcesses, PutRecreatesAnItemThatIsRemovedMeanwhile) {
  ASSERT_TRUE(ours_.catalog->put(input("1", {1})));
  meanwhile([&] { EXPECT_TRUE(theirs_.catalog->remove(theirs_.item("shop", "1").id)); });
  const auto outcome = ours_.catalog->put(input("1", {1, 2}));
  EXPECT_TRUE(is_done_);
  ASSERT_TRUE(outcome) << outcome.error().describe();
  EXPECT_EQ(outcome->kind, store::UpsertKind::kCreated);
  EXPECT_EQ(ours_.store->vectors().count(ours_.spaces[0].space_id).value(), 2)
      << "the image that the removed item had is embedded again";
}

TEST_F(ConcurrentProcesses, ARemovalAsksAgainWhenTheItemIsChangedMeanwhile) {
  const ItemId id = ours_.catalog->put(input("1", {1}))->id;
  const std::string title = ours_.catalog->get(id)->listing.title;
  std::vector<std::string> asked;
  const auto refuse_changed = [&](const domain::ItemRecord& item) -> Result<void> {
    asked.push_back(item.listing.title);
    if (item.listing.title != title) return Error{ErrorCode::kConflict, "no", "If-Match", {}};
    EXPECT_TRUE(theirs_.catalog->patch(id, {{"title", "Theirs"}}, 1000));
    return {};
  };
  const auto removed = ours_.catalog->remove(id, refuse_changed);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().field, "If-Match");
  EXPECT_THAT(asked, ElementsAre(title, "Theirs"));
  EXPECT_EQ(ours_.catalog->get(id)->listing.title, "Theirs");

  int times = 0;
  const auto allow = [&](const domain::ItemRecord& /*item*/) -> Result<void> {
    if (++times < 3) {
      EXPECT_TRUE(theirs_.catalog->patch(id, {{"price", times}}, 1000));
    }
    return {};
  };
  EXPECT_TRUE(ours_.catalog->remove(id, allow));
  EXPECT_EQ(times, 3);
  EXPECT_EQ(ours_.store->items().counts()->items, 0);
}

TEST_F(ConcurrentProcesses, OfTwoRemovalsTheSecondFindsNothing) {
  const ItemId id = ours_.catalog->put(input("1", {1}))->id;
  const auto removed = ours_.catalog->remove(id, [&](const domain::ItemRecord& /*item*/) -> Result<void> {
    EXPECT_TRUE(theirs_.catalog->remove(id));
    return {};
  });
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::kNotFound);
}

TEST_F(ConcurrentProcesses, AnImageThatTheItemLosesAfterThePreparationIsLoadedAfterAll) {
  const ItemId id = ours_.catalog->put(input("1", {1}))->id;
  ItemInput cheaper = input("1", {1, 3});
  cheaper.listing.price = 5;
  auto prepared = ours_.catalog->prepare(cheaper.images, id, {});
  ASSERT_TRUE(prepared) << prepared.error().describe();
  ASSERT_TRUE(theirs_.catalog->put(input("1", {2})));
  ASSERT_TRUE(ours_.catalog->put(cheaper, *std::move(prepared)));
  const auto item = ours_.catalog->get(id);
  ASSERT_THAT(item->images, SizeIs(2));
  EXPECT_EQ(item->images[0].sha256, sha256_hex(jpeg(1)));
  EXPECT_EQ(ours_.store->vectors().count(ours_.spaces[0].space_id).value(), 2);
}

TEST_F(ConcurrentProcesses, NoUpdateIsLost) {
  const ItemId id = ours_.catalog->put(input("1", {1}))->id;
  const auto photo = ours_.store->items().get(id)->images.at(0).sha256;
  meanwhile([&] { EXPECT_TRUE(theirs_.catalog->put(input("1", {2}))); });
  ItemInput text_only = input("1", {});
  text_only.listing.title = "Another title";
  const auto outcome = ours_.catalog->replace(id, text_only);
  EXPECT_TRUE(is_done_);
  ASSERT_TRUE(outcome) << outcome.error().describe();
  const auto item = *ours_.store->items().get(id);
  EXPECT_EQ(item.listing.title, "Another title");
  EXPECT_NE(item.images.at(0).sha256, photo) << "their photo stays";
}

TEST(BackfillTest, NewSpaceIsFilled) {
  TempDir folder;
  {
    Bench bench({.folder = folder.path()});
    for (std::uint64_t i = 0; i < 70; ++i) ASSERT_TRUE(bench.catalog->put(input(std::to_string(i), {i})));
  }
  Bench bench({.folder = folder.path(), .second_space = true});
  std::int64_t last_done = 0;
  Catalog::BackfillReport report;
  const auto filled = bench.catalog->backfill(
      {},
      [&](std::int64_t done, std::int64_t total) {
        EXPECT_EQ(total, 70);
        last_done = done;
      },
      {}, report);
  ASSERT_TRUE(filled) << filled.error().describe();
  EXPECT_EQ(report.done, 70);
  EXPECT_EQ(report.failed, 0);
  EXPECT_EQ(last_done, 70);
  EXPECT_EQ(bench.embedder.embedded_images, 0);
  EXPECT_EQ(bench.store->vectors().count(bench.spaces[1].space_id).value(), 70);
  // Both spaces have equal vectors of an image.
  const auto a = bench.store->vectors().list(bench.spaces[0].space_id, {}, 100);
  const auto b = bench.store->vectors().list(bench.spaces[1].space_id, {}, 100);
  for (std::size_t i = 0; i < 70; ++i) EXPECT_EQ(a->at(i).values, b->at(i).values);
}

TEST(BackfillTest, StopsResumesAndCountsFailures) {
  TempDir folder;
  {
    Bench bench({.folder = folder.path()});
    for (std::uint64_t i = 0; i < 70; ++i) ASSERT_TRUE(bench.catalog->put(input(std::to_string(i), {i})));
    const auto sha256 = bench.item("shop", "3").images.at(0).sha256;
    std::filesystem::remove(bench.folder() / "storage/images" / sha256.substr(0, 2) / (sha256 + ".jpg"));
  }
  Bench bench({.folder = folder.path(), .second_space = true});
  std::stop_source stop;
  Catalog::BackfillReport first;
  const auto stopped = bench.catalog->backfill(
      {},
      [&](std::int64_t done, std::int64_t) {
        if (done >= 64) stop.request_stop();
      },
      stop.get_token(), first);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(first.done, 63);
  EXPECT_EQ(first.failed, 1);
  Catalog::BackfillReport rest;
  ASSERT_TRUE(bench.catalog->backfill({}, {}, {}, rest));
  EXPECT_EQ(rest.done, 6);
  EXPECT_EQ(rest.failed, 1);
}

}  // namespace
}  // namespace fit::catalog
