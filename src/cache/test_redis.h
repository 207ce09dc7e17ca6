#pragma once

#include <sys/types.h>

#include <string>

#include "base/temp_dir.h"

namespace fit::cache {

// A redis-server for tests, on a Unix socket in a temporary folder and without persistence. It is killed when
// this object is destroyed.
class TestRedis {
 public:
  static bool is_installed();

  TestRedis() { start(); }
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
  TempDir folder_;
  pid_t process_ = -1;
  int output_ = -1;
};

}  // namespace fit::cache

#define FIT_NEEDS_REDIS() \
  if (!::fit::cache::TestRedis::is_installed()) GTEST_SKIP() << "redis-server is not installed"
