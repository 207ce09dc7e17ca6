#include "catalog/backup_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "base/folder_lock.h"
#include "blobs/local_blobs.h"
#include "catalog/backup_verification.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace fs = std::filesystem;

Timestamp at(const std::string& text) {
  return parse_rfc3339("time", text).value();
}

// The times that a rule keeps of one backup a day at 03:15 over `days`, up to 2026-12-01.
std::vector<std::string> kept_of_daily(int days, const KeepRule& rule) {
  std::vector<Timestamp> times;
  for (int i = 0; i < days; ++i) times.push_back(at("2026-12-01T03:15:00Z") - std::chrono::days(i));
  const std::vector<bool> kept = kept_backups(times, rule);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (kept[i]) names.push_back(to_rfc3339(times[i]).substr(0, 10));
  }
  return names;
}

TEST(KeepRule, ReadsAgeClasses) {
  const KeepRule rule = KeepRule::parse("--keep", "7d, 4w,12m").value();
  EXPECT_EQ(rule.days, 7);
  EXPECT_EQ(rule.weeks, 4);
  EXPECT_EQ(rule.months, 12);
  EXPECT_EQ(rule.latest + rule.hours + rule.years, 0);
  EXPECT_EQ(KeepRule::parse("--keep", "7")->latest, 7);
  EXPECT_EQ(KeepRule::parse("--keep", "24h,3y,2")->hours, 24);
}

TEST(KeepRule, RefusesOtherTexts) {
  for (const char* text :
       {"", ",", "d", "7d,", "0d", "-1d", "7x", "7d,8d", "7 d", "1.5d", "99999d", "all", "7dd"}) {
    const auto rule = KeepRule::parse("--keep", text);
    ASSERT_FALSE(rule) << text;
    EXPECT_EQ(rule.error().field, "--keep");
  }
}

TEST(KeepRule, TheLatestOfEachPeriodIsKept) {
  // Tuesday is the first of December: the last Sundays end the weeks before.
  EXPECT_THAT(kept_of_daily(400, {.days = 3, .weeks = 3, .months = 3}),
              ElementsAre("2026-12-01", "2026-11-30", "2026-11-29", "2026-11-22", "2026-10-31"));
  EXPECT_THAT(kept_of_daily(400, {.years = 5}), ElementsAre("2026-12-01", "2025-12-31"));
  EXPECT_THAT(kept_of_daily(10, {.latest = 2}), ElementsAre("2026-12-01", "2026-11-30"));
  EXPECT_THAT(kept_of_daily(10, {}), ElementsAre("2026-12-01")) << "the latest is always kept";
  EXPECT_THAT(kept_of_daily(400, {.days = 7, .weeks = 4, .months = 12}), SizeIs(7 + 2 + 10));
}

TEST(KeepRule, TheOrderOfTheTimesDoesNotMatter) {
  const std::vector<Timestamp> times = {at("2026-11-30T08:00:00Z"), at("2026-12-01T08:00:00Z"),
                                        at("2026-12-01T20:00:00Z"), at("2026-11-30T20:00:00Z")};
  EXPECT_THAT(kept_backups(times, {.days = 2}), ElementsAre(false, false, true, true));
  EXPECT_THAT(kept_backups(times, {.hours = 3}), ElementsAre(false, true, true, true));
  EXPECT_THAT(kept_backups({}, {.days = 2}), IsEmpty());
}

// Years of backups, each day one, rotated after each: what a rule promises is there, and no more.
TEST(KeepRule, RotationEachDayKeepsTheMonths) {
  const KeepRule rule{.days = 7, .weeks = 4, .months = 12};
  std::vector<Timestamp> times;
  for (int day = 0; day < 800; ++day) {
    times.push_back(at("2024-01-01T03:15:00Z") + std::chrono::days(day));
    const auto kept = kept_backups(times, rule);
    std::vector<Timestamp> rest;
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (kept[i]) rest.push_back(times[i]);
    }
    times = std::move(rest);
  }
  EXPECT_GE(times.size(), 17u);
  EXPECT_LE(times.size(), 23u);
  EXPECT_GT(times.back() - times.front(), std::chrono::days(310));
}

class BackupSeriesTest : public ::testing::Test {
 protected:
  BackupSeriesTest() {
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(bench_.catalog->put(
          testing::shop_row(std::to_string(i), "Dress", {static_cast<std::uint64_t>(i)})));
    }
  }

  BackupLocations place() {
    return {.database_url = "sqlite:///" + (bench_.folder() / "fit.db").string(),
            .images = images_,
            .folder = series()};
  }
  fs::path series() const { return temp_.path() / "series"; }
  // A backup of an earlier time, by its name only.
  void pretend(const std::string& name) const {
    fs::create_directories(series() / name);
    std::ofstream(series() / name / "manifest.json") << "{}";
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(series())) all.push_back(entry.path().filename());
    std::ranges::sort(all);
    return all;
  }
  Result<VerificationReport> verify(const fs::path& folder) const {
    return verify_backup({.backup = folder, .scratch = temp_.path(), .database_url = {}}, {}, {});
  }

  Bench bench_;
  const TempDir temp_;
  blobs::LocalBlobs images_{bench_.folder() / "storage" / "images"};
};

