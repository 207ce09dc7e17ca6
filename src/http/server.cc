#include "http/server.h"

#include <drogon/drogon.h>

#include <coroutine>
#include <csignal>

#include "base/format.h"
#include "base/worker_pool.h"
#include "http/api.h"
#include "http/exchange.h"
#include "http/listen.h"
#include "http/problem.h"
#include "http/scratch_folder.h"
#include "http/signals.h"

namespace fit::http {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxMemoryBody = 8u << 20;  // larger bodies are kept in the scratch folder
constexpr std::size_t kImportQueue = 4;
constexpr auto kDrainPoll = std::chrono::milliseconds(20);

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::optional<Method> method_of(const drogon::HttpRequestPtr& request) {
  switch (request->method()) {
    case drogon::Get:
    case drogon::Head:
      return Method::kGet;
    case drogon::Post:
      return Method::kPost;
    case drogon::Put:
      return Method::kPut;
    case drogon::Delete:
      return Method::kDelete;
    case drogon::Options:
      return Method::kOptions;
    case drogon::Patch:
      return Method::kPatch;
    default:
      return std::nullopt;
  }
}

// One request on its way through the server: answered exactly once, by its handler or by its time limit.
struct Exchange {
  drogon::HttpRequestPtr native;
  drogon::AdviceCallback reply;
  Request request;
  const Route* route = nullptr;
  Clock::time_point start;
  std::atomic<bool> answered{false};
  trantor::EventLoop* loop = nullptr;
};
using ExchangePtr = std::shared_ptr<Exchange>;

// co_await OnPool{pool, work}: runs `work` on the pool and goes on there. Gives false, and goes on at once
// without having run it, when the pool's queue is full.
struct OnPool {
  WorkerPool& pool;
  std::function<void()> work;
  bool accepted = true;

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiting) {
    // Once the task is taken, this object may be gone before try_submit() returns.
    const bool taken = pool.try_submit([this, waiting] {
      work();
      waiting.resume();
    });
    if (!taken) accepted = false;
    return taken;
  }
  bool await_resume() const noexcept { return accepted; }
};

drogon::HttpResponsePtr native_response(Response response) {
  auto native = drogon::HttpResponse::newHttpResponse();
  native->setCustomStatusCode(response.status, reason_of(response.status));
  if (response.content_type.ends_with("json")) {
    native->setContentTypeCodeAndCustomString(drogon::CT_APPLICATION_JSON, response.content_type);
  } else if (!response.content_type.empty()) {
    native->setContentTypeString(response.content_type);
  }
  for (auto& [name, value] : response.headers) native->addHeader(name, std::move(value));
  native->setBody(std::move(response.body));
  return native;
}

}  // namespace

struct Server::State {
  State(ServerOptions options, Parts parts)
      : api(std::move(options), parts),
        router(make_router(api)),
        finisher(parts.metrics, parts.log, api.options.cors_origin),
        queue_length(parts.metrics.gauge("fit_http_queue_length", "Requests waiting for a worker")),
        workers(api.options.worker_threads, api.options.max_queued),
        importers(1, kImportQueue) {}

  void accept(const drogon::HttpRequestPtr& native, drogon::AdviceCallback reply);
  drogon::AsyncTask serve(ExchangePtr exchange);
  std::optional<Response> refuse(Exchange& exchange, Router::Match& match);
  Response answer_options(const Router::Match& match) const;
  void answer(const ExchangePtr& exchange, Response response);
  void start_timer(const ExchangePtr& exchange);
  void configure(const std::string& address);
  void begin_stop(std::string_view why);
  void drain();

  Api api;
  Router router;
  Finisher finisher;
  Gauge& queue_length;
  RequestIds request_ids;
  std::atomic<bool> stopping{false};
  std::atomic<bool> abandoned{false};  // stopping took too long: the connections are gone, answers go nowhere
  std::atomic<int> in_flight{0};
  Clock::time_point stop_began;
  WorkerPool workers;
  WorkerPool importers;
};

Server::Server(ServerOptions options, Parts parts)
    : state_(std::make_unique<State>(std::move(options), parts)) {}
