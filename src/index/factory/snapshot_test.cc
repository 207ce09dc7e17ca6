// Snapshots under damage, crashes and full disks. The contract tests show that a snapshot restores the same
// index.

#include "index/snapshot.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/files.h"
#include "base/format.h"
#include "base/small_disk.h"
#include "base/temp_dir.h"
#include "index/factory/open_index.h"
#include "index/test_vectors.h"

namespace fit::index {
namespace {

constexpr int kStoredDimensions = 12;
const IndexOptions kOptions{
    .dimensions = kStoredDimensions, .m = 4, .ef_construction = 30, .build_threads = 1};

class SnapshotDamage : public testing::TestWithParam<IndexKind> {
 protected:
  static IndexOptions options() {
    IndexOptions options = kOptions;
    options.kind = GetParam();
    return options;
  }
  std::unique_ptr<VectorIndex> make(std::size_t images = 300) const {
    auto index = make_index(options());
    // Each vector comes twice, so that there are satellites.
    const TestVectors vectors(kStoredDimensions, images, 1);
    auto entries = vectors.entries(0, images);
    for (std::size_t i = 1; i < images; i += 2) entries[i].vector = entries[i - 1].vector;
    EXPECT_TRUE(index->upsert(entries));
    return index;
  }
  std::filesystem::path file() const { return folder_.path() / "vectors.fitindex"; }
  std::string content() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& bytes) const {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
  }
  void expect_malformed(const std::string& bytes, const std::string& what) const {
    put(bytes);
    const auto loaded = open_index(folder_.path(), options());
    ASSERT_FALSE(loaded) << what;
    EXPECT_EQ(loaded.error().code, ErrorCode::kMalformed) << what << ": " << loaded.error().describe();
    EXPECT_EQ(loaded.error().field, "snapshot");
  }

  TempDir folder_;
};

TEST_P(SnapshotDamage, EveryTruncationIsNoticed) {
  ASSERT_TRUE(make()->save(folder_.path(), 1, "v"));
  const std::string whole = content();
  for (std::size_t part = 0; part < 40; ++part) {
    const std::size_t size = part * whole.size() / 40;
    expect_malformed(whole.substr(0, size), fit::format("cut to {} of {}", size, whole.size()));
  }
  for (std::size_t size = 380; size < 420; ++size)
    expect_malformed(whole.substr(0, size), "around the header's end");
  expect_malformed(whole.substr(0, whole.size() - 1), "the last byte is missing");
  expect_malformed(whole + "x", "a byte too many");
}

TEST_P(SnapshotDamage, EveryFlippedBitIsNoticed) {
  ASSERT_TRUE(make()->save(folder_.path(), 1, "v"));
  const std::string whole = content();
  std::mt19937 random(3);
  for (std::size_t byte = 0; byte < whole.size();
       byte += byte < 420 ? 1 : 1 + random() % (whole.size() / 150)) {
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << (random() % 8)));
    expect_malformed(damaged, fit::format("byte {} of {}", byte, whole.size()));
  }
}

TEST_P(SnapshotDamage, OtherDimensionsFormatsAndFilesAreRefused) {
  ASSERT_TRUE(make()->save(folder_.path(), 1, "v"));
  const std::string whole = content();
  IndexOptions wider = options();
  wider.dimensions = 13;
  auto loaded = open_index(folder_.path(), wider);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(loaded.error().message, testing::HasSubstr("12 dimensions"));
  std::string later = whole;
  later[8] = 2;
  put(later);
  loaded = open_index(folder_.path(), options());
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, testing::HasSubstr("format version 2"));
  expect_malformed("", "empty");
  expect_malformed(std::string(10'000, 'x'), "no snapshot");
  expect_malformed(std::string(10'000, '\0'), "zeros");
}

TEST_P(SnapshotDamage, AbsentIsNotFoundAndAFolderInItsPlaceIsMalformed) {
  const auto loaded = open_index(folder_.path() / "nowhere", options());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open_index(folder_.path(), options()).error().code, ErrorCode::kNotFound);
  std::filesystem::create_directory(file());
  EXPECT_EQ(open_index(folder_.path(), options()).error().code, ErrorCode::kMalformed);
}

TEST_P(SnapshotDamage, TheTemporaryFileOfACrashIsReplaced) {
  const auto index = make();
  ASSERT_TRUE(index->save(folder_.path(), 1, "old"));
  const auto aside = folder_.path() / "vectors.fitindex.tmp";
  std::ofstream(aside, std::ios::binary) << std::string(1'000'000, 'x');
  auto loaded = open_index(folder_.path(), options());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->space_version, "old");
  ASSERT_TRUE(index->save(folder_.path(), 2, "new"));
  EXPECT_FALSE(std::filesystem::exists(aside));
  loaded = open_index(folder_.path(), options());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->space_version, "new");
  EXPECT_EQ(loaded->position, 2);
}

