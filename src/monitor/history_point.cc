#include "monitor/history_point.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "base/bucket_quantile.h"

namespace fit::monitor {
namespace {

constexpr std::array<std::string_view, 5> kWatching = {"/metrics", "/health", "/live", "/ready",
                                                       "/api/v1/metrics/history"};
constexpr std::array<std::string_view, 2> kSearching = {"/api/v1/search", "/search_by_image"};

std::string_view label(const Sample& sample, const std::string& name) {
  const auto found = sample.labels.find(name);
  return found == sample.labels.end() ? std::string_view() : std::string_view(found->second);
}

void add_requests(const Sample& sample, HistoryReading& reading) {
  const std::string_view route = label(sample, "route");
  if (std::ranges::contains(kWatching, route)) return;
  reading.requests += sample.value;
  if (std::ranges::contains(kSearching, route)) reading.searches += sample.value;
  const std::string_view status = label(sample, "status");
  if (status.starts_with('4')) reading.refused += sample.value;
  if (status.starts_with('5')) reading.failed += sample.value;
}

void add_search_time(const Sample& sample, HistoryReading& reading) {
  if (!std::ranges::contains(kSearching, label(sample, "route"))) return;
  const std::string bound(label(sample, "le"));
  const double upper =
      bound == "+Inf" ? std::numeric_limits<double>::infinity() : std::strtod(bound.c_str(), nullptr);
  reading.search_times[upper] += sample.value;
}

// The value that `part` of the searches between the readings did not exceed.
std::optional<double> quantile(double part, const HistoryReading& before, const HistoryReading& after) {
  std::vector<CumulativeBucket> buckets;
  for (const auto& [upper, total] : after.search_times) {
    const auto earlier = before.search_times.find(upper);
    buckets.push_back({upper, total - (earlier == before.search_times.end() ? 0 : earlier->second)});
  }
  return bucket_quantile(part, buckets);
}

}  // namespace

HistoryReading read_history(const std::vector<Sample>& samples, Timestamp at) {
  HistoryReading reading;
  reading.at = at;
  for (const Sample& sample : samples) {
    if (sample.name == "fit_http_requests_total") add_requests(sample, reading);
    if (sample.name == "fit_http_request_duration_seconds_bucket") add_search_time(sample, reading);
    if (sample.name == "fit_http_requests_in_flight") reading.in_flight += sample.value;
    if (sample.name == "fit_http_queue_length") reading.queued += sample.value;
    if (sample.name == "process_cpu_seconds_total") reading.cpu_seconds += sample.value;
    if (sample.name == "process_resident_memory_bytes") reading.memory_bytes += sample.value;
  }
  return reading;
}

HistoryPoint point_between(const HistoryReading& before, const HistoryReading& after) {
  const double seconds = std::chrono::duration<double>(after.at - before.at).count();
  const auto rate = [&](double HistoryReading::* total) {
    return std::max(0.0, after.*total - before.*total) / seconds;
  };
  return {.at = after.at,
          .requests = rate(&HistoryReading::requests),
          .searches = rate(&HistoryReading::searches),
          .refused = rate(&HistoryReading::refused),
          .failed = rate(&HistoryReading::failed),
          .median_s = quantile(0.5, before, after),
          .p95_s = quantile(0.95, before, after),
          .in_flight = after.in_flight,
          .queued = after.queued,
          .memory_bytes = after.memory_bytes,
          .cores = rate(&HistoryReading::cpu_seconds)};
}

}  // namespace fit::monitor
