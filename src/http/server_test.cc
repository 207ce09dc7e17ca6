#include "http/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <functional>
#include <future>
#include <latch>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/permits.h"
#include "base/temp_dir.h"
#include "http/test_certificate.h"
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

Response text_response(std::string body) {
  return {.status = 200, .content_type = "text/plain", .body = std::move(body), .headers = {}};
}

// Serves a router, and "/live", on a free port until it is destroyed.
class RunningServer {
 public:
  explicit RunningServer(Router router, const std::function<void(ServerOptions&)>& change = {}) {
    router.add({.method = Method::kGet,
                .pattern = "/live",
                .required_scope = kPublic,
                .run_on = RunOn::kLoop,
                .route_class = RouteClass::kNone,
                .handler = [](const Request&) -> Result<Response> { return text_response("live"); }});
    ServerOptions options;
    options.port = port_;
    options.worker_threads = kWorkers;
    options.scratch_path = scratch_.path();
    if (change) change(options);
    server_ = std::make_unique<Server>(
        options, std::move(router),
        standard_middleware({.metrics = metrics_, .log = Log::silent(), .authenticator = access_}), metrics_,
        Log::silent());
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
  OpenAccess access_;
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
                    .required_scope = kPublic,
                    .run_on = run_on,
                    .route_class = RouteClass::kNone,
                    .handler = std::move(handler)});
      };
      const auto wait = [this](const Request&) -> Result<Response> {
        started.release();
        released.acquire();
        return text_response("done");
      };
      add("/import", RunOn::kImport, wait);
      add("/write", RunOn::kWrite, wait);
      add("/search", RunOn::kSearch,
          [](const Request&) -> Result<Response> { return text_response("found"); });
      add("/peer/{a}/of/{b}", RunOn::kSearch, [](const Request& request) -> Result<Response> {
        return text_response(request.peer.address + " " + std::string(request.path_parameters.get("a")) +
                             " " + std::string(request.path_parameters.get("b")) + " " +
                             std::string(request.headers.get("user-agent")));
      });
      add("/file/{name}", RunOn::kSearch, [this](const Request& request) -> Result<Response> {
        Response response = text_response("");
        response.file = folder.path() / request.path_parameters.get("name");
        return response;
      });
      return router;
    }

    std::string url(const std::string& path) const {
      return "http://127.0.0.1:" + std::to_string(server.port()) + path;
    }

    TempDir folder;
    std::counting_semaphore<> started{0};  // released by each waiting handler
    Permits released{0};                   // lets one handler end
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
  for (std::size_t i = 0; i < busy.size(); ++i) fixture_->released.release();
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
                .required_scope = kPublic,
                .run_on = RunOn::kWrite,
                .route_class = RouteClass::kNone,
                .max_body_bytes = 1000,
                .handler = [](const Request& request) -> Result<Response> {
                  return text_response(std::string(request.body));
                }});
    router.add({.method = Method::kPost,
                .pattern = "/count",
                .required_scope = kPublic,
                .run_on = RunOn::kWrite,
                .route_class = RouteClass::kNone,
                .max_body_bytes = 100u << 20,
                .handler = [](const Request& request) -> Result<Response> {
                  const bool is_in_file = !request.body_file.empty();
                  return text_response(std::to_string(request.body.size()) +
                                       (is_in_file ? " in a file" : " in memory"));
                }});
    router.add({.method = Method::kGet,
                .pattern = "/client",
                .required_scope = kPublic,
                .run_on = RunOn::kLoop,
                .route_class = RouteClass::kNone,
                .handler = [](const Request& request) -> Result<Response> {
                  return text_response(request.client_address + (request.is_https ? " https" : " http"));
                }});
    router.add({.method = Method::kGet,
                .pattern = "/file",
                .required_scope = kPublic,
                .route_class = RouteClass::kNone,
                .handler = [this](const Request&) -> Result<Response> {
                  Response response = text_response("");
                  response.file = folder.path() / "file";
                  return response;
                }});
    const auto wait_for_stop = [this](const Request& request) -> Result<Response> {
      started.release();
      std::binary_semaphore stopped(0);
      const std::stop_callback callback(request.stop, [&stopped] { stopped.release(); });
      stopped.acquire();
      ended.release();
      return cancelled();
    };
    router.add({.method = Method::kGet,
                .pattern = "/search",
                .required_scope = kPublic,
                .route_class = RouteClass::kNone,
                .handler = wait_for_stop});
    router.add({.method = Method::kGet,
                .pattern = "/import",
                .required_scope = kPublic,
                .run_on = RunOn::kImport,
                .route_class = RouteClass::kNone,
                .handler = wait_for_stop});
    router.add({.method = Method::kGet,
                .pattern = "/wait",
                .required_scope = kPublic,
                .route_class = RouteClass::kNone,
                .handler = [this](const Request& request) -> Result<Response> {
                  started.release();
                  released.acquire();
                  return text_response(request.stop.stop_requested() ? "stopped" : "waited");
                }});
    return router;
  }

  TempDir folder;
  std::counting_semaphore<> started{0};
  std::counting_semaphore<> ended{0};
  Permits released{0};  // lets one handler of /wait end
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
  ~RawClient() {
    if (socket_ >= 0) ::close(socket_);
  }
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
  // Shuts down the sending side: the server reads an end.
  void end_sending() { ::shutdown(socket_, SHUT_WR); }
  // Sends a byte of urgent data.
  void send_urgent() { EXPECT_EQ(::send(socket_, "!", 1, MSG_OOB | MSG_NOSIGNAL), 1); }
  // Resets the connection.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    EXPECT_EQ(::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    ::close(std::exchange(socket_, -1));
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

  int socket() const { return socket_; }

 private:
  int socket_ = -1;
};

