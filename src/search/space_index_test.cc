// The kind of a space's index follows the size of the catalogue.
#include "search/space_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "base/format.h"
#include "index/test_vectors.h"
#include "search/test_items.h"
#include "store/test_support.h"

namespace fit::search {
namespace {

using ::testing::HasSubstr;

constexpr int kWidth = 16;
constexpr std::size_t kBorder = 1820;  // vectors that fit into 256 KiB as exact ones
constexpr std::uint64_t kMuch = std::uint64_t{1} << 40;

class SpaceIndexKindTest : public testing::Test {
 protected:
  std::unique_ptr<SpaceIndex> open() {
    return std::make_unique<SpaceIndex>(
        *store_,
        SpaceIndex::Options{.folder = folder(),
                            .space = space_,
                            .index = {.build_threads = 1},
                            .policy = index::KindPolicy{.memory_bytes = 256 << 10},
                            .convert_again = std::chrono::seconds(0),
                            .room = [this](const auto&) { return index::Room{kMuch, free_bytes_}; }},
        Log::silent());
  }

  // Adds items until the catalogue has `count`.
  void grow(std::size_t count) {
    std::vector<domain::ItemWrite> items;
    for (; ids_.size() + items.size() < count;) {
      const std::size_t number = ids_.size() + items.size();
      const auto vector = vectors_[number];
      items.push_back(item_with_vector(static_cast<int>(number), fit::format("item {}", number), space_.id,
                                       {vector.begin(), vector.end()}));
    }
    const auto all = store_->items().upsert(items).value();
    for (const auto& written : all) ids_.push_back(written.id);
  }
  void shrink(std::size_t count) {
    for (; ids_.size() > count; ids_.pop_back()) ASSERT_TRUE(store_->items().remove(ids_.back()));
  }

  static void convert(SpaceIndex& index) {
    while (index.conversion()) {
      ASSERT_EQ(index.conversion()->problem, "");
      std::this_thread::yield();
      ASSERT_TRUE(index.catch_up());
    }
  }
  static std::string kind(const SpaceIndex& index) { return index.vectors()->stats().kind; }

  // Whether every item is found by its own vector, and no other one is.
  void expect_whole(const SpaceIndex& index) {
    EXPECT_EQ(index.vectors()->stats().images, ids_.size());
    for (std::size_t i = 0; i < ids_.size(); i += 97) {
      const auto found = index.vectors()->search(vectors_[i], {.limit = 1});
      ASSERT_TRUE(found);
      ASSERT_EQ(found->size(), 1U);
      EXPECT_EQ(found->front().item, ids_[i]);
    }
  }

  // Writes checkpoints until one names a segment.
  void save_with_a_segment(SpaceIndex& index) {
    while (true) {
      grow(ids_.size() + 1);
      ASSERT_TRUE(index.catch_up());
      ASSERT_TRUE(index.checkpoint());
      std::ifstream file(folder() / "quantised" / "vectors.fitindex", std::ios::binary);
      const std::string manifest{std::istreambuf_iterator<char>(file), {}};
      const auto segment = a_segment();
      if (!segment.empty() && manifest.contains(segment.filename().string())) return;
      std::this_thread::yield();
    }
  }
  std::filesystem::path a_segment() const {
    std::error_code missing;
    for (const auto& file : std::filesystem::directory_iterator(folder() / "quantised", missing)) {
      const std::string name = file.path().filename().string();
      if (name.starts_with("segment-") && !name.ends_with(".tmp")) return file.path();
    }
    return {};
  }

