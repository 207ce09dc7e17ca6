// Nothing acknowledged is lost: killed processes, two processes at work, a full disk.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <random>
#include <set>

#include "base/small_disk.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using testing::make_item;
using testing::sqlite_url;

// A child process that does some work with a pipe to its parent; _exit afterwards, without the parent's
// destructors.
class Child {
 public:
  explicit Child(const std::function<int(int write_end)>& work) {
    int ends[2] = {};
    if (pipe(ends) != 0) throw std::runtime_error("pipe");
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      _exit(work(ends[1]));
    }
    close(ends[1]);
    read_end_ = ends[0];
  }
  ~Child() {
    if (pid_ > 0) kill_and_wait();
    close(read_end_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next number from the child; nothing at its end.
  std::optional<std::int64_t> read_number() const {
    std::int64_t number = 0;
    return read(read_end_, &number, sizeof number) == sizeof number ? std::optional(number) : std::nullopt;
  }

  void kill_and_wait() {
    kill(pid_, SIGKILL);
    wait_for_end();
  }

  // The exit status, or -1 after a signal.
  int wait_for_end() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  int read_end_ = -1;
};

void acknowledge(int pipe_end, std::int64_t number) {
  if (write(pipe_end, &number, sizeof number) != sizeof number) _exit(3);
}

// Writes new and changed items without end; each number goes to the pipe once its write has returned.
int write_for_ever(const std::string& url, std::uint32_t seed, int pipe_end) {
  auto catalogue = open_catalogue(url);
  if (!catalogue) return 1;
  const auto space = (*catalogue)->spaces().ensure({"clip", "m", "1", 64});
  if (!space) return 1;
  std::mt19937 random(seed);
  for (;;) {
    std::vector<std::int64_t> numbers(1 + random() % 20);
    std::vector<domain::ItemWrite> batch;
    for (auto& number : numbers) {
      number = random() % 5000;
      batch.push_back(make_item(number, *space));
      if (random() % 2 == 0) batch.back().content_hash.clear();
    }
    if (!(*catalogue)->items().upsert(batch)) return 2;
    for (const auto number : numbers) acknowledge(pipe_end, number);
  }
}

TEST(SqliteCrash, KeepsEverythingAcknowledgedWhenKilled) {
  const TempDir folder;
  const std::string url = sqlite_url(folder);
  std::set<std::int64_t> acknowledged;
  for (std::uint32_t round = 0; round < 20; ++round) {
    std::mt19937 random(1000 + round);
    {
      Child child([&](int pipe_end) { return write_for_ever(url, round, pipe_end); });
      for (auto left = random() % 150; left > 0; --left) {
        const auto number = child.read_number();
        ASSERT_TRUE(number) << "the child ended with " << child.wait_for_end();
        acknowledged.insert(*number);
      }
      child.kill_and_wait();
      while (const auto number = child.read_number()) acknowledged.insert(*number);
    }

    auto opened = open_catalogue(url);
    ASSERT_TRUE(opened) << opened.error().describe();
    Catalogue& catalogue = **opened;
    std::vector<domain::ItemKey> keys;
    for (const auto number : acknowledged)
      keys.push_back({"test", testing::make_listing(number).external_id});
    const auto found = *catalogue.items().find(keys);
    for (std::size_t i = 0; i < keys.size(); ++i) ASSERT_TRUE(found[i]) << "lost " << keys[i].external_id;

    // And nothing is there by half.
    const auto counts = *catalogue.items().counts();
    EXPECT_EQ(counts.images, counts.items);
    const auto spaces = *catalogue.spaces().list();
    if (!spaces.empty()) {
      EXPECT_EQ(*catalogue.vectors().count(spaces.front().id), counts.images);
    }
    const auto changes = *catalogue.changes().list(0, 10000);
    EXPECT_EQ(static_cast<std::int64_t>(changes.size()), counts.items);
    EXPECT_EQ(changes.empty() ? 0 : changes.back().position, *catalogue.changes().position());
  }
  EXPECT_GT(acknowledged.size(), 500U);
}

TEST(SqliteCrash, LetsTwoProcessesWrite) {
  const TempDir folder;
  const std::string url = sqlite_url(folder);
  const auto work = [&url](std::int64_t first, int pipe_end) {
    auto catalogue = open_catalogue(url, {.busy_timeout = std::chrono::minutes(1)});
    if (!catalogue) return 1;
    for (std::int64_t number = first; number < first + 60; ++number) {
      const domain::ItemWrite item = make_item(number);
      const auto outcome = (*catalogue)->items().upsert(std::span(&item, 1));
      if (!outcome) return 2;
      acknowledge(pipe_end, outcome->front().id.value);
    }
    return 0;
  };
  Child one([&](int pipe_end) { return work(0, pipe_end); });
  Child two([&](int pipe_end) { return work(1000, pipe_end); });
  std::set<std::int64_t> ids;
  for (Child* child : {&one, &two}) {
    while (const auto id = child->read_number())
      EXPECT_TRUE(ids.insert(*id).second) << "an id was given twice";
    EXPECT_EQ(child->wait_for_end(), 0);
  }
  auto catalogue = *open_catalogue(url);
  EXPECT_EQ(ids.size(), 120U);
  EXPECT_EQ(catalogue->items().counts()->items, 120);
  EXPECT_EQ(*catalogue->changes().position(), 120);
  const auto changes = *catalogue->changes().list(0, 1000);
  ASSERT_EQ(changes.size(), 120U);
  for (std::size_t i = 0; i < changes.size(); ++i)
    EXPECT_EQ(changes[i].position, static_cast<std::int64_t>(i) + 1);
}

constexpr int kNotAllowed = 255;

// In a child: fills a disk of 5 MB, checks, makes room, goes on. The answer is 0 or tells the line that
// failed.
int fill_small_disk(const std::filesystem::path& folder) {
  const SmallDisk disk(folder, "5m");
  if (!disk.is_mounted()) return kNotAllowed;
#define REQUIRE(condition) \
  if (!(condition)) return __LINE__ % 250 + 1
  const auto spare = folder / "spare";
  std::ofstream(spare) << std::string(1 << 20, 's') << std::flush;
  const std::string url = "sqlite:///" + (folder / "fit.db").string();
  std::int64_t written = 0;
  {
    auto catalogue = open_catalogue(url);
    REQUIRE(catalogue);
    const auto space = (*catalogue)->spaces().ensure({"clip", "m", "1", 512});
    REQUIRE(space);
    const auto write_batch = [&] {
      std::vector<domain::ItemWrite> batch;
      for (std::int64_t i = 0; i < 10; ++i) batch.push_back(make_item(written + i, *space));
      return (*catalogue)->items().upsert(batch);
    };
    for (;;) {
      const auto outcome = write_batch();
      if (!outcome) {
        std::fprintf(stderr, "after %lld items: %s\n", static_cast<long long>(written),
                     outcome.error().describe().c_str());
        REQUIRE(outcome.error().code == ErrorCode::kStorageFull);
        break;
      }
      written += 10;
      REQUIRE(written < 10000);
    }
    REQUIRE((*catalogue)->items().counts()->items == written);
    REQUIRE((*catalogue)->changes().position().value_or(-1) == written);
    REQUIRE((*catalogue)->check());
    std::filesystem::remove(spare);
    REQUIRE(write_batch());
    written += 10;
  }
  auto catalogue = open_catalogue(url);
  REQUIRE(catalogue);
  REQUIRE((*catalogue)->items().counts()->items == written);
  REQUIRE((*catalogue)->items().counts()->images == written);
  REQUIRE((*catalogue)->vectors().list(1, ImageId{}, 100000)->size() == static_cast<std::size_t>(written));
#undef REQUIRE
  return 0;
}

TEST(SqliteCrash, LosesNothingOnAFullDisk) {
  const TempDir folder;
  Child child([&](int) { return fill_small_disk(folder.path()); });
  const int status = child.wait_for_end();
  if (status == kNotAllowed) GTEST_SKIP() << "needs the right to mount a small file system";
  EXPECT_EQ(status, 0);
}

TEST(SqliteCrash, ReportsThatAFullDiskCannotHoldANewDatabase) {
  const TempDir folder;
  Child child([&](int) {
    const SmallDisk disk(folder.path(), "64k");
    if (!disk.is_mounted()) return kNotAllowed;
    disk.fill(4 << 10);
    const auto opened = open_catalogue(sqlite_url(folder));
    if (opened) return 1;
    std::fprintf(stderr, "%s\n", opened.error().describe().c_str());
    return opened.error().code == ErrorCode::kStorageFull ? 0 : 2;
  });
  const int status = child.wait_for_end();
  if (status == kNotAllowed) GTEST_SKIP() << "needs the right to mount a small file system";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace fit::store
