// What every BlobStore promises, and what a local folder looks like.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/files.h"
#include "base/hash.h"
#include "base/temp_dir.h"
#include "blobs/local_blobs.h"
#include "blobs/test_s3.h"

namespace fit::blobs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kMaxBytes = 1 << 20;
constexpr std::chrono::hours kHour{1};

std::string name_of(std::string_view content, std::string_view extension = ".jpg") {
  return sha256_hex(as_bytes(content)) + std::string(extension);
}

// A way to make an empty store, null where this run has no server for it. Another kind of store adds itself
// to INSTANTIATE_TEST_SUITE_P.
struct StoreKind {
  const char* name;
  std::unique_ptr<BlobStore> (*make)(const std::filesystem::path& folder);
};

class BlobStoreContract : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    if (!store_) GTEST_SKIP() << "this run has no server for the store";
  }

  std::vector<std::string> names() {
    std::vector<std::string> found;
    EXPECT_TRUE(store_->list([&](const BlobInfo& blob) -> Result<void> {
      found.push_back(blob.name);
      return {};
    }));
    return found;
  }

  TempDir folder_;
  std::unique_ptr<BlobStore> store_ = GetParam().make(folder_.path() / "blobs");
};

TEST_P(BlobStoreContract, GivesBackWhatWasPut) {
  for (const Durability durability : {Durability::kSynced, Durability::kUnsynced}) {
    const std::string content = durability == Durability::kSynced ? "one" : "two";
    const std::string name = name_of(content);
    EXPECT_EQ(store_->get(name, kMaxBytes).error().code, ErrorCode::kNotFound);
    EXPECT_FALSE(store_->exists(name).value());
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(store_->put(name, as_bytes(content), durability)) << "the second time changes nothing";
      EXPECT_EQ(as_text(store_->get(name, kMaxBytes).value()), content);
      EXPECT_TRUE(store_->exists(name).value());
    }
    EXPECT_EQ(store_->get(name, 2).error().code, ErrorCode::kTooLarge);
  }
  EXPECT_EQ(names().size(), 2U) << "nothing was left aside";
}

TEST_P(BlobStoreContract, PutsManyAtOnce) {
  ASSERT_TRUE(store_->put(name_of("stored"), as_bytes("stored"), Durability::kSynced));
  const std::vector<std::string> contents = {"one", "two", "stored", "three", "one"};
  std::vector<BlobContent> files;
  for (const std::string& content : contents) files.push_back({name_of(content), as_bytes(content)});
  files.push_back({"../name", as_bytes("outside")});
  const auto results = store_->put_all(files);
  ASSERT_EQ(results.size(), files.size());
  for (std::size_t i = 0; i < contents.size(); ++i) {
    EXPECT_TRUE(results[i]) << contents[i];
    EXPECT_EQ(as_text(store_->get(files[i].name, kMaxBytes).value()), contents[i]);
  }
  EXPECT_EQ(results.back().error().code, ErrorCode::kInvalid) << "the others are stored";
  EXPECT_EQ(names().size(), 4U) << "nothing was left aside";
  EXPECT_TRUE(store_->put_all({}).empty());
}

