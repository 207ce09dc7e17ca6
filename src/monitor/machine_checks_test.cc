#include "monitor/machine_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/temp_dir.h"

namespace fit::monitor {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kMi = 1u << 20;
constexpr std::uint64_t kGi = 1u << 30;

Severity severity_of(const Finding& finding) {
  EXPECT_EQ(finding.advice.empty(), finding.severity == Severity::kOk) << finding.what;
  return finding.severity;
}

TEST(MachineChecks, AFolderOfThisUserIsFine) {
  const TempDir folder;
  EXPECT_EQ(severity_of(check_folder("STORAGE_PATH", folder.path(), ::geteuid())), Severity::kOk);
  const Finding missing = check_folder("STORAGE_PATH", folder.path() / "a" / "b", ::geteuid());
  EXPECT_EQ(severity_of(missing), Severity::kOk);
  EXPECT_THAT(missing.what, HasSubstr("the program makes it"));
}

TEST(MachineChecks, AFileIsNoFolder) {
  const TempDir folder;
  std::ofstream(folder.path() / "data") << "x";
  EXPECT_EQ(severity_of(check_folder("STORAGE_PATH", folder.path() / "data", ::geteuid())), Severity::kFault);
}

TEST(MachineChecks, AFolderThatEverybodyMayChangeIsAFault) {
  const TempDir folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0777), 0);
  const Finding finding = check_folder("STORAGE_PATH", folder.path(), ::geteuid());
  EXPECT_EQ(severity_of(finding), Severity::kFault);
  EXPECT_THAT(finding.advice, HasSubstr("chmod 0750"));
}

TEST(MachineChecks, AFolderThatMayNotBeWrittenIsAFault) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everything";
  const TempDir folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0500), 0);
  EXPECT_EQ(severity_of(check_folder("STORAGE_PATH", folder.path(), ::geteuid())), Severity::kFault);
  EXPECT_EQ(severity_of(check_folder("STORAGE_PATH", folder.path() / "data", ::geteuid())), Severity::kFault);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0700), 0);
}

TEST(MachineChecks, FilesOfAnotherUserAreNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const TempDir folder;
  std::ofstream(folder.path() / "fit.db") << "x";
  ASSERT_EQ(::chown(folder.path().c_str(), 4711, 4711), 0);
  const Finding mixed = check_folder("STORAGE_PATH", folder.path(), 0);
  EXPECT_EQ(severity_of(mixed), Severity::kWarning);
  EXPECT_THAT(mixed.what, HasSubstr("fit.db"));
  EXPECT_THAT(mixed.advice, HasSubstr("chown -R 4711"));
  ASSERT_EQ(::chown((folder.path() / "fit.db").c_str(), 4711, 4711), 0);
  const Finding root = check_folder("STORAGE_PATH", folder.path(), 0);
  EXPECT_EQ(severity_of(root), Severity::kWarning);
  EXPECT_THAT(root.advice, HasSubstr("sudo -u 4711"));
}