  std::filesystem::path folder() const { return folder_.path() / "index"; }
  bool has_snapshot() const { return std::filesystem::exists(folder() / "vectors.fitindex"); }
  bool has_segments() const { return std::filesystem::exists(folder() / "quantised" / "vectors.fitindex"); }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_ =
      store::open_catalogue(store::testing::sqlite_url(folder_)).value();
  domain::SpaceRecord space_ = store_->spaces().ensure({"test", "test", "1", kWidth}).value();
  index::TestVectors vectors_{kWidth, 4000, 1};
  std::vector<ItemId> ids_;
  std::uint64_t free_bytes_ = kMuch;
};

TEST_F(SpaceIndexKindTest, ACatalogueThatGrowsAcrossABorderIsConvertedAndSearchedMeanwhile) {
  grow(1500);
  const auto index = open();
  ASSERT_TRUE(index->catch_up());
  EXPECT_EQ(kind(*index), "exact");
  EXPECT_FALSE(index->conversion());
  ASSERT_TRUE(index->checkpoint());
  EXPECT_TRUE(has_snapshot());

  grow(2500);
  ASSERT_TRUE(index->catch_up());
  ASSERT_TRUE(index->conversion());
  EXPECT_EQ(index->conversion()->to, "quantised");
  EXPECT_EQ(kind(*index), "exact");
  expect_whole(*index);
  const auto held = index->vectors();
  // Writes go on during the conversion.
  shrink(2400);
  grow(2600);
  convert(*index);
  EXPECT_EQ(kind(*index), "quantised");
  expect_whole(*index);
  EXPECT_EQ(held->search(vectors_[5], {.limit = 1})->front().item, ids_[5]) << "a search that had begun";
  EXPECT_TRUE(has_segments());
  EXPECT_FALSE(has_snapshot());
  EXPECT_EQ(index->unsaved_changes(), 0) << "there is a checkpoint";
}

TEST_F(SpaceIndexKindTest, ItStaysOfItsKindNearTheBorderAndIsSmallAgainBelow) {
  grow(2500);
  auto index = open();
  ASSERT_TRUE(index->catch_up());
  EXPECT_EQ(kind(*index), "quantised") << "at the first reading of the catalogue";
  ASSERT_TRUE(index->checkpoint());
  shrink(kBorder * 9 / 10);
  index = open();
  ASSERT_TRUE(index->catch_up());
  EXPECT_FALSE(index->conversion());
  EXPECT_EQ(kind(*index), "quantised");
  shrink(kBorder / 2);
  ASSERT_TRUE(index->catch_up());
  convert(*index);
  EXPECT_EQ(kind(*index), "exact");
  expect_whole(*index);
  EXPECT_TRUE(has_snapshot());
  EXPECT_FALSE(has_segments());
  index.reset();
  index = open();
  EXPECT_EQ(kind(*index), "exact");
  EXPECT_GT(index->position(), 0) << "from its checkpoint";
  expect_whole(*index);
}

TEST_F(SpaceIndexKindTest, ARestartInAConversionBeginsItAnew) {
  grow(1500);
  {
    const auto index = open();
    ASSERT_TRUE(index->catch_up());
    ASSERT_TRUE(index->checkpoint());
    grow(2500);
    ASSERT_TRUE(index->catch_up());
    ASSERT_TRUE(index->conversion());
  }
  // What a crash leaves of an unfinished segment.
  std::filesystem::create_directories(folder() / "quantised");
  std::ofstream(folder() / "quantised" / "segment-0123456789abcdef.tmp") << "half";
  const auto index = open();
  EXPECT_EQ(kind(*index), "exact");
  EXPECT_EQ(index->vectors()->stats().images, 1500U) << "its checkpoint";
  ASSERT_TRUE(index->catch_up());
  expect_whole(*index);
  convert(*index);
  EXPECT_EQ(kind(*index), "quantised");
  expect_whole(*index);
  EXPECT_FALSE(std::filesystem::exists(folder() / "quantised" / "segment-0123456789abcdef.tmp"));
}

TEST_F(SpaceIndexKindTest, AfterACrashBetweenTheTwoCheckpointsTheLaterOneIsUsed) {
  grow(1500);
  auto index = open();
  ASSERT_TRUE(index->catch_up());
  ASSERT_TRUE(index->checkpoint());
  std::filesystem::copy_file(folder() / "vectors.fitindex", folder_.path() / "kept");
  grow(2500);
  ASSERT_TRUE(index->catch_up());
  convert(*index);
  index.reset();
  std::filesystem::copy_file(folder_.path() / "kept", folder() / "vectors.fitindex");
  index = open();
  EXPECT_EQ(kind(*index), "quantised");
  ASSERT_TRUE(index->catch_up());
  expect_whole(*index);
  index.reset();
  // The later one is damaged: the earlier one is used, and follows the changes since.
  std::ofstream(folder() / "quantised" / "vectors.fitindex") << "damaged";
  index = open();
  EXPECT_EQ(kind(*index), "exact");
  EXPECT_GT(index->position(), 0);
  ASSERT_TRUE(index->catch_up());
  convert(*index);
  EXPECT_EQ(kind(*index), "quantised");
  expect_whole(*index);
}

TEST_F(SpaceIndexKindTest, AConversionWithoutRoomIsRefusedAndTriedAgain) {
  grow(1500);
  const auto index = open();
  ASSERT_TRUE(index->catch_up());
  free_bytes_ = 1000;
  grow(2500);
  ASSERT_TRUE(index->catch_up());
  ASSERT_TRUE(index->conversion());
  EXPECT_EQ(index->conversion()->to, "quantised");
  EXPECT_THAT(index->conversion()->problem, HasSubstr("MiB of disk space, and 1 MiB are left"));
  EXPECT_EQ(kind(*index), "exact");
  expect_whole(*index);
  EXPECT_FALSE(has_segments());
  free_bytes_ = kMuch;
  ASSERT_TRUE(index->catch_up());
  convert(*index);
  EXPECT_EQ(kind(*index), "quantised");
  expect_whole(*index);
}

TEST_F(SpaceIndexKindTest, SegmentsThatCannotBeReadAreReplacedFromTheStore) {
  grow(2500);
  auto index = open();
  ASSERT_TRUE(index->catch_up());
  ASSERT_EQ(kind(*index), "quantised");
  save_with_a_segment(*index);
  const auto segment = a_segment();
  ASSERT_FALSE(segment.empty());
  // The vectors of an open segment are lost: those of the store are used.
  std::filesystem::resize_file(segment, 4096);
  expect_whole(*index);
  index.reset();
  // A segment that is damaged at the start: the index is built anew.
  index = open();
  EXPECT_EQ(index->position(), 0);
  ASSERT_TRUE(index->catch_up());
  expect_whole(*index);
}

TEST_F(SpaceIndexKindTest, SegmentsOfAnotherVersionAreBuiltAnew) {
  grow(2500);
  auto index = open();
  ASSERT_TRUE(index->catch_up());
  save_with_a_segment(*index);
  const auto segment = a_segment();
  ASSERT_FALSE(segment.empty());
  index.reset();
  {
    std::fstream file(segment, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(8);
    file.put(99);
  }
  index = open();
  EXPECT_EQ(index->position(), 0);
  ASSERT_TRUE(index->catch_up());
  EXPECT_EQ(kind(*index), "quantised");
  expect_whole(*index);
  ASSERT_TRUE(index->checkpoint());
  index.reset();
  index = open();
  EXPECT_GT(index->position(), 0);
  EXPECT_FALSE(std::filesystem::exists(segment)) << "the first checkpoint removes what it does not name";
}

// The second index on a folder is searched and follows the store, and leaves the folder alone.
TEST_F(SpaceIndexKindTest, TwoIndexesOnOneFolderDoNotDisturbEachOther) {
  grow(2500);
  const auto first = open();
  ASSERT_TRUE(first->catch_up());
  ASSERT_TRUE(first->checkpoint());
  const auto second = open();
  grow(2600);
  ASSERT_TRUE(second->catch_up());
  expect_whole(*second);
  EXPECT_EQ(second->checkpoint().error().code, ErrorCode::kConflict);
  ASSERT_TRUE(first->catch_up());
  ASSERT_TRUE(first->checkpoint());
  expect_whole(*first);
}

}  // namespace
}  // namespace fit::search