TEST_P(BlobStoreContract, TakesCopiesOfLocalFiles) {
  const std::string name = name_of("one");
  const auto file = folder_.path() / "file";
  ASSERT_TRUE(store_->sync()) << "before anything was put";
  EXPECT_EQ(store_->put_file(name, file).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(names(), IsEmpty()) << "a failure leaves nothing";
  for (const std::string content : {"cut", "one"}) {
    ASSERT_TRUE(write_file_atomically(file, as_bytes(content)));
    ASSERT_TRUE(store_->put_file(name, file));
    EXPECT_EQ(as_text(store_->get(name, kMaxBytes).value()), content) << "the later file stands";
  }
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_THAT(names(), ElementsAre(name));
  EXPECT_TRUE(store_->sync());
  EXPECT_EQ(store_->put_file("../name", file).error().code, ErrorCode::kInvalid);
}

TEST_P(BlobStoreContract, ALocalPathLeadsToTheContent) {
  const std::string name = name_of("one");
  if (const auto path = store_->local_path(name)) {
    EXPECT_FALSE(std::filesystem::exists(*path));
  }
  ASSERT_TRUE(store_->put(name, as_bytes("one"), Durability::kSynced));
  if (const auto path = store_->local_path(name)) {
    EXPECT_EQ(as_text(read_file(*path, kMaxBytes).value()), "one");
  }
}

TEST_P(BlobStoreContract, ReadsAPart) {
  const std::string name = name_of("0123456789");
  EXPECT_EQ(store_->read(name, 0, 1).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(store_->put(name, as_bytes("0123456789"), Durability::kSynced));
  EXPECT_EQ(as_text(store_->read(name, 2, 3).value()), "234");
  EXPECT_EQ(as_text(store_->read(name, 8, kMaxBytes).value()), "89");
  EXPECT_EQ(as_text(store_->read(name, 10, 5).value()), "");
  EXPECT_EQ(store_->read("../name", 0, 1).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store_->probe());
}

TEST_P(BlobStoreContract, ListsEachFile) {
  EXPECT_THAT(names(), IsEmpty());
  ASSERT_TRUE(store_->put(name_of("a"), as_bytes("a"), Durability::kSynced));
  ASSERT_TRUE(store_->put(name_of("a", ".webp"), as_bytes("a"), Durability::kUnsynced));
  EXPECT_THAT(names(), ::testing::UnorderedElementsAre(name_of("a"), name_of("a", ".webp")));
  const auto stopped = store_->list([](const BlobInfo& blob) -> Result<void> {
    EXPECT_EQ(blob.size_bytes, 1);
    EXPECT_FALSE(blob.is_unfinished);
    EXPECT_GT(blob.put_at, now() - kHour);
    return cancelled();
  });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled) << "the visitor's error ends it";
}

TEST_P(BlobStoreContract, RemovesWhatIsOldEnough) {
  const std::string name = name_of("a");
  ASSERT_TRUE(store_->put(name, as_bytes("a"), Durability::kSynced));
  const BlobInfo blob{.name = name, .size_bytes = 1, .put_at = now()};
  EXPECT_FALSE(store_->remove(blob, now() - kHour).value());
  EXPECT_TRUE(store_->exists(name).value());
  EXPECT_TRUE(store_->remove(blob, now() + kHour).value());
  EXPECT_FALSE(store_->exists(name).value());
  EXPECT_TRUE(store_->remove(blob, now() + kHour).value()) << "it is gone already";
  EXPECT_FALSE(store_->renew(name).value());
}

TEST_P(BlobStoreContract, NoNameReachesOutside) {
  const std::string sha256(64, 'a');
  for (const std::string& name : std::vector<std::string>{
           "", sha256, sha256 + ".", "../../etc/passwd", sha256 + "./x", sha256.substr(1) + "/.jpg",
           sha256 + ".jpg/../x", std::string(64, 'A') + ".jpg", "/etc/passwd", sha256 + ".verylong"}) {
    EXPECT_EQ(store_->get(name, kMaxBytes).error().code, ErrorCode::kNotFound) << name;
    EXPECT_EQ(store_->put(name, {}, Durability::kSynced).error().code, ErrorCode::kInvalid) << name;
    EXPECT_FALSE(store_->exists(name).value()) << name;
    EXPECT_FALSE(store_->local_path(name)) << name;
    EXPECT_FALSE(store_->renew(name).value()) << name;
  }
}

TEST_P(BlobStoreContract, IsHeldForOnePurposeAtATime) {
  ASSERT_TRUE(store_->put(name_of("a"), as_bytes("a"), Durability::kSynced));
  {
    const auto reader = store_->hold(HoldFor::kReading);
    const auto other = store_->hold(HoldFor::kReading);
    EXPECT_TRUE(reader);
    EXPECT_TRUE(other);
    EXPECT_EQ(store_->hold(HoldFor::kRemoving).error().code, ErrorCode::kConflict);
  }
  const auto remover = store_->hold(HoldFor::kRemoving);
  EXPECT_TRUE(remover);
  EXPECT_EQ(store_->hold(HoldFor::kRemoving).error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_->hold(HoldFor::kReading).error().code, ErrorCode::kConflict);
}

std::unique_ptr<BlobStore> make_local(const std::filesystem::path& folder) {
  return std::make_unique<LocalBlobs>(folder);
}

std::unique_ptr<BlobStore> make_s3(const std::filesystem::path& folder) {
  const auto server = TestS3::find();
  if (!server) return nullptr;
  return std::make_unique<S3Blobs>(server->bucket(),
                                   "contract/" + sha256_hex(as_bytes(folder.string())).substr(0, 16));
}

INSTANTIATE_TEST_SUITE_P(Kinds, BlobStoreContract,
                         ::testing::Values(StoreKind{"local", make_local}, StoreKind{"s3", make_s3}),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST(LocalBlobsTest, CutFileIsWrittenAgain) {
  const TempDir folder;
  LocalBlobs store(folder.path());
  const std::string name = name_of("content");
  ASSERT_TRUE(store.put(name, as_bytes("content"), Durability::kSynced));
  ASSERT_TRUE(write_file_atomically(*store.local_path(name), as_bytes("con")));
  ASSERT_TRUE(store.put(name, as_bytes("content"), Durability::kSynced));
  EXPECT_EQ(as_text(store.get(name, kMaxBytes).value()), "content");
  EXPECT_EQ(*store.local_path(name), folder.path() / name.substr(0, 2) / name);
}

TEST(LocalBlobsTest, PutAndRenewMakeAFileNew) {
  const TempDir folder;
  LocalBlobs store(folder.path());
  const std::string name = name_of("a");
  ASSERT_TRUE(store.put(name, as_bytes("a"), Durability::kSynced));
  const auto make_old = [&] {
    std::filesystem::last_write_time(*store.local_path(name),
                                     std::filesystem::file_time_type::clock::now() - 2 * kHour);
  };
  const BlobInfo blob{.name = name, .size_bytes = 1, .put_at = {}};
  make_old();
  EXPECT_TRUE(store.renew(name).value());
  EXPECT_FALSE(store.remove(blob, now() - kHour).value());
  make_old();
  EXPECT_TRUE(store.put(name, as_bytes("a"), Durability::kSynced));
  EXPECT_FALSE(store.remove(blob, now() - kHour).value());
  make_old();
  EXPECT_TRUE(store.remove(blob, now() - kHour).value());
  EXPECT_FALSE(store.exists(name).value());
}

TEST(LocalBlobsTest, ListsWhatAKilledWriterLeftAndNothingOfOthers) {
  const TempDir folder;
  LocalBlobs store(folder.path());
  const std::string name = name_of("a");
  const auto shard = folder.path() / name.substr(0, 2);
  std::filesystem::create_directories(shard);
  std::ofstream(shard / (name + ".1.0.tmp")) << "half";
  std::ofstream(shard / "notes.txt") << "somebody else's";
  std::ofstream(folder.path() / "file") << "no folder";
  std::vector<std::string> found;
  ASSERT_TRUE(store.list([&](const BlobInfo& blob) -> Result<void> {
    EXPECT_TRUE(blob.is_unfinished);
    found.push_back(blob.name);
    EXPECT_TRUE(store.remove(blob, now() + kHour).value());
    return {};
  }));
  EXPECT_THAT(found, ElementsAre(name + ".1.0.tmp"));
  EXPECT_FALSE(std::filesystem::exists(shard / (name + ".1.0.tmp")));
  EXPECT_TRUE(std::filesystem::exists(shard / "notes.txt"));
}

TEST(LocalBlobsTest, FailureLeavesNothing) {
  const TempDir folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "blobs", as_bytes("in the way")));
  LocalBlobs store(folder.path() / "blobs");
  EXPECT_FALSE(store.put(name_of("a"), as_bytes("a"), Durability::kSynced));
  EXPECT_FALSE(store.put(name_of("a"), as_bytes("a"), Durability::kUnsynced));
  const std::string name = name_of("a");
  const BlobContent file{name, as_bytes("a")};
  EXPECT_FALSE(store.put_all(std::span(&file, 1)).at(0));
}

TEST(LocalBlobsTest, AFileInAManyThatCannotBeStoredLeavesTheOthers) {
  const TempDir folder;
  LocalBlobs store(folder.path());
  ASSERT_TRUE(write_file_atomically(folder.path() / name_of("a").substr(0, 2), as_bytes("in the way")));
  const std::vector<std::string> contents = {"a", "b", "c", "d"};
  std::vector<BlobContent> files;
  for (const std::string& content : contents) files.push_back({name_of(content), as_bytes(content)});
  const auto results = store.put_all(files);
  EXPECT_FALSE(results[0]);
  for (std::size_t i = 1; i < files.size(); ++i) {
    EXPECT_TRUE(results[i]);
    EXPECT_TRUE(store.exists(files[i].name).value());
  }
}

}  // namespace
}  // namespace fit::blobs
