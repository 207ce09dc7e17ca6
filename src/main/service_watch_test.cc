#include "main/service_watch.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>

#include "base/fd.h"
#include "base/temp_dir.h"

namespace fit {
namespace {

using std::chrono::milliseconds;

// A test is the service manager: it gets the datagrams of the watch.
class ServiceWatchTest : public ::testing::Test {
 protected:
  ServiceWatchTest() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  ServiceManager manager(const std::string& watchdog_us = "") {
    return ServiceManager([=, this](const std::string& name) -> std::optional<std::string> {
      if (name == "NOTIFY_SOCKET") return path_;
      if (name == "WATCHDOG_USEC" && !watchdog_us.empty()) return watchdog_us;
      return std::nullopt;
    });
  }

  // The next datagram; empty when none comes within the time.
  std::string next(milliseconds time = milliseconds(30'000)) {
    const timeval limit{.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::array<char, 4096> buffer{};
    const auto size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    return size < 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

  ServiceWatch::Server server() {
    return {.is_ready = [this] { return is_ready.load(); },
            .reacts =
                [this](const std::string& address, std::uint16_t port, milliseconds) {
                  EXPECT_EQ(address, "127.0.0.1");
                  EXPECT_EQ(port, 8000);
                  ++probes;
                  return reacts.load();
                }};
  }
  void wait_for_probes(int count) {
    const int target = probes + count;
    while (probes < target) std::this_thread::yield();
  }

  std::atomic<bool> is_ready = true;
  std::atomic<bool> reacts = true;
  std::atomic<int> probes = 0;

 private:
  const TempDir folder_;
  const std::string path_ = (folder_.path() / "notify").string();
  const Fd socket_;
};

TEST_F(ServiceWatchTest, TellsThatTheServerIsReadyAndThatItStops) {
  ServiceWatch watch(manager(), server(), Log::silent());
  watch.listening("127.0.0.1", 8000);
  EXPECT_EQ(next(), "READY=1\nSTATUS=serving");
  watch.stopping();
  EXPECT_EQ(next(), "STOPPING=1\nSTATUS=stopping");
  watch.stop();
  EXPECT_EQ(next(milliseconds(50)), "") << "without a watchdog nothing else is sent";
}

TEST_F(ServiceWatchTest, WaitsUntilTheServerIsReady) {
  is_ready = false;
  ServiceWatch watch(manager(), server(), Log::silent(),
                     {.ready_poll = milliseconds(1), .max_start = milliseconds(600'000)});
  watch.listening("127.0.0.1", 8000);
  wait_for_probes(5);
  EXPECT_EQ(next(milliseconds(1)), "");
  is_ready = true;
  EXPECT_EQ(next(), "READY=1\nSTATUS=serving");
}

TEST_F(ServiceWatchTest, AServerThatReactsIsStartedAfterAWhileEvenIfItIsNotReady) {
  is_ready = false;
  reacts = false;
  ServiceWatch watch(manager(), server(), Log::silent(),
                     {.ready_poll = milliseconds(1), .max_start = milliseconds(5)});
  watch.listening("127.0.0.1", 8000);
  wait_for_probes(20);
  EXPECT_EQ(next(milliseconds(1)), "") << "it does not react";
  reacts = true;
  EXPECT_EQ(next(), "READY=1\nSTATUS=serving");
}

TEST_F(ServiceWatchTest, FeedsTheWatchdogOnlyWhileTheServerReacts) {
  ServiceWatch watch(manager("3000"), server(), Log::silent());
  watch.listening("127.0.0.1", 8000);
  EXPECT_EQ(next(), "READY=1\nSTATUS=serving");
  EXPECT_EQ(next(), "WATCHDOG=1");
  EXPECT_EQ(next(), "WATCHDOG=1");
  reacts = false;
  wait_for_probes(2);  // the one that was under way, and one that failed
  while (!next(milliseconds(1)).empty()) {
  }
  wait_for_probes(5);
  EXPECT_EQ(next(milliseconds(1)), "");
  reacts = true;
  EXPECT_EQ(next(), "WATCHDOG=1");
}

TEST(ServiceWatch, WithoutAManagerNothingIsAsked) {
  ServiceWatch watch(ServiceManager([](const std::string&) { return std::nullopt; }),
                     {.is_ready = [] { return true; },
                      .reacts =
                          [](const std::string&, std::uint16_t, milliseconds) {
                            ADD_FAILURE() << "the server is asked";
                            return true;
                          }},
                     Log::silent());
  watch.listening("127.0.0.1", 8000);
  watch.stopping();
}

}  // namespace
}  // namespace fit
