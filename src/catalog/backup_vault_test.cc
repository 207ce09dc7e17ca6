#include "catalog/backup_vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/age_file.h"
#include "base/files.h"
#include "base/temp_dir.h"
#include "blobs/local_blobs.h"
#include "blobs/local_tree.h"
#include "catalog/backup_verification.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace fs = std::filesystem;

constexpr int kShopItems = 3;

// A tree that fails to write files whose path has this part.
class FailingTree final : public blobs::FileTree {
 public:
  FailingTree(blobs::FileTree& inner, std::string part) : inner_(inner), part_(std::move(part)) {}

  Result<void> put(const std::string& path, std::uint64_t size_bytes, const Reader& read) override {
    if (path.find(part_) != std::string::npos) return Error{ErrorCode::kUnavailable, "fails", {}, {}};
    return inner_.put(path, size_bytes, read);
  }
  Result<void> sync() override { return inner_.sync(); }
  Result<void> read(const std::string& path, const Writer& write) const override {
    return inner_.read(path, write);
  }
  Result<bool> exists(const std::string& path) const override { return inner_.exists(path); }
  Result<std::vector<std::string>> folders() const override { return inner_.folders(); }
  Result<void> list(const std::string& folder,
                    const std::function<Result<void>(const blobs::TreeFile&)>& visit) const override {
    return inner_.list(folder, visit);
  }
  // What a process that was killed does not do.
  Result<void> remove(const std::string& folder, const std::string& first) override {
    return is_killed ? Result<void>() : inner_.remove(folder, first);
  }
  Result<std::unique_ptr<blobs::BlobHold>> hold() override { return inner_.hold(); }
  std::string name_of(const std::string& path) const override { return inner_.name_of(path); }

  bool is_killed = false;

 private:
  blobs::FileTree& inner_;
  const std::string part_;
};

// The parameter: whether backups are encrypted.
class BackupVaultTest : public ::testing::TestWithParam<bool> {
 protected:
  BackupVaultTest() {
    for (int i = 0; i < kShopItems; ++i) {
      EXPECT_TRUE(bench_.catalog->put(
          testing::shop_row(std::to_string(i), "Dress", {static_cast<std::uint64_t>(i)})));
    }
    fs::create_directories(scratch());
  }

  BackupVault vault(blobs::FileTree& tree) const {
    if (!GetParam()) return {.tree = tree};
    return {.tree = tree, .recipients = {key_.recipient(), other_key_.recipient()}, .identities = {key_}};
  }
  BackupLocations place() {
    return {.database_url = "sqlite:///" + (bench_.folder() / "fit.db").string(),
            .images = images_,
            .folder = scratch()};
  }
  Result<VaultReport> back_up(const KeepRule* rule = nullptr) {
    return back_up_to_vault(vault(tree_), place(), rule, {}, {});
  }
  fs::path scratch() const { return temp_.path() / "scratch"; }
  fs::path folder() const { return temp_.path() / "vault"; }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    const auto backups = list_vault(tree_).value();
    for (const VaultBackup& backup : backups) all.push_back(backup.name);
    return all;
  }
  // A backup of an earlier time, by its manifest only.
  void pretend(const std::string& name) const {
    fs::create_directories(folder() / name);
    std::ofstream(folder() / name / (GetParam() ? "manifest.json.age" : "manifest.json")) << "{}";
  }
  // Restores the latest backup to a temporary place and compares it.
  Result<VerificationReport> verify(BackupVault vault) const {
    FIT_TRY(const auto backups, list_vault(vault.tree));
    const VaultBackup backup = backups.back();
    FIT_TRY(const auto described, describe_vault_backup(vault, backup));
    return verify_backup({.name = backup.name,
                          .described = described,
                          .restore =
                              [&](const std::string& url, blobs::BlobStore& images) {
                                return restore_from_vault(
                                    vault, backup,
                                    {.database_url = url, .images = images, .folder = scratch()}, {}, {});
                              }},
                         {.backup = {}, .scratch = scratch(), .database_url = {}}, {}, {});
  }
  Result<VerificationReport> verify() { return verify(vault(tree_)); }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder())) {
      if (entry.is_regular_file()) all.push_back(entry.path());
    }
    std::ranges::sort(all);
    return all;
  }

  Bench bench_;
  const TempDir temp_;
  blobs::LocalBlobs images_{bench_.folder() / "storage" / "images"};
  blobs::LocalTree tree_{temp_.path() / "vault"};
  const AgeIdentity key_ = AgeIdentity::make();
  const AgeIdentity other_key_ = AgeIdentity::make();
};

TEST_P(BackupVaultTest, ABackupIsRestoredWhole) {
  const auto made = back_up();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->backup.images, kShopItems);
  EXPECT_THAT(names(), ElementsAre(made->name));
  EXPECT_EQ(list_vault(tree_)->front().is_encrypted, GetParam());
  const auto report = verify();
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->checked_images, kShopItems);
  EXPECT_EQ(report->backup.database.position, made->backup.database.position);
  EXPECT_TRUE(fs::is_empty(scratch())) << "no copy of the database is left";
}

