#include "ingest/sources/source_service.h"

#include <algorithm>

#include "base/format.h"
#include "ingest/pages/page_links.h"
#include "ingest/sources/run_steps.h"
#include "ingest/sources/sweep.h"

namespace fit::ingest {
namespace {

constexpr std::chrono::seconds kSchedulePoll{10};
constexpr int kPollsToStranded = 6;
constexpr std::size_t kCancelledAtOnce = 1000;

}  // namespace

SourceService::SourceService(Parts parts, SourceWorker::Options options)
    : parts_(std::move(parts)),
      sources_(parts_.database, {.on_added =
                                     [this] {
                                       parts_.queue.announce();
                                       task_.wake();
                                     }}),
      worker_(parts_, options) {}

void SourceService::start() {
  task_.start([this](const std::stop_token&) {
    for (int polls = 0;; polls = (polls + 1) % kPollsToStranded) {
      look();
      if (polls == 0) {
        if (const auto ended = sources_.end_stranded(); !ended) {
          parts_.log.error("the runs of sources could not be compared with their jobs", ended.error());
        } else if (*ended > 0) {
          parts_.log.warning(fit::format("{} runs of sources have ended with their jobs", *ended));
        }
      }
      if (!task_.wait_for(kSchedulePoll)) return;
    }
  });
}

void SourceService::look() {
  const auto started = sources_.start_due();
  if (!started) {
    parts_.log.error("scheduled runs of sources could not begin", started.error());
  } else if (*started > 0) {
    parts_.queue.announce();
  }
}

Result<RunRecord> SourceService::stop_run(SourceId id) {
  FIT_TRY(RunRecord run, sources_.stop(id));
  for (const jobs::State state : {jobs::State::kWaiting, jobs::State::kDelayed, jobs::State::kRunning}) {
    jobs::JobQuery query;
    query.state = state;
    query.submitter = source_submitter(id);
    query.limit = kCancelledAtOnce;
    FIT_TRY(const auto jobs, parts_.queue.list(query));
    for (const jobs::Job& job : jobs) {
      // Captures of the same source are runs of their own, which go on.
      const auto payload = parse_json("payload", job.payload);
      if (payload && json_text(*payload, "run") != run.id.str()) continue;
      const auto cancelled = parts_.queue.cancel(job.id);
      // It has ended meanwhile.
      if (!cancelled && cancelled.error().code != ErrorCode::kConflict) return cancelled.error();
    }
  }
  return run;
}

Result<Detected> SourceService::test(const std::string& address, const DetectOptions& options,
                                     const std::stop_token& stop) {
  DetectOptions with_leases = options;
  with_leases.leases = &worker_.leases();
  return detect_source(address, with_leases, parts_.crawler, stop);
}

Result<SourceRecord> SourceService::source_of_host(const std::string& host, std::string_view created_by) {
  FIT_TRY(const auto all, sources_.list());
  const auto found = std::ranges::find_if(all, [&host](const SourceRecord& source) {
    return url_host(source.spec.settings.address) == host || source.spec.name == host;
  });
  if (found != all.end()) return *found;
  SourceSpec spec;
  spec.name = host;
  spec.settings.kind = SourceKind::kPush;
  spec.schedule = "manual";
  auto added = sources_.add(spec, created_by);
  if (added || added.error().code != ErrorCode::kConflict) return added;
  FIT_TRY(auto other, sources_.find(host));  // another request has added it
  if (!other) return added.error();
  return *std::move(other);
}

Result<SourceService::Captured> SourceService::capture(const std::string& url, std::string_view html,
                                                       std::string_view created_by) {
  const std::string host = url_host(url);
  if (host.empty()) return invalid("url", "must be an http or https URL");
  FIT_CHECK(read_capture(host, url, html));  // a page without a listing adds no source
  FIT_TRY(SourceRecord source, source_of_host(host, created_by));
  FIT_TRY(auto listings, read_capture(source.spec.name, url, html));
  FIT_TRY(RunRecord run, sources_.capture(source.id, listings));
  return Captured{.source = std::move(source), .run = std::move(run), .listings = std::move(listings)};
}

}  // namespace fit::ingest
