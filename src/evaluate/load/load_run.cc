#include "evaluate/load/load_run.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/format.h"

namespace fit::evaluate {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kFirstStart{100};  // for the threads to be there
constexpr std::size_t kMaxIntervals = 1000;

// Blocks until `time` or a stop. Returns whether there was no stop.
bool sleep_until(Clock::time_point time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

net::HttpClient::Options client_options(const LoadTarget& target) {
  return {.allow_private_addresses = names_private_host(target.url), .user_agent = "fit-bench-load"};
}

// One run: the connections take the numbers of requests in turn.
class LoadRun {
 public:
  LoadRun(const LoadOptions& options, const ArrivalSchedule& schedule, const LoadRequests& requests,
          milliseconds interval)
      : options_(options), schedule_(schedule), requests_(requests), interval_(interval) {}

  void send_all(const Progress& progress, const std::stop_token& stop, std::optional<ServerReport>& server);
  std::uint64_t remove_all();
  LoadReport report() const;

 private:
  void connection(const std::stop_token& stop);
  void send(net::HttpClient& http, std::uint64_t request, Clock::time_point planned);
  void record(LoadKind kind, Clock::time_point planned, Clock::time_point sent, const std::string& failure);
  void note_written(LoadKind kind, std::uint64_t request, const net::HttpReply& reply);
  std::optional<MetricsPage> metrics();

  const LoadOptions& options_;
  const ArrivalSchedule& schedule_;
  const LoadRequests& requests_;
  const milliseconds interval_;

  Clock::time_point start_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<int> running_{0};
  milliseconds elapsed_{0};
  bool was_stopped_ = false;

  std::mutex mutex_;  // of the following
  std::map<LoadKind, LoadResult> kinds_;
  std::vector<LoadInterval> course_;
  std::vector<LoadBody> removals_;
};

std::optional<MetricsPage> LoadRun::metrics() {
  net::HttpClient http(client_options(options_.target));
  const auto reply = http.send(
      "URL", {.method = "GET", .url = options_.target.url + "/metrics", .headers = options_.target.headers()},
      {.total_timeout = milliseconds(10'000), .retries = 0});
  if (!reply || reply->status != 200) return std::nullopt;
  return MetricsPage::parse(as_text(reply->body));
}

// The memory that the process takes, under the names that servers expose it by.
std::optional<double> memory_of(const MetricsPage& page) {
  for (const char* const name : {"process_resident_memory_bytes", "fit_process_resident_memory_bytes"}) {
    if (page.has(name)) return page.sum(name);
  }
  return std::nullopt;
}

void note_sample(ServerReport& server, const MetricsPage& page) {
  server.longest_queue = std::max(server.longest_queue.value_or(0), page.sum("fit_http_queue_length"));
  if (const auto memory = memory_of(page)) {
    server.largest_memory = std::max(server.largest_memory.value_or(0), *memory);
  }
}

void finish(ServerReport& server, const MetricsPage& before, const MetricsPage& after) {
  server.routes = histogram_changes(before, after, "fit_http_request_duration_seconds", "route");
  for (const auto& [page, sign] : {std::pair(&after, 1.0), std::pair(&before, -1.0)}) {
    for (const auto& [labels, value] : page->samples("fit_http_requests_total")) {
      if (const auto status = labels.find("status"); status != labels.end()) {
        server.answers[status->second] += sign * value;
      }
    }
  }
  std::erase_if(server.answers, [](const auto& answer) { return answer.second <= 0; });
  server.memory_before = memory_of(before);
  server.memory_after = memory_of(after);
}

void LoadRun::send_all(const Progress& progress, const std::stop_token& stop,
                       std::optional<ServerReport>& server) {
  const auto before = metrics();
  if (before) server.emplace();
  start_ = Clock::now() + kFirstStart;
  // Requests that have not been sent by then are not sent at all.
  const Clock::time_point last_start = start_ + options_.shape.duration + options_.timeout;
  std::stop_source end;
  const std::stop_callback on_stop(stop, [&end] { end.request_stop(); });
  {
    std::vector<std::jthread> threads;
    running_ = options_.connections;
    for (int i = 0; i < options_.connections; ++i) {
      threads.emplace_back([this, &end] {
        connection(end.get_token());
        --running_;
      });
    }
    Clock::time_point sample = start_ + interval_;
    while (running_ > 0) {
      if (!sleep_until(std::min(sample, Clock::now() + milliseconds(100)), stop)) break;
      progress(static_cast<std::int64_t>(answered_), static_cast<std::int64_t>(schedule_.count()));
      if (Clock::now() > last_start) end.request_stop();
      if (Clock::now() < sample || !server) continue;
      if (const auto page = metrics()) note_sample(*server, *page);
      sample = Clock::now() + interval_;
    }
  }
  was_stopped_ = stop.stop_requested();
  elapsed_ = duration_cast<milliseconds>(Clock::now() - start_);
  progress(static_cast<std::int64_t>(answered_), static_cast<std::int64_t>(schedule_.count()));
  if (!server) return;
  const auto after = metrics();
  if (!after) return server.reset();
  note_sample(*server, *after);
  finish(*server, *before, *after);
}

void LoadRun::connection(const std::stop_token& stop) {
  net::HttpClient http(client_options(options_.target));
  while (true) {
    const std::uint64_t request = next_++;
    if (request >= schedule_.count()) return;
    const Clock::time_point planned = start_ + schedule_.start_of(request);
    if (!sleep_until(planned, stop)) return;
    ++sent_;
    send(http, request, planned);
    ++answered_;
  }
}

void LoadRun::send(net::HttpClient& http, std::uint64_t request, Clock::time_point planned) {
  const LoadKind kind = options_.mix.kind_of(request);
  const Clock::time_point began = Clock::now();
  const auto body = requests_.body_of(kind, request);
  if (!body) return record(kind, planned, began, "not made");
  net::HttpClient::Request what{.method = body->method,
                                .url = options_.target.url + body->path,
                                .headers = options_.target.headers(),
                                .body = as_bytes(body->body)};
  what.headers.insert(what.headers.end(), body->headers.begin(), body->headers.end());
  const Clock::time_point sent = Clock::now();
  const auto reply =
      http.send("URL", what, {.total_timeout = options_.timeout, .max_redirects = 0, .retries = 0});
  std::string failure;
  if (!reply) {
    failure = reply.error().code == ErrorCode::kDeadlineExceeded ? "timeout" : "connection";
  } else if (reply->status < 200 || reply->status > 299) {
    failure = std::to_string(reply->status);
  } else {
    note_written(kind, request, *reply);
  }
  record(kind, planned, sent, failure);
}

void LoadRun::record(LoadKind kind, Clock::time_point planned, Clock::time_point sent,
                     const std::string& failure) {
  const Clock::time_point now = Clock::now();
  const std::lock_guard lock(mutex_);
  LoadResult& result = kinds_[kind];
  result.latency.record(now - planned);
  result.service.record(now - sent);
  const auto row = static_cast<std::size_t>((planned - start_) / interval_);
  if (course_.size() <= row) course_.resize(row + 1);
  course_[row].latency.record(now - planned);
  if (failure.empty()) return;
  ++result.failures[failure];
  ++course_[row].failed;
}

void LoadRun::note_written(LoadKind kind, std::uint64_t request, const net::HttpReply& reply) {
  if (options_.keeps_what_it_writes || kind == LoadKind::kSearch) return;
  LoadBody removal = requests_.removal_of(request);
  if (kind == LoadKind::kIngest) {
    const auto json = parse_json("body", as_text(reply.body));
    const std::string asset = json ? json_text(*json, "asset_id") : std::string();
    if (asset.empty()) return;
    removal.path = "/api/v1/assets/" + asset;
  }
  const std::lock_guard lock(mutex_);
  removals_.push_back(std::move(removal));
}

std::uint64_t LoadRun::remove_all() {
  net::HttpClient http(client_options(options_.target));
  std::uint64_t left = 0;
  for (const LoadBody& removal : removals_) {
    const auto reply = http.send("URL",
                                 {.method = removal.method,
                                  .url = options_.target.url + removal.path,
                                  .headers = options_.target.headers()},
                                 {.total_timeout = options_.timeout, .retries = 2});
    if (!reply || (reply->status > 299 && reply->status != 404)) ++left;
  }
  return left;
}

LoadReport LoadRun::report() const {
  LoadReport report;
  report.shape = options_.shape;
  report.planned = schedule_.count();
  report.not_sent = schedule_.count() - sent_;
  report.was_stopped = was_stopped_;
  report.elapsed = elapsed_;
  report.interval = interval_;
  report.kinds = kinds_;
  report.course = course_;
  return report;
}

}  // namespace

std::uint64_t LoadResult::failed() const {
  std::uint64_t sum = 0;
  for (const auto& [what, count] : failures) sum += count;
  return sum;
}

void LoadResult::merge(const LoadResult& other) {
  latency.merge(other.latency);
  service.merge(other.service);
  for (const auto& [what, count] : other.failures) failures[what] += count;
}

LoadResult LoadReport::total() const {
  LoadResult total;
  for (const auto& [kind, result] : kinds) total.merge(result);
  return total;
}

Result<LoadReport> run_load(const LoadOptions& options, const Progress& progress,
                            const std::stop_token& stop) {
  FIT_TRY(const ArrivalSchedule schedule, ArrivalSchedule::make(options.shape));
  net::HttpClient http(client_options(options.target));
  const auto run = static_cast<std::uint64_t>(
      duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
  FIT_TRY(const LoadRequests requests, LoadRequests::make(http, options.target, run));
  const milliseconds shortest = options.shape.duration / kMaxIntervals + milliseconds(1);
  LoadRun load(options, schedule, requests, std::max(options.interval, shortest));
  std::optional<ServerReport> server;
  load.send_all(progress, stop, server);
  LoadReport report = load.report();
  report.server = std::move(server);
  report.not_removed = load.remove_all();
  return report;
}

}  // namespace fit::evaluate