TEST_F(BackupSeriesTest, ABackupIsAddedAndOldOnesAreRotated) {
  for (const char* name : {"20200101T000000Z", "20200102T000000Z", "20200215T000000Z", "notes"})
    pretend(name);
  fs::create_directories(series() / "20200301T000000Z.unfinished" / "database");
  const KeepRule rule{.months = 3};
  const auto report = back_up_to_series(place(), &rule, {}, {});
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_THAT(report->removed, ElementsAre(series() / "20200101T000000Z"));
  EXPECT_THAT(names(), ElementsAre("20200102T000000Z", "20200215T000000Z", report->folder.filename().string(),
                                   "notes"));
  EXPECT_EQ(list_backups(series())->back().folder, report->folder);
  EXPECT_TRUE(verify(report->folder));
}

TEST_F(BackupSeriesTest, TwoBackupsWithinASecondHaveTwoNames) {
  const auto first = back_up_to_series(place(), nullptr, {}, {});
  const auto second = back_up_to_series(place(), nullptr, {}, {});
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->folder, second->folder);
  EXPECT_THAT(*list_backups(series()), SizeIs(2)) << "without a rule none is removed";
}

TEST_F(BackupSeriesTest, AFailedBackupRemovesNoneAndLeavesNothing) {
  pretend("20200101T000000Z");
  pretend("20200102T000000Z");
  const KeepRule rule{.latest = 1};
  BackupLocations nowhere{.database_url = "sqlite:///" + (temp_.path() / "none.db").string(),
                          .images = images_,
                          .folder = series()};
  EXPECT_FALSE(back_up_to_series(nowhere, &rule, {}, {}));
  EXPECT_THAT(names(), ElementsAre("20200101T000000Z", "20200102T000000Z"));
}

TEST_F(BackupSeriesTest, OneProcessWritesASeriesAtATime) {
  fs::create_directories(series());
  const auto other = FolderLock::take(series(), FolderLock::Kind::kAlone);
  ASSERT_TRUE(other);
  const auto report = back_up_to_series(place(), nullptr, {}, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
}

TEST_F(BackupSeriesTest, VerificationRestoresTheLatestAndLeavesNothing) {
  pretend("20200101T000000Z");
  const auto made = back_up_to_series(place(), nullptr, {}, {});
  ASSERT_TRUE(made);
  const auto before = std::distance(fs::directory_iterator(temp_.path()), {});
  const auto report = verify(series());
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->folder, made->folder);
  EXPECT_EQ(report->checked_images, 3);
  EXPECT_EQ(report->backup.images, 3);
  EXPECT_EQ(std::distance(fs::directory_iterator(temp_.path()), {}), before);
}

TEST_F(BackupSeriesTest, VerificationFindsWhatIsMissingOrDamaged) {
  const auto made = back_up_to_series(place(), nullptr, {}, {});
  ASSERT_TRUE(made);
  fs::path image;
  for (const auto& entry : fs::recursive_directory_iterator(made->folder / "images")) {
    if (entry.is_regular_file()) image = entry.path();
  }
  const Bytes content = read_file(image, 1 << 20).value();
  std::ofstream(image, std::ios::app) << "x";
  EXPECT_EQ(verify(series()).error().code, ErrorCode::kMalformed);
  fs::remove(image);
  EXPECT_EQ(verify(series()).error().code, ErrorCode::kMalformed) << "the count differs";
  ASSERT_TRUE(write_file_atomically(image, content));
  EXPECT_TRUE(verify(series()));
  std::fstream database(made->folder / "database" / "fit.db",
                        std::ios::in | std::ios::out | std::ios::binary);
  database.seekp(20'000);
  database << "damage";
  database.close();
  EXPECT_FALSE(verify(series()));
  EXPECT_EQ(verify(temp_.path() / "nothing").error().code, ErrorCode::kNotFound);
}

TEST_F(BackupSeriesTest, ADatabaseIsNamedForPostgresOnly) {
  const auto made = back_up_to_series(place(), nullptr, {}, {});
  ASSERT_TRUE(made);
  const auto refused = verify_backup(
      {.backup = made->folder, .scratch = temp_.path(), .database_url = "postgresql://127.0.0.1:1/x"}, {},
      {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "--database");
}

}  // namespace
}  // namespace fit::catalog