TEST_P(BackupVaultTest, APlainFolderComesOfIt) {
  const auto made = back_up();
  ASSERT_TRUE(made);
  // As the program `age` does with each file.
  for (const fs::path& file : files()) {
    EXPECT_EQ(file.extension() == ".age", GetParam()) << file;
    if (!GetParam()) continue;
    AgeDecryptor decryptor({other_key_});
    Bytes content;
    ASSERT_TRUE(decryptor.update(read_file(file, 1 << 30).value(), content));
    ASSERT_TRUE(decryptor.finish(content));
    fs::path plain = file;
    ASSERT_TRUE(write_file_atomically(plain.replace_extension(), content));
    fs::remove(file);
  }
  const auto report =
      verify_backup({.backup = folder() / made->name, .scratch = scratch(), .database_url = {}}, {}, {});
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->checked_images, kShopItems);
}

TEST_P(BackupVaultTest, OldBackupsAndRemainsAreRemoved) {
  for (const char* name : {"20200101T000000Z", "20200102T000000Z", "20200215T000000Z"}) pretend(name);
  fs::create_directories(folder() / "20200301T000000Z" / "database");
  std::ofstream(folder() / "20200301T000000Z" / "database" / "fit.db") << "a part";
  fs::create_directories(folder() / "notes");
  const KeepRule rule{.months = 3};
  const auto report = back_up(&rule);
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_THAT(report->removed, ElementsAre("20200101T000000Z"));
  EXPECT_THAT(names(), ElementsAre("20200102T000000Z", "20200215T000000Z", report->name));
  EXPECT_FALSE(fs::exists(folder() / "20200101T000000Z"));
  EXPECT_FALSE(fs::exists(folder() / "20200301T000000Z"));
  EXPECT_TRUE(fs::exists(folder() / "notes"));
}

TEST_P(BackupVaultTest, AFailureRemovesNoBackupAndIsNone) {
  pretend("20200101T000000Z");
  const KeepRule rule{.latest = 1};
  for (const char* part : {"database/", "images/", "manifest.json"}) {
    for (const bool is_killed : {false, true}) {
      FailingTree failing(tree_, part);
      failing.is_killed = is_killed;
      const auto report = back_up_to_vault(vault(failing), place(), &rule, {}, {});
      ASSERT_FALSE(report);
      EXPECT_EQ(report.error().code, ErrorCode::kUnavailable);
      EXPECT_THAT(names(), ElementsAre("20200101T000000Z")) << part;
    }
  }
  EXPECT_TRUE(fs::is_empty(scratch()));
  const auto report = back_up();
  ASSERT_TRUE(report);
  EXPECT_THAT(tree_.folders().value(), ElementsAre("20200101T000000Z", report->name)) << "no remains";
  EXPECT_TRUE(verify());
}

TEST_P(BackupVaultTest, EveryDamagedFileIsFound) {
  ASSERT_TRUE(back_up());
  for (const fs::path& file : files()) {
    const Bytes whole = read_file(file, 1 << 30).value();
    Bytes damaged = whole;
    damaged[damaged.size() / 2] ^= std::byte{1};
    ASSERT_TRUE(write_file_atomically(file, damaged));
    EXPECT_FALSE(verify()) << file;
    damaged.assign(whole.begin(), whole.end() - 1);
    ASSERT_TRUE(write_file_atomically(file, damaged));
    EXPECT_FALSE(verify()) << file << " was cut";
    if (file.string().find("manifest") == std::string::npos) {
      fs::remove(file);
      const auto missing = verify();
      ASSERT_FALSE(missing) << file;
      EXPECT_EQ(missing.error().code, ErrorCode::kMalformed) << missing.error().describe();
    }
    ASSERT_TRUE(write_file_atomically(file, whole));
  }
  EXPECT_TRUE(verify());
  EXPECT_TRUE(fs::is_empty(scratch()));
}

TEST_P(BackupVaultTest, OneProcessWritesAtATime) {
  const auto other = tree_.hold();
  ASSERT_TRUE(other);
  const auto report = back_up();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
}

TEST_P(BackupVaultTest, TwoBackupsWithinASecondHaveTwoNames) {
  const auto first = back_up();
  const auto second = back_up();
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->name, second->name);
  EXPECT_THAT(names(), SizeIs(2));
}

TEST_P(BackupVaultTest, AStopLeavesNoBackup) {
  std::stop_source stop;
  stop.request_stop();
  const auto report = back_up_to_vault(vault(tree_), place(), nullptr, {}, stop.get_token());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(tree_.folders().value(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, BackupVaultTest, ::testing::Values(false, true),
                         [](const ::testing::TestParamInfo<bool>& kind) {
                           return kind.param ? std::string("Encrypted") : std::string("Plain");
                         });

using EncryptedVaultTest = BackupVaultTest;

TEST_P(EncryptedVaultTest, AnotherKeyReadsNothing) {
  ASSERT_TRUE(back_up());
  BackupVault stranger = vault(tree_);
  stranger.identities = {AgeIdentity::make()};
  const auto refused = verify(stranger);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
  EXPECT_EQ(refused.error().field, "--identity");
}

TEST_P(EncryptedVaultTest, NoFileShowsTheContent) {
  ASSERT_TRUE(back_up());
  for (const fs::path& file : files()) {
    const Bytes content = read_file(file, 1 << 30).value();
    EXPECT_TRUE(as_text(content).starts_with("age-encryption.org/v1\n")) << file;
    for (const char* part : {"SQLite", "Dress", "store_id", "JFIF"}) {
      EXPECT_EQ(as_text(content).find(part), std::string_view::npos) << file;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EncryptedVaultTest, ::testing::Values(true));

}  // namespace
}  // namespace fit::catalog
