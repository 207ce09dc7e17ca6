#include "http/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <functional>
#include <future>
#include <latch>
#include <semaphore>
#include <thread>

#include "base/format.h"
#include "base/temp_dir.h"
#include "http/worker_pools.h"
#include "net/http_client.h"

// Real servers on the loopback interface, with handlers of the tests.
namespace fit::http {
namespace {

constexpr std::size_t kWorkers = 2;
const WorkerPools::Sizes kSizes = WorkerPools::sizes_of(kWorkers);

std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(probe);
  return ntohs(address.sin_port);
}

Response text(std::string body) {
  return {.status = 200, .content_type = "text/plain", .body = std::move(body), .headers = {}};
}

// Serves a router, and "/live", on a free port until it is destroyed.
class RunningServer {
 public:
  explicit RunningServer(Router router, const std::function<void(ServerOptions&)>& change = {}) {
    router.add({.method = Method::kGet,
                .pattern = "/live",
                .run_on = RunOn::kLoop,
                .handler = [](const Request&) -> Result<Response> { return text("live"); }});
    ServerOptions options;
    options.port = port_;
    options.worker_threads = kWorkers;
    options.scratch_path = scratch_.path();
    if (change) change(options);
    server_ = std::make_unique<Server>(options, std::move(router),
                                       standard_middleware({.metrics = metrics_, .log = Log::silent()}),
                                       metrics_, Log::silent());
    thread_ = std::thread([this] { EXPECT_TRUE(server_->run()); });
  }
  ~RunningServer() {
    server_->stop();
    thread_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  void stop() { server_->stop(); }
  std::uint16_t port() const { return port_; }

 private:
  TempDir scratch_;
  const std::uint16_t port_ = free_port();
  Metrics metrics_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

class ServerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { fixture_ = std::make_unique<Fixture>(); }
  static void TearDownTestSuite() { fixture_.reset(); }

  struct Fixture {
    Fixture() {
      while (!client.get("url", url("/live"), {.retries = 0})) std::this_thread::yield();
    }

    Router routes() {
      Router router;
      const auto add = [&router](std::string pattern, RunOn run_on, Handler handler) {
        router.add({.method = Method::kGet,
                    .pattern = std::move(pattern),
                    .run_on = run_on,
                    .handler = std::move(handler)});
      };
      const auto wait = [this](const Request&) -> Result<Response> {
        started.release();
        released.acquire();
        return text("done");
      };
      add("/import", RunOn::kImport, wait);
      add("/write", RunOn::kWrite, wait);
      add("/search", RunOn::kSearch, [](const Request&) -> Result<Response> { return text("found"); });
      add("/peer/{a}/of/{b}", RunOn::kSearch, [](const Request& request) -> Result<Response> {
        return text(request.peer.address + " " + std::string(request.path_parameters.get("a")) + " " +
                    std::string(request.path_parameters.get("b")) + " " +
                    std::string(request.headers.get("user-agent")));
      });
      add("/file/{name}", RunOn::kSearch, [this](const Request& request) -> Result<Response> {
        Response response = text("");
        response.file = folder.path() / request.path_parameters.get("name");
        return response;
      });
      return router;
    }

    std::string url(const std::string& path) const {
      return "http://127.0.0.1:" + std::to_string(server.port()) + path;
    }

    TempDir folder;
    std::counting_semaphore<> started{0};   // released by each waiting handler
    std::counting_semaphore<> released{0};  // lets one handler end
    net::HttpClient client{{.allow_private_addresses = true, .user_agent = "tester/1"}};
    RunningServer server{routes()};
  };

  static Result<std::string> get(const std::string& path) {
    FIT_TRY(const net::HttpResponse response,
            fixture_->client.get("url", fixture_->url(path), {.max_bytes = 64u << 20, .retries = 0}));
    return std::string(as_text(response.body));
  }

  static std::unique_ptr<Fixture> fixture_;
};
std::unique_ptr<ServerTest::Fixture> ServerTest::fixture_;

TEST_F(ServerTest, SearchesAreServedWhileAllImportAndWriteThreadsAreBusy) {
  std::vector<std::future<Result<std::string>>> busy;
  const auto occupy = [&busy](const std::string& path, std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) busy.push_back(std::async(std::launch::async, get, path));
    for (std::size_t i = 0; i < threads; ++i) fixture_->started.acquire();
  };
  occupy("/import", kSizes.import);
  occupy("/write", kSizes.write);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get("/search").value(), "found");
  fixture_->released.release(static_cast<std::ptrdiff_t>(busy.size()));
  for (auto& one : busy) EXPECT_EQ(one.get().value(), "done");
}

