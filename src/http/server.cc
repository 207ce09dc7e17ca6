#include "http/server.h"

#include <drogon/drogon.h>

#include <coroutine>
#include <csignal>

#include "base/signal_watch.h"
#include "base/stopwatch.h"
#include "http/listen.h"
#include "http/native_message.h"
#include "http/problem.h"
#include "http/worker_pools.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxMemoryBody = 8u << 20;  // larger bodies go to the scratch folder
constexpr auto kDrainPoll = std::chrono::milliseconds(20);

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

// An exchange with its connection. Exactly one response is sent: the handler's or that of the time limit.
struct NativeExchange : Exchange {
  drogon::HttpRequestPtr native;
  drogon::AdviceCallback reply;
  std::atomic<bool> answered{false};
  trantor::EventLoop* loop = nullptr;
};
using ExchangePtr = std::shared_ptr<NativeExchange>;

// co_await OnPool{pools, run_on, work} runs `work` on the pool and continues there. The result is false when
// the pool's queue is full; it then continues at once without running `work`.
struct OnPool {
  WorkerPools& pools;
  RunOn run_on;
  std::function<void()> work;
  bool accepted = true;

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiting) {
    // Once the task is taken, this object may be destroyed before try_submit() returns.
    const bool taken = pools.try_submit(run_on, [this, waiting] {
      work();
      waiting.resume();
    });
    if (!taken) accepted = false;
    return taken;
  }
  bool await_resume() const noexcept { return accepted; }
};

}  // namespace

struct Server::State {
  State(ServerOptions given_options, Router given_router, std::vector<Middleware> middleware,
        Metrics& metrics, Log given_log)
      : options(std::move(given_options)),
        router(std::move(given_router)),
        pipeline(std::move(middleware), given_log),
        log(std::move(given_log)),
        queue_length(metrics.gauge("fit_http_queue_length", "Requests waiting for a worker")),
        pools(WorkerPools::sizes_of(options.worker_threads), options.max_queued) {}

  void accept(const drogon::HttpRequestPtr& native, drogon::AdviceCallback reply);
  drogon::AsyncTask serve(ExchangePtr exchange);
  void answer(const ExchangePtr& exchange, Response response);
  void start_timer(const ExchangePtr& exchange);
  void configure(const std::string& address);
  void begin_stop(std::string_view why);
  void drain();

  ServerOptions options;
  Router router;
  Pipeline pipeline;
  Log log;
  Gauge& queue_length;
  std::stop_source stopping;
  std::atomic<bool> abandoned{
      false};  // the drain limit has passed: connections are closed and responses dropped
  std::atomic<int> in_flight{0};
  Stopwatch since_stop;
  WorkerPools pools;
};

Server::Server(ServerOptions options, Router router, std::vector<Middleware> middleware, Metrics& metrics,
               Log log)
    : state_(std::make_unique<State>(std::move(options), std::move(router), std::move(middleware), metrics,
                                     std::move(log))) {}
Server::~Server() = default;

void Server::State::accept(const drogon::HttpRequestPtr& native, drogon::AdviceCallback reply) {
  in_flight.fetch_add(1);
  auto exchange = std::make_shared<NativeExchange>();
  exchange->native = native;
  exchange->reply = std::move(reply);
  exchange->loop = trantor::EventLoop::getEventLoopOfCurrentThread();
  exchange->request = request_of(*native);
  exchange->request.stop = stopping.get_token();
  exchange->match = router.match(exchange->request.method, exchange->request.path);
  exchange->request.path_parameters = exchange->match.path_parameters;
  serve(std::move(exchange));
}

drogon::AsyncTask Server::State::serve(ExchangePtr exchange) {
  if (auto refusal = pipeline.before(Middleware::Stage::kLoop, *exchange)) {
    answer(exchange, *std::move(refusal));
    co_return;
  }
  const RunOn run_on = exchange->match.route->run_on;
  Response response;
  const auto work = [&] {
    if (!exchange->answered) response = pipeline.handle(*exchange);
  };
  if (run_on == RunOn::kLoop) {
    work();
  } else {
    if (run_on != RunOn::kImport) start_timer(exchange);
    queue_length.set(static_cast<double>(pools.queued()));
    const bool accepted = co_await OnPool{pools, run_on, work};
    if (!accepted) {
      response =
          problem(Error{ErrorCode::kTooManyRequests, "too many requests are waiting; try again soon", {}, {}},
                  exchange->request);
    }
  }
  answer(exchange, std::move(response));
}

