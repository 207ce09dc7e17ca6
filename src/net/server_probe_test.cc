#include "net/server_probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "net/test_server.h"

namespace fit::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ServerProbe, AServerThatRespondsReacts) {
  TestServer server([](const TestServer::Request& request, TestServer::Connection& connection) {
    EXPECT_EQ(request.target, "/live");
    connection.send(TestServer::answer(200, "{}"));
  });
  EXPECT_TRUE(server_reacts("127.0.0.1", static_cast<std::uint16_t>(server.port()), seconds(30)));
  EXPECT_TRUE(server_reacts("0.0.0.0", static_cast<std::uint16_t>(server.port()), seconds(30)));
}

TEST(ServerProbe, AServerThatClosesTheConnectionReacts) {
  TestServer server([](const TestServer::Request&, TestServer::Connection&) {});
  EXPECT_TRUE(server_reacts("127.0.0.1", static_cast<std::uint16_t>(server.port()), seconds(30)));
}

TEST(ServerProbe, ASocketThatNobodyServesDoesNotReact) {
  const Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener.get(), 8), 0);
  socklen_t size = sizeof address;
  ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  // The kernel accepts the connection.
  EXPECT_FALSE(server_reacts("127.0.0.1", ntohs(address.sin_port), milliseconds(100)));
}

TEST(ServerProbe, NoListenerDoesNotReact) {
  EXPECT_FALSE(server_reacts("127.0.0.1", 1, seconds(30)));
  EXPECT_FALSE(server_reacts("localhost", 1, seconds(30))) << "names are not resolved";
}

}  // namespace
}  // namespace fit::net