// A server with TLS, which a certificate of its own names "fit".
struct TlsServer {
  explicit TlsServer(const std::function<void(ServerOptions&)>& change = {}) {
    std::signal(SIGPIPE, SIG_IGN);
    std::ofstream(files.certificate) << pair.certificate();
    std::ofstream(files.key) << pair.key();
    certificate = TlsCertificate::open(files, metrics, Log::silent()).value();
    limited = std::make_unique<LimitedServer>([&](ServerOptions& options) {
      options.tls = certificate.get();
      if (change) change(options);
    });
  }

  TempDir folder;
  TestCertificate pair{"fit"};
  TlsFiles files{.certificate = folder.path() / "cert.pem", .key = folder.path() / "key.pem"};
  Metrics metrics;
  std::unique_ptr<TlsCertificate> certificate;
  std::unique_ptr<LimitedServer> limited;
};

// A TLS connection to a server.
class TlsClient {
 public:
  // How the client connects.
  struct Options {
    int highest_version = TLS1_3_VERSION;
    std::string protocols = {};  // of ALPN, each after its length
  };

  explicit TlsClient(const TlsServer& server) : TlsClient(server, Options{}) {}
  TlsClient(const TlsServer& server, const Options& options) : raw_(*server.limited) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), options.highest_version);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), raw_.socket());
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.protocols.data()),
                        static_cast<unsigned>(options.protocols.size()));
    is_connected_ = SSL_connect(ssl_.get()) == 1;
  }

  bool is_connected() const { return is_connected_; }
  std::string_view version() const { return SSL_get_version(ssl_.get()); }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  SSL* ssl() const { return ssl_.get(); }

  bool send(std::string_view bytes) {
    std::size_t written = 0;
    return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written) == 1;
  }
  // Receives until `end` or the end of the connection.
  std::string receive(std::string_view end = "\xff") {
    std::string all;
    std::array<char, 4096> piece{};
    std::size_t size = 0;
    while (!all.ends_with(end) && SSL_read_ex(ssl_.get(), piece.data(), piece.size(), &size) == 1) {
      all.append(piece.data(), size);
    }
    return all;
  }
  // Whether the server has ended the connection as TLS demands.
  bool is_ended() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  RawClient raw_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  bool is_connected_ = false;
};