TEST(MachineChecks, LittleSpaceIsAWarningAndNoneAFault) {
  const auto of = [](std::uint64_t free, std::uint64_t total) {
    return severity_of(check_disk_space(
        {.free_bytes = free, .total_bytes = total, .free_files = 5000, .total_files = 10'000}));
  };
  EXPECT_EQ(of(50 * kGi, 100 * kGi), Severity::kOk);
  EXPECT_EQ(of(30 * kGi, 1000 * kGi), Severity::kOk) << "a small part of a large disk is much";
  EXPECT_EQ(of(9 * kGi, 100 * kGi), Severity::kWarning);
  EXPECT_EQ(of(100 * kMi, 100 * kGi), Severity::kFault);
  EXPECT_EQ(severity_of(check_disk_space(
                {.free_bytes = 50 * kGi, .total_bytes = 60 * kGi, .free_files = 3, .total_files = 10'000})),
            Severity::kFault);
  EXPECT_EQ(severity_of(check_disk_space(
                {.free_bytes = 50 * kGi, .total_bytes = 60 * kGi, .free_files = 0, .total_files = 0})),
            Severity::kOk)
      << "btrfs counts no files";
}

TEST(MachineChecks, SpaceIsReadOfAFolderThatIsNotThereYet) {
  const TempDir folder;
  const auto space = read_disk_space(folder.path() / "a" / "b");
  ASSERT_TRUE(space);
  EXPECT_GT(space->total_bytes, 0u);
}

TEST(MachineChecks, TheIndexMustFitIntoTheMemory) {
  EXPECT_EQ(severity_of(check_memory({.index = 0, .budgets = kGi}, 4 * kGi)), Severity::kOk);
  EXPECT_EQ(severity_of(check_memory({.index = kGi, .budgets = 4 * kGi}, 4 * kGi)), Severity::kWarning);
  EXPECT_EQ(severity_of(check_memory({.index = 4 * kGi, .budgets = 0}, 4 * kGi)), Severity::kFault);
  // A million vectors of CLIP: 2 KiB each, with 34 links and some more.
  const std::uint64_t million = index_bytes(1'000'000, {}, {.dimensions = 512});
  EXPECT_GT(million, 2'048'000'000u);
  EXPECT_LT(million, 2'400'000'000u);
  EXPECT_LT(index_bytes(1'000'000, {.memory_bytes = kGi}, {.dimensions = 512}), 400'000'000u)
      << "vectors on disk";
}

TEST(MachineChecks, TheKindOfTheIndexIsSaid) {
  const index::IndexOptions options{.dimensions = 512};
  const index::Room much{.memory_bytes = 8 * kGi, .disk_bytes = 100 * kGi};
  EXPECT_THAT(check_index(100, {}, options, much).what, HasSubstr("one by one"));
  EXPECT_THAT(check_index(100'000, {}, options, much).what, HasSubstr("by a graph"));
  const index::KindPolicy little{.memory_bytes = kGi};
  EXPECT_EQ(severity_of(check_index(1'000'000, little, options, much)), Severity::kOk);
  const Finding full = check_index(1'000'000, little, options, {.memory_bytes = kGi, .disk_bytes = kGi});
  EXPECT_EQ(severity_of(full), Severity::kWarning);
  EXPECT_THAT(full.what, HasSubstr("1.0 GiB are left"));
}

TEST(MachineChecks, FewOpenFilesAreAWarning) {
  EXPECT_EQ(severity_of(check_open_files({.soft = 65'536, .hard = 65'536}, 5000)), Severity::kOk);
  const Finding low = check_open_files({.soft = 1024, .hard = 65'536}, 5000);
  EXPECT_EQ(severity_of(low), Severity::kWarning);
  EXPECT_THAT(low.advice, HasSubstr("LimitNOFILE=5000"));
  EXPECT_THAT(check_open_files({.soft = 1024, .hard = 1024}, 5000).advice, HasSubstr("as root"));
  EXPECT_GT(read_open_file_limit().soft, 0u);
}

TEST(MachineChecks, AClockThatIsWrongIsAFault) {
  EXPECT_EQ(severity_of(check_clock({.time = now(), .is_synchronised = true})), Severity::kOk);
  EXPECT_EQ(severity_of(check_clock({.time = now(), .is_synchronised = false})), Severity::kWarning);
  EXPECT_EQ(severity_of(check_clock({.time = Timestamp(), .is_synchronised = true})), Severity::kFault);
  EXPECT_GT(read_clock().time, Timestamp());
}

TEST(MachineChecks, AProcessorWithoutWideVectorsIsAWarning) {
  for (const char* target : {"AVX2", "AVX3_ZEN4", "NEON", "SVE2"}) {
    EXPECT_EQ(severity_of(check_processor(target)), Severity::kOk) << target;
  }
  for (const char* target : {"SSE2", "SSSE3", "SSE4", "EMU128"}) {
    EXPECT_EQ(severity_of(check_processor(target)), Severity::kWarning) << target;
  }
}

}  // namespace
}  // namespace fit::monitor
