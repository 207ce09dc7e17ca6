#include "base/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <map>

#include "base/fd.h"
#include "base/temp_dir.h"

namespace fit {
namespace {

// A socket on which a test is the service manager.
class NotifySocket {
 public:
  // A path, or an abstract name that begins with '@'.
  explicit NotifySocket(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  }

  // The next datagram, which is there already; empty where there is none.
  std::string next() {
    std::array<char, 4096> buffer{};
    const auto size = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size < 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  Fd socket_;
};

ServiceManager manager_of(std::map<std::string, std::string> variables) {
  return ServiceManager([variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(ServiceManager, SendsOneDatagramToASocketByItsPath) {
  const TempDir folder;
  const std::string path = (folder.path() / "notify").string();
  NotifySocket socket(path);
  const ServiceManager manager = manager_of({{"NOTIFY_SOCKET", path}});
  ASSERT_TRUE(manager.is_present());
  ASSERT_TRUE(manager.send("READY=1\nSTATUS=serving"));
  EXPECT_EQ(socket.next(), "READY=1\nSTATUS=serving");
  EXPECT_EQ(socket.next(), "");
}

TEST(ServiceManager, SendsToAnAbstractSocket) {
  const std::string name = "@fit-test-" + std::to_string(::getpid());
  NotifySocket socket(name);
  ASSERT_TRUE(manager_of({{"NOTIFY_SOCKET", name}}).send("STOPPING=1"));
  EXPECT_EQ(socket.next(), "STOPPING=1");
}

TEST(ServiceManager, ThereMayBeNone) {
  for (const std::string& socket : {std::string(), std::string("notify"), std::string("vsock:2:1234"),
                                    std::string("/") + std::string(200, 'x')}) {
    const ServiceManager manager = manager_of({{"NOTIFY_SOCKET", socket}, {"WATCHDOG_USEC", "1000"}});
    EXPECT_FALSE(manager.is_present()) << socket;
    EXPECT_FALSE(manager.watchdog_time());
    EXPECT_TRUE(manager.send("READY=1"));
  }
  EXPECT_FALSE(manager_of({}).is_present());
}

TEST(ServiceManager, AManagerThatIsAwayIsAnError) {
  const TempDir folder;
  EXPECT_FALSE(manager_of({{"NOTIFY_SOCKET", (folder.path() / "gone").string()}}).send("READY=1"));
}

TEST(ServiceManager, TheWatchdogIsForOneProcess) {
  const std::string own = std::to_string(::getpid());
  const auto time_of = [](const std::string& time, const std::string& process) {
    return manager_of({{"NOTIFY_SOCKET", "/run/x"}, {"WATCHDOG_USEC", time}, {"WATCHDOG_PID", process}})
        .watchdog_time();
  };
  EXPECT_EQ(time_of("60000000", own), std::chrono::minutes(1));
  EXPECT_EQ(time_of("60000000", "1"), std::nullopt) << "that of the parent";
  EXPECT_EQ(time_of("0", own), std::nullopt);
  EXPECT_EQ(time_of("soon", own), std::nullopt);
  EXPECT_EQ(manager_of({{"NOTIFY_SOCKET", "/run/x"}, {"WATCHDOG_USEC", "5000"}}).watchdog_time(),
            std::chrono::milliseconds(5));
}

}  // namespace
}  // namespace fit