TEST_F(ServerTest, ARequestHasItsHeadersItsPeerAndItsParameters) {
  EXPECT_EQ(get("/peer/x%20y/of/2").value(), "127.0.0.1 x y 2 tester/1");
}

TEST_F(ServerTest, SendsCompleteFiles) {
  for (const std::size_t size : {0U, 5U, 1'000'000U, 20'000'000U}) {
    const std::string content(size, 'x');
    std::ofstream(fixture_->folder.path() / "some") << content;
    EXPECT_TRUE(get("/file/some").value() == content) << size;
  }
  EXPECT_EQ(get("/file/none").error().code, ErrorCode::kNotFound);
}

// A server whose limits tests change; records what its handlers see.
struct LimitedServer {
  explicit LimitedServer(const std::function<void(ServerOptions&)>& change = {})
      : server(routes(), [&change](ServerOptions& options) {
          options.io_threads = 1;
          if (change) change(options);
        }) {}

  Router routes() {
    Router router;
    router.add({.method = Method::kPost,
                .pattern = "/echo",
                .run_on = RunOn::kWrite,
                .max_body_bytes = 1000,
                .handler = [](const Request& request) -> Result<Response> {
                  return text(std::string(request.body));
                }});
    router.add({.method = Method::kPost,
                .pattern = "/count",
                .run_on = RunOn::kWrite,
                .max_body_bytes = 100u << 20,
                .handler = [](const Request& request) -> Result<Response> {
                  const bool is_in_file = !request.body_file.empty();
                  return text(std::to_string(request.body.size()) +
                              (is_in_file ? " in a file" : " in memory"));
                }});
    const auto wait_for_stop = [this](const Request& request) -> Result<Response> {
      started.release();
      std::binary_semaphore stopped(0);
      const std::stop_callback callback(request.stop, [&stopped] { stopped.release(); });
      stopped.acquire();
      ended.release();
      return cancelled();
    };
    router.add({.method = Method::kGet, .pattern = "/search", .handler = wait_for_stop});
    router.add(
        {.method = Method::kGet, .pattern = "/import", .run_on = RunOn::kImport, .handler = wait_for_stop});
    return router;
  }

  std::counting_semaphore<> started{0};
  std::counting_semaphore<> ended{0};
  RunningServer server;
};

