#include "http/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <latch>
#include <semaphore>
#include <thread>

#include "base/temp_dir.h"
#include "http/worker_pools.h"
#include "net/http_client.h"

// A real server on the loopback with the handlers of these tests. All tests share it, because Drogon runs
// once.
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

class ServerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { fixture_ = std::make_unique<Fixture>(); }
  static void TearDownTestSuite() { fixture_.reset(); }

  struct Fixture {
    Fixture() {
      ServerOptions options;
      options.port = port;
      options.worker_threads = kWorkers;
      options.scratch_path = folder.path();
      server = std::make_unique<Server>(options, routes(),
                                        standard_middleware({.metrics = metrics, .log = Log::silent()}),
                                        metrics, Log::silent());
      thread = std::thread([this] { EXPECT_TRUE(server->run()); });
      while (!client.get("url", url("/live"), {.retries = 0})) std::this_thread::yield();
    }
    ~Fixture() {
      server->stop();
      thread.join();
    }

    Router routes() {
      Router router;
      router.add({.method = Method::kGet,
                  .pattern = "/live",
                  .run_on = RunOn::kLoop,
                  .handler = [](const Request&) -> Result<Response> { return text("live"); }});
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
      return "http://127.0.0.1:" + std::to_string(port) + path;
    }

    TempDir folder;
    std::uint16_t port = free_port();
    Metrics metrics;
    std::counting_semaphore<> started{0};   // released by each waiting handler
    std::counting_semaphore<> released{0};  // lets one handler end
    net::HttpClient client{{.allow_private_addresses = true, .user_agent = "tester/1"}};
    std::unique_ptr<Server> server;
    std::thread thread;
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
  for (const std::size_t size : {0U, 5U, 1'000'000U}) {
    const std::string content(size, 'x');
    std::ofstream(fixture_->folder.path() / "some") << content;
    EXPECT_EQ(get("/file/some").value(), content) << size;
  }
  EXPECT_EQ(get("/file/none").error().code, ErrorCode::kNotFound);
}

TEST(WorkerPools, EachKindHasItsShareOfTheThreads) {
  const auto sizes = [](std::size_t threads) {
    const auto [search, write, import] = WorkerPools::sizes_of(threads);
    return std::array{search, write, import};
  };
  EXPECT_EQ(sizes(1), (std::array<std::size_t, 3>{1, 1, 1}));
  EXPECT_EQ(sizes(8), (std::array<std::size_t, 3>{8, 4, 1}));
  EXPECT_EQ(sizes(64), (std::array<std::size_t, 3>{64, 32, 4}));
}

}  // namespace
}  // namespace fit::http