// The timer is not cancelled when a response is sent in time, because that would wake the loop. It expires
// without effect.
void Server::State::start_timer(const ExchangePtr& exchange) {
  exchange->loop->runAfter(seconds(options.request_time_limit), [this, weak = std::weak_ptr(exchange)] {
    const ExchangePtr late = weak.lock();
    if (!late || late->answered) return;
    answer(late, problem(Error{ErrorCode::kDeadlineExceeded, "took longer than the time limit", {}, {}},
                         late->request));
  });
}

void Server::State::answer(const ExchangePtr& exchange, Response response) {
  if (exchange->answered.exchange(true)) return;
  pipeline.after(*exchange, response);
  if (!abandoned) exchange->reply(native_response(exchange->request, std::move(response)));
  in_flight.fetch_sub(1);
}

void Server::State::configure(const std::string& address) {
  auto& app = drogon::app();
  app.addListener(address, options.port);
  app.setThreadNum(options.io_threads);
  app.setMaxConnectionNum(options.max_connections);
  app.setClientMaxBodySize(std::max<std::size_t>(1, router.max_body_bytes()));
  app.setClientMaxMemoryBodySize(kMaxMemoryBody);
  app.setUploadPath((options.scratch_path / "bodies").string());
  app.setIdleConnectionTimeout(static_cast<std::size_t>(seconds(options.idle_time_limit)));
  app.enableServerHeader(false);
  app.enableGzip(true);
  app.disableSigtermHandling();
  app.registerPreRoutingAdvice([this](const drogon::HttpRequestPtr& request, drogon::AdviceCallback&& reply,
                                      drogon::AdviceChainCallback&&) { accept(request, std::move(reply)); });
  app.registerNewConnectionAdvice([this](const trantor::InetAddress&, const trantor::InetAddress&) {
    return !stopping.stop_requested();
  });
  app.registerBeginningAdvice([this] {
    for (const trantor::InetAddress& listener : drogon::app().getListeners()) {
      log.info("listening", {{"url", "http://" + listener.toIpPort()}, {"version", options.version}});
    }
  });
  trantor::Logger::setLogLevel(trantor::Logger::kWarn);
  trantor::Logger::setOutputFunction(
      [log = log](const char* text, std::uint64_t size) {
        log.warning("http library", {{"text", std::string(text, size)}});
      },
      [] {});
}

void Server::State::begin_stop(std::string_view why) {
  if (!stopping.request_stop()) return;
  log.info("stopping", {{"reason", why}, {"requests_running", in_flight.load()}});
  drogon::app().getLoop()->queueInLoop([this] {
    since_stop = Stopwatch();
    drogon::app().getLoop()->runEvery(seconds(kDrainPoll), [this] { drain(); });
  });
}

// Ends the loops when the last response is sent, or when the drain limit passes. The loops end one poll
// later, so that the response's bytes leave.
void Server::State::drain() {
  const bool waited_enough = since_stop.elapsed() > options.drain_time_limit;
  if (in_flight > 0 && !waited_enough) return;
  abandoned = in_flight > 0;
  drogon::app().getLoop()->runAfter(seconds(kDrainPoll), [] { drogon::app().quit(); });
}

Result<void> Server::run() {
  FIT_TRY(const std::string address, find_listen_address(state_->options.host, state_->options.port));
  state_->configure(address);
  const SignalWatch watch(
      [this](int signal) { state_->begin_stop(signal == SIGTERM ? "SIGTERM" : "SIGINT"); });
  drogon::app().run();
  return {};
}

void Server::stop() {
  state_->begin_stop("stop() was called");
}

}  // namespace fit::http
