#pragma once

#include <sys/types.h>

#include <string>

#include "base/temp_dir.h"

namespace fit::cache {

// A redis-server for tests: on a Unix socket in a temporary folder, keeping nothing on the disk, ended with
// this object.
class TestRedis {
 public:
  static bool is_installed();

  TestRedis() { start(); }
  ~TestRedis() { kill(); }
  TestRedis(const TestRedis&) = delete;
  TestRedis& operator=(const TestRedis&) = delete;

  // Returns once it accepts connections.
  void start();
  void kill();  // at once (SIGKILL)
  // Makes it deaf: connections stay open, nothing is answered.
  void pause() const;
  void go_on() const;

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
