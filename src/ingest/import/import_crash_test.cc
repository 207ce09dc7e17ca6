// No acknowledged row is lost when the process is killed at random moments of an import.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "base/format.h"
#include "base/hash.h"
#include "ingest/import/test_import.h"

namespace fit::ingest {
namespace {

using testing::Bench;
using testing::jpeg;

constexpr int kRounds = 20;

// A running catalog_crash_child.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    arguments.insert(arguments.begin(), FIT_CRASH_CHILD);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execv(pointers[0], pointers.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    read_end_ = ends[0];
  }
  ~Child() { ::close(read_end_); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Returns the next reported number; nullopt when the child has ended.
  std::optional<std::int64_t> listen() const {
    std::int64_t number = 0;
    return ::read(read_end_, &number, sizeof number) == sizeof number ? std::optional(number) : std::nullopt;
  }
  // Lets the child run until it has changed the database files in `folder` about `changes` times more, or has
  // ended. Sets `last` to the last number that it reported.
  void run_until_changes(const std::filesystem::path& folder, std::uint64_t changes,
                         std::int64_t& last) const {
    const int watch = ::inotify_init1(IN_CLOEXEC);
    if (watch < 0 || ::inotify_add_watch(watch, folder.c_str(), IN_MODIFY) < 0) {
      throw std::runtime_error("inotify");
    }
    std::array<char, 4096> events{};
    while (changes > 0) {
      std::array<pollfd, 2> ready{{{watch, POLLIN, 0}, {read_end_, POLLIN, 0}}};
      ::poll(ready.data(), ready.size(), -1);
      if (ready[1].revents != 0) {
        const auto number = listen();
        if (!number) break;
        last = *number;
      }
      if (ready[0].revents != 0 && ::read(watch, events.data(), events.size()) > 0) --changes;
    }
    ::close(watch);
  }
  void kill_and_wait() const {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = -1;
  int read_end_ = -1;
};

// Checks that every item is complete: images, thumbnails, originals and vectors.
void check_whole(Bench& bench) {
  std::int64_t images = 0;
  for (const domain::ItemRecord& item : bench.items()) {
    ASSERT_FALSE(item.images.empty());
    for (const domain::ImageRecord& image : item.images) {
      ++images;
      ASSERT_TRUE(bench.catalog->thumbnail(image.id));
      const auto original = bench.catalog->original(image.id);
      ASSERT_TRUE(original) << original.error().describe();
      ASSERT_EQ(sha256_hex(catalog::testing::bytes_of(*original)), image.sha256);
    }
  }
  ASSERT_EQ(bench.store->vectors().count(bench.spaces[0].space_id).value(), images);
}

TEST(ImportCrashTest, KilledImportsKeepWhatTheyCounted) {
  const TempDir folder;
  constexpr std::uint64_t kPhotos = 300;
  for (std::uint64_t i = 0; i < kPhotos; ++i) {
    testing::write_file(folder.path() / "photos" / fit::format("{:03}.jpg", i), jpeg(i, 60, 60));
  }
  std::filesystem::create_directories(folder.path() / "data");
  std::mt19937_64 random(20261122);
  std::int64_t stored = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Child child({"import", (folder.path() / "data").string(), (folder.path() / "photos").string()});
    // The child is killed after a random number of reports and of later changes, and so between any two
    // steps.
    std::int64_t counted = 0;
    for (std::uint64_t reports = random() % 4; auto number = child.listen(); --reports) {
      counted = *number;
      if (reports == 0) break;
    }
    child.run_until_changes(folder.path() / "data", random() % 32, counted);
    child.kill_and_wait();
    while (auto number = child.listen()) counted = *number;  // reported before the child was killed

    Bench bench({.folder = folder.path() / "data"});
    const std::int64_t items = bench.store->items().counts()->items;
    ASSERT_GE(items, counted) << "round " << round;
    ASSERT_GE(items, stored) << "round " << round;
    stored = items;
    check_whole(bench);
  }
  Bench bench({.folder = folder.path() / "data"});
  const auto rest = testing::import_file(bench, folder.path() / "photos");
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->created + rest->unchanged, static_cast<std::int64_t>(kPhotos));
  EXPECT_EQ(rest->unchanged, stored);
}

TEST(ImportCrashTest, KilledPutsKeepWhatTheyAcknowledged) {
  const TempDir folder;
  std::mt19937_64 random(20261123);
  std::int64_t first = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Child child({"put", folder.path().string(), std::to_string(first)});
    std::int64_t last = -1;
    for (std::uint64_t left = random() % 10; auto number = child.listen(); --left) {
      last = *number;
      if (left == 0) break;
    }
    child.run_until_changes(folder.path(), random() % 12, last);
    child.kill_and_wait();
    while (auto number = child.listen()) last = *number;
    ASSERT_GE(last, 0);

    Bench bench({.folder = folder.path()});
    for (std::int64_t i = first; i <= last; ++i) {
      ASSERT_EQ(bench.item("shop", std::to_string(i)).images.at(0).sha256,
                sha256_hex(jpeg(static_cast<std::uint64_t>(i), 60, 60)));
    }
    check_whole(bench);
    first = last + 1;
  }
}

}  // namespace
}  // namespace fit::ingest
