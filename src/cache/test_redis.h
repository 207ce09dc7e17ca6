#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/temp_dir.h"

namespace fit::cache {

// A redis-server for tests, on a Unix socket in a temporary folder. It is killed when this object is
// destroyed.
class TestRedis {
 public:
  // What outlives a restart: nothing, or each write, by an append-only file.
  enum class Persistence : std::uint8_t { kNone, kEachWrite };
  static bool is_installed();

  explicit TestRedis(Persistence persistence = Persistence::kNone) : persistence_(persistence) { start(); }
  ~TestRedis() { kill(); }
  TestRedis(const TestRedis&) = delete;
  TestRedis& operator=(const TestRedis&) = delete;

  // Returns when the server accepts connections.
  void start();
  void kill();  // SIGKILL
  // Suspends the server: connections stay open, but no command is executed.
  void pause() const;
  void resume() const;

  std::string url() const { return "unix://" + socket(); }
  std::string socket() const { return (folder_.path() / "redis.sock").string(); }

 private:
  const Persistence persistence_;
  TempDir folder_;
  pid_t process_ = -1;
  int output_ = -1;
};

}  // namespace fit::cache

#define FIT_NEEDS_REDIS() \
  if (!::fit::cache::TestRedis::is_installed()) GTEST_SKIP() << "redis-server is not installed"