// A connection on which tests send arbitrary bytes.
class RawClient {
 public:
  explicit RawClient(const LimitedServer& limited) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(limited.server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    do {  // until the server listens
      if (socket_ >= 0) ::close(socket_);
      socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    } while (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0);
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // Sends bytes. False when the server has closed the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Receives until `end` or the end of the connection.
  std::string receive(std::string_view end = "\xff") {
    std::string all;
    std::array<char, 4096> piece{};
    while (!all.contains(end)) {
      const ssize_t size = ::recv(socket_, piece.data(), piece.size(), 0);
      if (size <= 0) break;
      all.append(piece.data(), static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  int socket_ = -1;
};

constexpr std::string_view kLive = "GET /live HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kLastLive = "GET /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string post(std::string_view path, std::string_view fields, std::string_view body = "") {
  return fit::format("POST {} HTTP/1.1\r\nHost: a\r\n{}\r\n{}", path, fields, body);
}

void expect_status(const std::string& response, int status) {
  EXPECT_TRUE(response.starts_with(fit::format("HTTP/1.1 {} ", status))) << response;
  EXPECT_TRUE(response.contains("\r\nConnection: close\r\n")) << response;
}

void short_times(ServerOptions& options) {
  options.receive_time_limit = std::chrono::milliseconds(100);
  options.least_bytes_per_second = 1'000'000'000;
}

TEST(ServerLimits, PipelinedRequestsAreAnsweredInOrder) {
  const LimitedServer server;
  RawClient client(server);
  client.send(std::string(kLive) + post("/echo", "Content-Length: 3\r\n", "one") +
              post("/echo", "Transfer-Encoding: chunked\r\n", "3\r\ntwo\r\n0\r\n\r\n") +
              std::string(kLastLive));
  const std::string all = client.receive();
  const auto live = all.find("\r\n\r\nlive");
  const auto one = all.find("\r\n\r\none");
  const auto two = all.find("\r\n\r\ntwo");
  EXPECT_LT(live, one);
  EXPECT_LT(one, two);
  EXPECT_LT(two, all.rfind("\r\n\r\nlive"));
}

TEST(ServerLimits, SlowHeadsAreClosed) {
  const LimitedServer server(short_times);
  RawClient half(server);
  half.send("GET /live HTTP/1.1\r\nHost:");
  expect_status(half.receive(), 408);
  RawClient silent(server);
  EXPECT_EQ(silent.receive(), "");
}

TEST(ServerLimits, SlowBodiesAreClosed) {
  const LimitedServer server(short_times);
  RawClient client(server);
  client.send(post("/echo", "Content-Length: 100\r\n", "half"));
  expect_status(client.receive(), 408);
}

TEST(ServerLimits, IdleConnectionsAreClosed) {
  const LimitedServer server(
      [](ServerOptions& options) { options.idle_time_limit = std::chrono::milliseconds(100); });
  RawClient client(server);
  client.send(kLive);
  EXPECT_TRUE(client.receive().ends_with("\r\n\r\nlive"));  // until the server closes
}

TEST(ServerLimits, HeadsHaveALimit) {
  const LimitedServer server;
  RawClient client(server);
  const std::string piece(1 << 20, 'y');
  client.send("GET /live HTTP/1.1\r\nHost: a\r\nX: ");
  client.send(piece);
  expect_status(client.receive(), 431);
}

TEST(ServerLimits, BrokenRequestsAreRefused) {
  const LimitedServer server;
  RawClient client(server);
  client.send(post("/echo", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") +
              std::string(kLive));
  const std::string response = client.receive();
  expect_status(response, 400);
  EXPECT_TRUE(response.contains("application/problem+json"));
  EXPECT_FALSE(response.contains("live"));
}

TEST(ServerLimits, ABodyIsRefusedBeforeItIsSent) {
  const LimitedServer server;
  for (const auto& [request, status] :
       {std::pair{post("/echo", "Content-Length: 1001\r\nExpect: 100-continue\r\n"), 413},
        {post("/live", "Content-Length: 1000000000\r\n"), 405},
        {post("/nothing", "Content-Length: 1000000000\r\n"), 404},
        {post("/echo", "Transfer-Encoding: chunked\r\n", "3E9\r\n" + std::string(1001, 'x')), 413}}) {
    RawClient client(server);
    client.send(request);
    expect_status(client.receive(), status);
  }
}

TEST(ServerLimits, ABodyIsAskedForWhenTheClientWaits) {
  const LimitedServer server;
  RawClient client(server);
  client.send(post("/echo", "Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n"));
  EXPECT_EQ(client.receive("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_TRUE(client.receive().ends_with("\r\n\r\nhello"));
}

TEST(ServerLimits, LargeBodiesGoToTheDiskWithinTheirLimit) {
  const LimitedServer server([](ServerOptions& options) { options.body_limits.scratch_bytes = 32u << 20; });
  const auto count = [&server](std::size_t size) {
    RawClient client(server);
    client.send(post("/count", fit::format("Content-Length: {}\r\nConnection: close\r\n", size)));
    client.send(std::string(size, 'x'));
    return client.receive();
  };
  EXPECT_TRUE(count(1u << 20).ends_with("\r\n\r\n1048576 in memory"));
  EXPECT_TRUE(count(20u << 20).ends_with("\r\n\r\n20971520 in a file"));
  expect_status(count(50u << 20), 503);
}

TEST(ServerLimits, APeerHasALimitOfConnections) {
  const LimitedServer server([](ServerOptions& options) { options.max_connections_per_peer = 2; });
  RawClient first(server);
  first.send(kLive);
  EXPECT_TRUE(first.receive("live").ends_with("live"));
  RawClient second(server);
  second.send(kLive);
  EXPECT_TRUE(second.receive("live").ends_with("live"));
  RawClient third(server);
  third.send(kLive);
  EXPECT_EQ(third.receive(), "");
  first.send(kLive);
  EXPECT_TRUE(first.receive("live").ends_with("live"));
}

TEST(ServerLimits, WorkStopsWhenTheTimeLimitAnswers) {
  LimitedServer server(
      [](ServerOptions& options) { options.request_time_limit = std::chrono::milliseconds(100); });
  RawClient client(server);
  client.send("GET /search HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.receive("time limit").starts_with("HTTP/1.1 504 "));
  server.ended.acquire();
  client.send(kLive);  // the connection stays open
  EXPECT_TRUE(client.receive("live").ends_with("live"));
}

TEST(ServerLimits, StoppingAsksImportsToEndAtOnce) {
  LimitedServer server;
  RawClient client(server);
  client.send("GET /import HTTP/1.1\r\nHost: a\r\n\r\n");
  server.started.acquire();
  server.server.stop();
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 499 "));
}

TEST(ServerLimits, StoppingAsksAllToEndBeforeTheLimit) {
  LimitedServer server(
      [](ServerOptions& options) { options.drain_time_limit = std::chrono::milliseconds(1000); });
  RawClient client(server);
  client.send("GET /search HTTP/1.1\r\nHost: a\r\n\r\n");
  server.started.acquire();
  RawClient slow(server);
  slow.send(post("/echo", "Content-Length: 100\r\n", "half"));
  server.server.stop();
  expect_status(client.receive(), 499);
}

TEST(ServerLimits, TheBeginningOfTheStopIsReportedOnceWhileRequestsRun) {
  std::counting_semaphore<> reported{0};
  {
    LimitedServer server([&](ServerOptions& options) { options.on_stop = [&] { reported.release(); }; });
    RawClient client(server);
    client.send("GET /import HTTP/1.1\r\nHost: a\r\n\r\n");
    server.started.acquire();
    EXPECT_FALSE(reported.try_acquire());
    server.server->stop();
    EXPECT_TRUE(reported.try_acquire());
    client.receive();
  }
  EXPECT_FALSE(reported.try_acquire()) << "the second stop is none";
}

TEST(WorkerPools, EachKindHasItsShareOfTheThreads) {
  const auto sizes = [](std::size_t threads) {
    const auto [search, write, fetch, embed, import] = WorkerPools::sizes_of(threads);
    return std::array{search, write, fetch, embed, import};
  };
  EXPECT_EQ(sizes(1), (std::array<std::size_t, 5>{1, 1, 2, 1, 1}));
  EXPECT_EQ(sizes(8), (std::array<std::size_t, 5>{8, 4, 16, 2, 8}));
  EXPECT_EQ(sizes(64), (std::array<std::size_t, 5>{64, 32, 128, 16, 64}));
}

}  // namespace
}  // namespace fit::http