Server::~Server() = default;

void Server::State::accept(const drogon::HttpRequestPtr& native, drogon::AdviceCallback reply) {
  in_flight.fetch_add(1);
  finisher.in_flight().add(1);
  auto exchange = std::make_shared<Exchange>();
  exchange->native = native;
  exchange->reply = std::move(reply);
  exchange->start = Clock::now();
  exchange->loop = trantor::EventLoop::getEventLoopOfCurrentThread();
  Request& request = exchange->request;
  request.method = method_of(native).value_or(Method::kOptions);
  request.path = native->path();
  request.query = native->query();
  request.body = native->body();
  request.content_type = native->getHeader("content-type");
  request.if_none_match = native->getHeader("if-none-match");
  request.accept_encoding = native->getHeader("accept-encoding");
  request.request_id = request_ids.accept(native->getHeader("x-request-id"));
  request.stopping = &stopping;
  serve(std::move(exchange));
}

drogon::AsyncTask Server::State::serve(ExchangePtr exchange) {
  Router::Match match = router.match(exchange->request.method, exchange->request.path);
  if (auto refusal = refuse(*exchange, match)) {
    answer(exchange, *std::move(refusal));
    co_return;
  }
  const Route& route = *match.route;
  exchange->request.path_parameter = std::move(match.parameter);
  Response response;
  const auto work = [&] {
    if (!exchange->answered) response = run_handler(route, exchange->request, api.parts.log);
  };
  if (route.run_on == RunOn::kLoop) {
    work();
  } else {
    if (route.run_on == RunOn::kWorkers) start_timer(exchange);
    WorkerPool& pool = route.run_on == RunOn::kWorkers ? workers : importers;
    queue_length.set(static_cast<double>(workers.queued()));
    const bool accepted = co_await OnPool{pool, work};
    if (!accepted) {
      response =
          problem(Error{ErrorCode::kTooManyRequests, "too many requests are waiting; try again soon", {}, {}},
                  exchange->request);
    }
  }
  answer(exchange, std::move(response));
}

// What HTTP itself has to say about a request, before its handler sees it.
std::optional<Response> Server::State::refuse(Exchange& exchange, Router::Match& match) {
  const Request& request = exchange.request;
  exchange.route = match.route;
  if (match.route == nullptr && match.allowed.empty()) {
    return problem(404, "not_found", "there is nothing at this path; /docs lists what there is", request);
  }
  if (match.route == nullptr) {
    Response response =
        request.method == Method::kOptions
            ? Response{.status = 204, .content_type = {}, .body = {}, .headers = {}}
            : problem(405, "method_not_allowed", "this path does not take that method", request);
    for (auto& header : answer_options(match).headers) response.headers.push_back(std::move(header));
    return response;
  }
  if (stopping && request.path != "/live") {
    return problem(Error{ErrorCode::kUnavailable, "the server is stopping", {}, {}}, request);
  }
  if (request.body.size() > match.route->max_body_bytes) {
    const std::string limit =
        fit::format("is larger than the {} bytes that this path takes", match.route->max_body_bytes);
    return problem(Error{ErrorCode::kTooLarge, limit, "body", {}}, request);
  }
  const std::string& encoding = exchange.native->getHeader("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    return problem(
        Error{ErrorCode::kUnsupportedMedia, "must be absent: send the body as it is", "Content-Encoding", {}},
        request);
  }
  return std::nullopt;
}

Response Server::State::answer_options(const Router::Match& match) const {
  Response response;
  std::string allow;
  for (const Method method : match.allowed) {
    allow += (allow.empty() ? "" : ", ") + std::string(to_string(method));
    if (method == Method::kGet) allow += ", HEAD";
  }
  allow += ", OPTIONS";
  response.headers.emplace_back("Allow", allow);
  if (!api.options.cors_origin.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Methods", allow);
    response.headers.emplace_back("Access-Control-Allow-Headers", "Content-Type, X-Request-ID");
    response.headers.emplace_back("Access-Control-Max-Age", "86400");
  }
  return response;
}