constexpr std::string_view kLive = "GET /live HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kLastLive = "GET /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string post_request(std::string_view path, std::string_view fields, std::string_view body = "") {
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

TEST(ServerLimits, TheHeadOfAFileIsSentWithoutIt) {
  LimitedServer limited;
  std::ofstream(limited.folder.path() / "file") << std::string(1'000'000, 'x');
  RawClient client(limited);
  client.send(
      "HEAD /file HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /client HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string responses = client.receive();
  EXPECT_THAT(responses, ::testing::HasSubstr("Content-Length: 1000000"));
  EXPECT_LT(responses.size(), 10'000U);
  EXPECT_THAT(responses, ::testing::EndsWith("127.0.0.1 http"));
}

TEST(ServerLimits, PipelinedRequestsAreAnsweredInOrder) {
  const LimitedServer server;
  RawClient client(server);
  client.send(std::string(kLive) + post_request("/echo", "Content-Length: 3\r\n", "one") +
              post_request("/echo", "Transfer-Encoding: chunked\r\n", "3\r\ntwo\r\n0\r\n\r\n") +
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
  client.send(post_request("/echo", "Content-Length: 100\r\n", "half"));
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
  client.send(post_request("/echo", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") +
              std::string(kLive));
  const std::string response = client.receive();
  expect_status(response, 400);
  EXPECT_TRUE(response.contains("application/problem+json"));
  EXPECT_FALSE(response.contains("live"));
}

TEST(ServerLimits, ABodyIsRefusedBeforeItIsSent) {
  const LimitedServer server;
  for (const auto& [request, status] :
       {std::pair{post_request("/echo", "Content-Length: 1001\r\nExpect: 100-continue\r\n"), 413},
        {post_request("/live", "Content-Length: 1000000000\r\n"), 405},
        {post_request("/nothing", "Content-Length: 1000000000\r\n"), 404},
        {post_request("/echo", "Transfer-Encoding: chunked\r\n", "3E9\r\n" + std::string(1001, 'x')), 413}}) {
    RawClient client(server);
    client.send(request);
    expect_status(client.receive(), status);
  }
}

TEST(ServerLimits, ABodyIsAskedForWhenTheClientWaits) {
  const LimitedServer server;
  RawClient client(server);
  client.send(post_request("/echo", "Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n"));
  EXPECT_EQ(client.receive("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_TRUE(client.receive().ends_with("\r\n\r\nhello"));
}

TEST(ServerLimits, LargeBodiesGoToTheDiskWithinTheirLimit) {
  const LimitedServer server([](ServerOptions& options) { options.body_limits.scratch_bytes = 32u << 20; });
  const auto count = [&server](std::size_t size) {
    RawClient client(server);
    client.send(post_request("/count", fit::format("Content-Length: {}\r\nConnection: close\r\n", size)));
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

void without_request_limit(ServerOptions& options) {
  options.request_time_limit = std::chrono::hours(1);
}

TEST(ServerLimits, WorkStopsWhenItsClientResetsTheConnection) {
  LimitedServer server(without_request_limit);
  for (int i = 0; i < 3; ++i) {
    RawClient client(server);
    client.send(kLive);
    EXPECT_TRUE(client.receive("live").ends_with("live"));
    client.send("GET /search HTTP/1.1\r\nHost: a\r\n\r\n");
    server.started.acquire();
    client.reset();
    server.ended.acquire();
  }
}

TEST(ServerLimits, WorkThatWaitsForAThreadIsNotBegunForAClientThatHasLeft) {
  LimitedServer server(without_request_limit);
  std::vector<std::unique_ptr<RawClient>> busy;
  const auto wait = [&] {
    busy.push_back(std::make_unique<RawClient>(server));
    busy.back()->send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  };
  for (std::size_t i = 0; i < kSizes.search; ++i) wait();
  for (std::size_t i = 0; i < kSizes.search; ++i) server.started.acquire();
  RawClient leaving(server);
  leaving.send("GET /search HTTP/1.1\r\nHost: a\r\n\r\n");
  // The server reads from its connections in the order in which they have something to read.
  RawClient later(server);
  later.send(kLive);
  later.receive("live");
  leaving.reset();
  RawClient last(server);
  last.send(kLive);
  last.receive("live");
  for (std::size_t i = 0; i < kSizes.search; ++i) server.released.release();
  for (const auto& client : busy) EXPECT_TRUE(client->receive("waited").ends_with("waited"));
  wait();  // behind the request of the client that has left
  server.started.acquire();
  EXPECT_FALSE(server.started.try_acquire());
  server.released.release();
}

TEST(ServerLimits, AClientThatEndsItsSendingGetsAllItsResponses) {
  LimitedServer server(without_request_limit);
  RawClient client(server);
  client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kLastLive));
  client.end_sending();
  server.started.acquire();
  RawClient other(server);
  other.send(kLive);
  EXPECT_TRUE(other.receive("live").ends_with("live"));  // the loop has seen the end by now
  server.released.release();
  const std::string all = client.receive();
  EXPECT_LT(all.find("\r\n\r\nwaited"), all.find("\r\n\r\nlive"));
  EXPECT_TRUE(all.ends_with("\r\n\r\nlive"));
}

TEST(ServerLimits, UrgentDataIsNoReset) {
  LimitedServer server(without_request_limit);
  RawClient client(server);
  for (int i = 0; i < 2; ++i) {
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    server.started.acquire();
    client.send_urgent();
    RawClient other(server);
    other.send(kLive);
    EXPECT_TRUE(other.receive("live").ends_with("live"));
    server.released.release();
    EXPECT_TRUE(client.receive("waited").ends_with("waited"));
  }
}

TEST(ServerLimits, AnImportOutlivesItsConnection) {
  LimitedServer server(without_request_limit);
  RawClient client(server);
  client.send("GET /import HTTP/1.1\r\nHost: a\r\n\r\n");
  server.started.acquire();
  client.reset();
  RawClient other(server);
  other.send(kLive);
  EXPECT_TRUE(other.receive("live").ends_with("live"));
  EXPECT_FALSE(server.ended.try_acquire());
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
  slow.send(post_request("/echo", "Content-Length: 100\r\n", "half"));
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
    server.server.stop();
    EXPECT_TRUE(reported.try_acquire());
    client.receive();
  }
  EXPECT_FALSE(reported.try_acquire()) << "the second stop is none";
}

TEST(ServerTls, RequestsOfAConnectionAreAnswered) {
  const TlsServer server;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server, {.highest_version = version});
    ASSERT_TRUE(client.is_connected());
    EXPECT_EQ(client.version(), version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    client.send(kLive);
    EXPECT_TRUE(client.receive("live").starts_with("HTTP/1.1 200 "));
    client.send(std::string(kLive) + post_request("/echo", "Content-Length: 3\r\n", "one"));
    EXPECT_TRUE(client.receive("one").contains("\r\n\r\nlive"));
    client.send("GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: http\r\n\r\n");
    EXPECT_TRUE(client.receive("127.0.0.1 https").ends_with("\r\n\r\n127.0.0.1 https"));
    client.send(kLastLive);
    EXPECT_TRUE(client.receive().ends_with("live"));
    EXPECT_TRUE(client.is_ended());
  }
}

TEST(ServerTls, OlderVersionsAreRefused) {
  const TlsServer server;
  EXPECT_FALSE(TlsClient(server, {.highest_version = TLS1_VERSION}).is_connected());
  EXPECT_FALSE(TlsClient(server, {.highest_version = TLS1_1_VERSION}).is_connected());
}

TEST(ServerTls, TheProtocolIsHttp11) {
  const TlsServer server;
  EXPECT_EQ(TlsClient(server).protocol(), "");
  EXPECT_EQ(TlsClient(server, {.protocols = "\x02h2\x08http/1.1"}).protocol(), "http/1.1");
  EXPECT_FALSE(TlsClient(server, {.protocols = "\x02h2"}).is_connected());
}

TEST(ServerTls, ClientsCannotRenegotiate) {
  const TlsServer server;
  TlsClient client(server, {.highest_version = TLS1_2_VERSION});
  ASSERT_TRUE(client.is_connected());
  EXPECT_TRUE(SSL_renegotiate(client.ssl()) != 1 || SSL_do_handshake(client.ssl()) != 1);
}

TEST(ServerTls, LargeBodiesAndFilesArrive) {
  const TlsServer server;
  const std::string content(20'000'000, 'x');
  std::ofstream(server.limited->folder.path() / "file") << content << "end";
  TlsClient client(server);
  client.send(post_request("/count", fit::format("Content-Length: {}\r\n", content.size())));
  client.send(content);
  EXPECT_TRUE(client.receive("a file").ends_with("\r\n\r\n20000000 in a file"));
  client.send("GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.receive().ends_with("\r\n\r\n" + content + "end"));
}

TEST(ServerTls, PlainHttpIsToldWhatThePortSpeaks) {
  const TlsServer server;
  for (const std::string& request :
       {std::string(kLive), post_request("/echo", "Content-Length: 3\r\n", "one")}) {
    RawClient client(*server.limited);
    client.send(request);
    const std::string response = client.receive();
    expect_status(response, 400);
    EXPECT_TRUE(response.contains("this port speaks https")) << response;
  }
}

TEST(ServerTls, SlowHandshakesAreClosed) {
  const TlsServer server(short_times);
  RawClient silent(*server.limited);
  EXPECT_EQ(silent.receive(), "");
  RawClient half(*server.limited);
  half.send("\x16\x03\x01");
  EXPECT_EQ(half.receive(), "");
  TlsClient idle(server);
  EXPECT_EQ(idle.receive(), "");
}

TEST(ServerTls, OtherBytesAreRefused) {
  const TlsServer server;
  for (const std::string& bytes : {std::string("\x16\x03\x01\x00\x05hello", 10), std::string(1000, '\x80'),
                                   std::string(1000, '\0'), std::string("ssh-2.0\r\n")}) {
    RawClient client(*server.limited);
    client.send(bytes);
    ::shutdown(client.socket(), SHUT_WR);
    EXPECT_FALSE(client.receive().contains("HTTP"));
  }
  TlsClient client(server);
  client.send(kLive);
  EXPECT_TRUE(client.receive("live").ends_with("live"));
}

TEST(ServerTls, StoppingEndsOpenHandshakesAndIdleConnections) {
  auto server = std::make_unique<TlsServer>();
  RawClient half(*server->limited);
  half.send("\x16\x03\x01");
  TlsClient idle(*server);
  idle.send(kLive);
  EXPECT_TRUE(idle.receive("live").ends_with("live"));
  server->limited.reset();
  EXPECT_EQ(idle.receive(), "");
  EXPECT_EQ(half.receive(), "");
}

TEST(ServerTls, OpenConnectionsOutliveACertificate) {
  const TlsServer server;
  TlsClient before(server);
  const TestCertificate next("next");
  std::ofstream(server.files.certificate) << next.certificate();
  std::ofstream(server.files.key) << next.key();
  const auto former = server.certificate->context();
  server.certificate->reload();
  while (server.certificate->context() == former) std::this_thread::yield();
  before.send(kLive);
  EXPECT_TRUE(before.receive("live").ends_with("live"));
  TlsClient after(server);
  after.send(kLive);
  EXPECT_TRUE(after.receive("live").ends_with("live"));
}

TEST(ServerProxies, ATrustedProxyNamesTheClient) {
  const auto answer = [](const LimitedServer& server) {
    RawClient client(server);
    client.send(
        "GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1, 203.0.113.7\r\n"
        "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n");
    const std::string response = client.receive();
    return response.substr(response.find("\r\n\r\n") + 4);
  };
  EXPECT_EQ(answer(LimitedServer()), "127.0.0.1 http");
  EXPECT_EQ(answer(LimitedServer([](ServerOptions& options) {
              options.trusted_proxies = TrustedProxies::parse("S", "127.0.0.0/8").value();
            })),
            "203.0.113.7 https");
  EXPECT_EQ(answer(LimitedServer([](ServerOptions& options) {
              options.trusted_proxies = TrustedProxies::parse("S", "10.0.0.0/8").value();
            })),
            "127.0.0.1 http");
}

TEST(ServerProxies, AProxyIsLimitedByAllConnectionsOnly) {
  const LimitedServer server([](ServerOptions& options) {
    options.trusted_proxies = TrustedProxies::parse("S", "127.0.0.1").value();
    options.max_connections_per_peer = 1;
    options.max_connections = 3;
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(server));
    clients.back()->send(kLive);
    EXPECT_TRUE(clients.back()->receive("live").ends_with("live"));
  }
  RawClient fourth(server);
  fourth.send(kLive);
  EXPECT_EQ(fourth.receive(), "");
}

TEST(WorkerPools, EachKindHasItsShareOfTheThreads) {
  const auto sizes = [](std::size_t threads) {
    const auto [search, write, fetch, embed, import, ingest, sign_in] = WorkerPools::sizes_of(threads);
    EXPECT_EQ(sign_in, 2U);
    return std::array{search, write, fetch, embed, import, ingest};
  };
  EXPECT_EQ(sizes(1), (std::array<std::size_t, 6>{1, 1, 2, 1, 1, 4}));
  EXPECT_EQ(sizes(8), (std::array<std::size_t, 6>{8, 4, 16, 2, 8, 32}));
  EXPECT_EQ(sizes(64), (std::array<std::size_t, 6>{64, 32, 128, 16, 64, 256}));
}

}  // namespace
}  // namespace fit::http