TEST_P(SnapshotDamage, ASecondWriterIsAConflict) {
  const auto index = make();
  auto other = SnapshotWriter::create(folder_.path());
  ASSERT_TRUE(other);
  const auto saved = index->save(folder_.path(), 1, "v");
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kConflict);
}

TEST_P(SnapshotDamage, ASpaceVersionTooLongIsRefused) {
  const auto index = make();
  ASSERT_TRUE(index->save(folder_.path(), 1, "old"));
  const auto saved = index->save(folder_.path(), 2, std::string(256, 'v'));
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().field, "space_version");
  EXPECT_EQ(open_index(folder_.path(), options())->space_version, "old");
  ASSERT_TRUE(index->save(folder_.path(), 3, std::string(255, 'v')));
  EXPECT_EQ(open_index(folder_.path(), options())->space_version, std::string(255, 'v'));
}

TEST_P(SnapshotDamage, AFullDiskLeavesTheOldSnapshot) {
  const auto small = folder_.path() / "small";
  std::filesystem::create_directory(small);
  const SmallDisk disk(small, "256k");
  if (!disk.is_mounted()) GTEST_SKIP() << "needs the right to mount a small file system";
  ASSERT_TRUE(make(300)->save(small, 1, "old"));
  const auto saved = make(20'000 / 4)->save(small, 2, "new");
  auto loaded = open_index(small, options());
  const bool left_behind = std::filesystem::exists(small / "vectors.fitindex.tmp");
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kStorageFull) << saved.error().describe();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->space_version, "old");
  EXPECT_FALSE(left_behind);
}

TEST(Snapshot, AnotherKindIsRefused) {
  const TempDir folder;
  ASSERT_TRUE(make_index(kOptions)->save(folder.path(), 1, "v"));
  IndexOptions other = kOptions;
  other.kind = IndexKind::kExact;
  const auto opened = open_index(folder.path(), other);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kMalformed);
}

TEST(Snapshot, AnotherMIsRefused) {
  const TempDir folder;
  ASSERT_TRUE(make_index(kOptions)->save(folder.path(), 1, "v"));
  IndexOptions other = kOptions;
  other.m = 8;
  const auto loaded = open_index(folder.path(), other);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kMalformed);
}