// The timer is left to run out when the answer was in time: it then finds nothing. Taking it back would wake
// the loop.
void Server::State::start_timer(const ExchangePtr& exchange) {
  const auto limit = api.options.request_time_limit;
  exchange->loop->runAfter(seconds(limit), [this, weak = std::weak_ptr(exchange)] {
    const ExchangePtr late = weak.lock();
    if (!late || late->answered) return;
    answer(late, problem(Error{ErrorCode::kDeadlineExceeded, "took longer than the time limit", {}, {}},
                         late->request));
  });
}

void Server::State::answer(const ExchangePtr& exchange, Response response) {
  if (exchange->answered.exchange(true)) return;
  const Request& request = exchange->request;
  const bool is_head = exchange->native->isHead();
  finisher.finish(request,
                  {.route = exchange->route ? std::string_view(exchange->route->pattern) : "unmatched",
                   .method = is_head ? "HEAD" : to_string(request.method),
                   .start = exchange->start},
                  response);
  if (!abandoned) exchange->reply(native_response(std::move(response)));
  finisher.in_flight().add(-1);
  in_flight.fetch_sub(1);
}

void Server::State::configure(const std::string& address) {
  const ServerOptions& options = api.options;
  auto& app = drogon::app();
  app.addListener(address, options.port);
  app.setThreadNum(options.io_threads);
  app.setMaxConnectionNum(options.max_connections);
  app.setClientMaxBodySize(std::max(options.max_import_bytes, options.max_body_bytes));
  app.setClientMaxMemoryBodySize(kMaxMemoryBody);
  app.setUploadPath((api.scratch_path / "bodies").string());
  app.setIdleConnectionTimeout(static_cast<std::size_t>(seconds(options.idle_time_limit)));
  app.enableServerHeader(false);
  app.enableGzip(true);
  app.disableSigtermHandling();
  app.registerPreRoutingAdvice([this](const drogon::HttpRequestPtr& request, drogon::AdviceCallback&& reply,
                                      drogon::AdviceChainCallback&&) { accept(request, std::move(reply)); });
  app.registerNewConnectionAdvice(
      [this](const trantor::InetAddress&, const trantor::InetAddress&) { return !stopping; });
  app.registerBeginningAdvice([this] {
    for (const trantor::InetAddress& listener : drogon::app().getListeners()) {
      api.parts.log.info("listening",
                         {{"url", "http://" + listener.toIpPort()}, {"version", api.options.version}});
    }
  });
  trantor::Logger::setLogLevel(trantor::Logger::kWarn);
  trantor::Logger::setOutputFunction(
      [log = api.parts.log](const char* text, std::uint64_t size) {
        log.warning("http library", {{"said", std::string(text, size)}});
      },
      [] {});
}

void Server::State::begin_stop(std::string_view why) {
  if (stopping.exchange(true)) return;
  api.parts.log.info("stopping", {{"reason", why}, {"requests_running", in_flight.load()}});
  drogon::app().getLoop()->queueInLoop([this] {
    stop_began = Clock::now();
    drogon::app().getLoop()->runEvery(seconds(kDrainPoll), [this] { drain(); });
  });
}

// Ends the loops when the last answer is out, one poll after it so that its bytes leave, or when it takes too
// long.
void Server::State::drain() {
  const bool waited_enough = Clock::now() - stop_began > api.options.drain_time_limit;
  if (in_flight > 0 && !waited_enough) return;
  abandoned = in_flight > 0;
  drogon::app().getLoop()->runAfter(seconds(kDrainPoll), [] { drogon::app().quit(); });
}

Result<void> Server::run() {
  const ServerOptions& options = state_->api.options;
  FIT_TRY(const std::string address, find_listen_address(options.host, options.port));
  FIT_TRY(const ScratchFolder scratch, ScratchFolder::make(options.scratch_path));
  state_->api.scratch_path = scratch.path();
  state_->configure(address);
  {
    const SignalWatch watch(
        [this](int signal) { state_->begin_stop(signal == SIGTERM ? "SIGTERM" : "SIGINT"); });
    drogon::app().run();
  }
  return {};
}

void Server::stop() {
  state_->begin_stop("stop() was called");
}

}  // namespace fit::http
