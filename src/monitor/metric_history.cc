#include "monitor/metric_history.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/bytes.h"
#include "base/files.h"
#include "base/json.h"

namespace fit::monitor {
namespace {

constexpr std::chrono::minutes kSaveEvery{5};
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{8} << 20;
constexpr int kFileVersion = 1;
constexpr std::size_t kPointNumbers = 11;

double unix_seconds(Timestamp time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

Timestamp time_of(double seconds) {
  return Timestamp(std::chrono::round<std::chrono::microseconds>(std::chrono::duration<double>(seconds)));
}

Json optional_number(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_row(const HistoryPoint& point) {
  return Json::array({unix_seconds(point.at), point.requests, point.searches, point.refused, point.failed,
                      optional_number(point.median_s), optional_number(point.p95_s), point.in_flight,
                      point.queued, point.memory_bytes, point.cores});
}

Error damaged() {
  return Error{ErrorCode::kDamaged, "the history of metrics is damaged", {}, {}};
}

Result<HistoryPoint> from_row(const Json& row) {
  const auto is_readable = [](const Json& value) { return value.is_number() || value.is_null(); };
  if (!row.is_array() || row.size() != kPointNumbers || !std::ranges::all_of(row, is_readable)) {
    return damaged();
  }
  const auto number = [&row](std::size_t i) { return row[i].is_null() ? 0 : row[i].get<double>(); };
  const auto optional = [&row](std::size_t i) {
    return row[i].is_null() ? std::nullopt : std::optional(row[i].get<double>());
  };
  constexpr double kLatest = 1e11;  // beyond any clock, and within a Timestamp
  if (number(0) < 0 || number(0) > kLatest) return damaged();
  return HistoryPoint{.at = time_of(number(0)),
                      .requests = number(1),
                      .searches = number(2),
                      .refused = number(3),
                      .failed = number(4),
                      .median_s = optional(5),
                      .p95_s = optional(6),
                      .in_flight = number(7),
                      .queued = number(8),
                      .memory_bytes = number(9),
                      .cores = number(10)};
}

template <class T>
void append(std::deque<T>& list, T value, std::size_t most) {
  list.push_back(std::move(value));
  while (list.size() > most) list.pop_front();
}

}  // namespace

MetricHistory::MetricHistory(Parts parts) : parts_(std::move(parts)) {
  if (!parts_.folder.empty()) load();
  append(starts_, {.at = parts_.clock(), .version = parts_.version}, kMostStarts);
}

void MetricHistory::load() {
  auto made = make_dirs(parts_.folder);
  if (made) {
    if (auto lock = FolderLock::try_take(parts_.folder, FolderLock::Kind::kAlone)) {
      lock_.emplace(*std::move(lock));
    } else {
      made = std::move(lock).error();
    }
  }
  if (!made) {
    parts_.log.warning("the history of metrics is not kept over a restart",
                       {{"reason", made.error().describe()}});
    return;
  }
  const auto read = read_file();
  if (read || read.error().code == ErrorCode::kNotFound) return;
  parts_.log.warning("the history of metrics begins anew", {{"reason", read.error().describe()}});
  series_ = {};
  starts_.clear();
}

Result<void> MetricHistory::read_file() {
  FIT_TRY(const Bytes content, fit::read_file(file(), kMaxFileBytes));
  FIT_TRY(const Json json, parse_json("metrics.json", as_text(content)));
  if (json_number(json, "version", 0) != kFileVersion) return damaged();
  const Json empty = Json::array();
  const auto list = [&](const Json& object, const char* name) -> const Json& {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_array() ? *found : empty;
  };
  const Json& series = list(json, "series");
  if (series.size() != series_.size()) return damaged();
  for (std::size_t i = 0; i < series_.size(); ++i) {
    if (json_number(series[i], "step_s", 0) != kResolutions[i].step.count()) return damaged();
    for (const Json& row : list(series[i], "points")) {
      FIT_TRY(const HistoryPoint point, from_row(row));
      append(series_[i].points, point, kResolutions[i].points);
    }
  }
  for (const Json& start : list(json, "starts")) {
    FIT_TRY(const Timestamp at, parse_rfc3339("starts", json_text(start, "at")));
    append(starts_, {.at = at, .version = json_text(start, "version")}, kMostStarts);
  }
  return {};
}

Result<void> MetricHistory::save() const {
  if (!lock_) return {};
  Json series = Json::array();
  Json starts = Json::array();
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < series_.size(); ++i) {
      Json rows = Json::array();
      for (const HistoryPoint& point : series_[i].points) rows.push_back(to_row(point));
      series.push_back({{"step_s", kResolutions[i].step.count()}, {"points", std::move(rows)}});
    }
    for (const Start& start : starts_) {
      starts.push_back({{"at", to_rfc3339(start.at)}, {"version", start.version}});
    }
  }
  const std::string text =
      dump_json({{"version", kFileVersion}, {"series", std::move(series)}, {"starts", std::move(starts)}});
  return write_file_atomically(file(), as_bytes(text));
}

void MetricHistory::start() {
  task_.start([this](const std::stop_token& stop) {
    auto saved_at = std::chrono::steady_clock::now();
    do {
      sample();
      if (std::chrono::steady_clock::now() - saved_at < kSaveEvery && !stop.stop_requested()) continue;
      saved_at = std::chrono::steady_clock::now();
      if (const auto saved = save(); !saved) {
        parts_.log.error("the history of metrics cannot be saved", saved.error());
      }
    } while (task_.wait_for(kResolutions.front().step));
  });
}

void MetricHistory::stop() {
  if (task_.is_stopped()) return;
  task_.stop();
  if (const auto saved = save(); !saved) {
    parts_.log.error("the history of metrics cannot be saved", saved.error());
  }
}

void MetricHistory::sample() {
  const HistoryReading reading = read_history(parse_exposition(parts_.metrics.expose()), parts_.clock());
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < series_.size(); ++i) {
    Series& series = series_[i];
    if (!series.before || reading.at <= series.before->at) {
      series.before = reading;  // the first one, or the clock was set back
      continue;
    }
    if (reading.at - series.before->at < kResolutions[i].step) continue;
    append(series.points, point_between(*series.before, reading), kResolutions[i].points);
    series.before = reading;
  }
}

MetricHistory::Range MetricHistory::last(std::chrono::seconds time) const {
  std::size_t i = 0;
  while (i + 1 < kResolutions.size() &&
         kResolutions[i].step * static_cast<std::int64_t>(kResolutions[i].points) < time) {
    ++i;
  }
  Range range{.step = kResolutions[i].step, .points = {}};
  const Timestamp since = parts_.clock() - time;
  const std::lock_guard lock(mutex_);
  std::ranges::copy_if(series_[i].points, std::back_inserter(range.points),
                       [since](const HistoryPoint& point) { return point.at > since; });
  return range;
}

std::vector<MetricHistory::Start> MetricHistory::starts() const {
  const std::lock_guard lock(mutex_);
  return {starts_.begin(), starts_.end()};
}

}  // namespace fit::monitor