// A snapshot with valid checksums over inconsistent content is refused, and does not crash the program.
TEST(Snapshot, LinksThatMakeNoGraphAreRefused) {
  // Row bytes: 4 floats, the chain, a count and 2 m = 4 neighbours, padded to a cache line.
  constexpr std::size_t kRow = 64;
  struct Row {
    std::array<float, 4> vector{1, 0, 0, 0};
    std::uint32_t chain = 0;
    std::uint32_t count = 0;
    std::array<std::uint32_t, 4> links{};
    std::array<std::uint32_t, 6> rest{};
  };
  static_assert(sizeof(Row) == kRow);
  const auto load = [&](std::vector<Row> rows, std::vector<std::uint8_t> levels,
                        std::vector<std::uint32_t> upper, std::uint32_t entry, std::int32_t entry_level) {
    const TempDir folder;
    auto writer = SnapshotWriter::create(folder.path());
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < rows.size(); ++i) ids.push_back(static_cast<std::int64_t>(i + 1));
    EXPECT_TRUE(writer->add(std::as_bytes(std::span(ids))));
    EXPECT_TRUE(writer->add(std::as_bytes(std::span(ids))));
    EXPECT_TRUE(writer->add(std::as_bytes(std::span(rows))));
    EXPECT_TRUE(writer->add(std::as_bytes(std::span(levels))));
    EXPECT_TRUE(writer->add(std::as_bytes(std::span(upper))));
    EXPECT_TRUE(writer->commit({.kind = SnapshotKind::kHnsw,
                                .dimensions = 4,
                                .m = 2,
                                .ef_construction = 10,
                                .slots = rows.size(),
                                .row_bytes = kRow,
                                .position = 0,
                                .entry_node = entry,
                                .entry_level = entry_level,
                                .space_version = "v"}));
    const auto loaded = open_index(folder.path(), {.dimensions = 4, .m = 2});
    return loaded ? std::string("loaded") : std::string(to_string(loaded.error().code));
  };
  Row linked;
  linked.count = 1;
  linked.links[0] = 1;
  Row back = linked;
  back.links[0] = 0;
  EXPECT_EQ(load({linked, back}, {0, 0}, {}, 0, 0), "loaded");
  EXPECT_EQ(load({linked, back}, {1, 0}, {0, 0, 0}, 0, 1), "loaded");
  EXPECT_EQ(load({linked, back}, {0, 0}, {}, 2, 0), "malformed") << "the entry does not exist";
  EXPECT_EQ(load({linked, back}, {0, 0}, {}, 0, 1), "malformed") << "the entry lacks the level";
  EXPECT_EQ(load({linked, back}, {1, 0}, {1, 1, 0}, 0, 1), "malformed") << "a neighbour lacks the level";
  EXPECT_EQ(load({linked, back}, {1, 0}, {0, 0}, 0, 1), "malformed") << "too few upper links";
  EXPECT_EQ(load({linked, back}, {0, 0}, {0, 0, 0}, 0, 0), "malformed") << "too many upper links";
  EXPECT_EQ(load({linked, back}, {0}, {}, 0, 0), "malformed") << "too few levels";
  EXPECT_EQ(load({linked, back}, {0, 200}, {}, 0, 0), "malformed") << "a level too high";
  EXPECT_EQ(load({linked, back}, {0, 255}, {}, 0, 0), "malformed") << "a satellite as a neighbour";
  Row far = linked;
  far.links[0] = 7;
  EXPECT_EQ(load({far, back}, {0, 0}, {}, 0, 0), "malformed") << "a neighbour does not exist";
  Row many = linked;
  many.count = 5;
  EXPECT_EQ(load({many, back}, {0, 0}, {}, 0, 0), "malformed") << "a list too long";
  Row host;
  host.chain = 2;  // slot 1
  EXPECT_EQ(load({host, Row{}}, {0, 255}, {}, 0, 0), "loaded");
  EXPECT_EQ(load({Row{}, Row{}}, {0, 255}, {}, 0, 0), "malformed") << "a satellite of nobody";
  EXPECT_EQ(load({host, host}, {0, 255}, {}, 0, 0), "malformed") << "a chain in a circle";
  EXPECT_EQ(load({host, Row{}, host}, {0, 255, 0}, {}, 0, 0), "malformed") << "a satellite of two";
  host.chain = 9;
  EXPECT_EQ(load({host, Row{}}, {0, 255}, {}, 0, 0), "malformed") << "a chain to nowhere";
}

INSTANTIATE_TEST_SUITE_P(Kinds, SnapshotDamage,
                         testing::Values(IndexKind::kExact, IndexKind::kHnsw, IndexKind::kQuantised),
                         [](const auto& kind) {
                           if (kind.param == IndexKind::kExact) return "exact";
                           return kind.param == IndexKind::kHnsw ? "hnsw" : "quantised";
                         });

}  // namespace
}  // namespace fit::index
