#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/format.h"
#include "evaluate/load/load_run.h"

namespace fit::evaluate {
namespace {

constexpr std::array kPercentiles = {std::pair("p50", 0.5), std::pair("p90", 0.9), std::pair("p95", 0.95),
                                     std::pair("p99", 0.99), std::pair("p99.9", 0.999)};

double in_ms(LatencyRecorder::Micros time) {
  return static_cast<double>(time.count()) / 1000;
}

double in_seconds(std::chrono::milliseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

Json percentiles(const LatencyRecorder& recorder) {
  Json json;
  for (const auto& [name, part] : kPercentiles) json[name] = in_ms(recorder.percentile(part));
  json["max"] = in_ms(recorder.largest());
  json["mean"] = in_ms(recorder.mean());
  return json;
}

Json result_json(const LoadResult& result) {
  Json json{{"requests", result.latency.count()}, {"failed", result.failed()}};
  json["failures"] = Json::object();
  for (const auto& [what, count] : result.failures) json["failures"][what] = count;
  json["latency_ms"] = percentiles(result.latency);
  json["service_ms"] = percentiles(result.service);
  return json;
}

Json number_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json server_json(const ServerReport& server) {
  Json json;
  json["answers"] = Json::object();
  for (const auto& [status, count] : server.answers) json["answers"][status] = count;
  json["routes"] = Json::object();
  for (const auto& [route, change] : server.routes) {
    json["routes"][route] = {{"requests", change.count},
                             {"mean_ms", 1000 * change.sum / change.count},
                             {"p50_ms", 1000 * change.quantile(0.5)},
                             {"p95_ms", 1000 * change.quantile(0.95)},
                             {"p99_ms", 1000 * change.quantile(0.99)}};
  }
  json["longest_queue"] = number_or_null(server.longest_queue);
  json["memory_bytes"] = {{"before", number_or_null(server.memory_before)},
                          {"after", number_or_null(server.memory_after)},
                          {"largest", number_or_null(server.largest_memory)}};
  return json;
}

std::string table_row(std::string_view name, const LatencyRecorder& recorder, std::uint64_t failed) {
  std::string row = fit::format("{:<12}{:>9}{:>8}", name, recorder.count(), failed);
  for (const auto& [label, part] : kPercentiles)
    row += fit::format("{:>9.1f}", in_ms(recorder.percentile(part)));
  return row + fit::format("{:>9.1f}\n", in_ms(recorder.largest()));
}

std::string table_head(std::string_view name) {
  std::string head = fit::format("{:<12}{:>9}{:>8}", name, "requests", "failed");
  for (const auto& [label, part] : kPercentiles) head += fit::format("{:>9}", label);
  return head + fit::format("{:>9}\n", "max");
}

std::string server_table(const ServerReport& server) {
  std::string text = fit::format("\nthe server's own durations, in ms\n{:<40}{:>9}{:>9}{:>9}{:>9}{:>9}\n",
                                 "route", "requests", "mean", "p50", "p95", "p99");
  for (const auto& [route, change] : server.routes) {
    text += fit::format("{:<40}{:>9.0f}{:>9.1f}{:>9.1f}{:>9.1f}{:>9.1f}\n", route, change.count,
                        1000 * change.sum / change.count, 1000 * change.quantile(0.5),
                        1000 * change.quantile(0.95), 1000 * change.quantile(0.99));
  }
  if (server.longest_queue) text += fit::format("longest queue {:.0f} requests\n", *server.longest_queue);
  if (server.memory_before && server.memory_after && server.largest_memory) {
    constexpr double kMiB = 1 << 20;
    text +=
        fit::format("memory {:.1f} MiB before, {:.1f} MiB after, {:.1f} MiB at most\n",
                    *server.memory_before / kMiB, *server.memory_after / kMiB, *server.largest_memory / kMiB);
  }
  return text;
}

}  // namespace

Json to_json(const LoadReport& report) {
  Json json;
  json["rate"] = report.shape.rate;
  json["duration_s"] = in_seconds(report.shape.duration);
  json["ramp_s"] = in_seconds(report.shape.ramp);
  json["elapsed_s"] = in_seconds(report.elapsed);
  json["planned"] = report.planned;
  json["not_sent"] = report.not_sent;
  json["stopped"] = report.was_stopped;
  json["not_removed"] = report.not_removed;
  json["total"] = result_json(report.total());
  json["kinds"] = Json::object();
  for (const auto& [kind, result] : report.kinds)
    json["kinds"][std::string(to_string(kind))] = result_json(result);
  json["course"] = Json::array();
  for (std::size_t row = 0; row < report.course.size(); ++row) {
    const LoadInterval& interval = report.course[row];
    json["course"].push_back({{"from_s", in_seconds(report.interval) * static_cast<double>(row)},
                              {"requests", interval.latency.count()},
                              {"failed", interval.failed},
                              {"latency_ms", percentiles(interval.latency)}});
  }
  json["server"] = report.server ? server_json(*report.server) : Json();
  return json;
}

std::string to_table(const LoadReport& report) {
  std::string text = fit::format(
      "{:.1f} requests in a second for {:.1f} s, with a ramp of {:.1f} s\n"
      "{} planned, {} not sent{}\n\nlatency from the planned start, in ms\n",
      report.shape.rate, in_seconds(report.shape.duration), in_seconds(report.shape.ramp), report.planned,
      report.not_sent, report.was_stopped ? ", stopped" : "");
  text += table_head("kind");
  for (const auto& [kind, result] : report.kinds)
    text += table_row(to_string(kind), result.latency, result.failed());
  const LoadResult total = report.total();
  text += table_row("all", total.latency, total.failed());
  text += "\nlatency from the sending, in ms\n" + table_head("kind") +
          table_row("all", total.service, total.failed());
  for (const auto& [what, count] : total.failures) text += fit::format("failed with {}: {}\n", what, count);
  if (report.course.size() > 1) {
    text += "\ncourse of the run\n" + table_head("from s");
    for (std::size_t row = 0; row < report.course.size(); ++row) {
      text += table_row(fit::format("{:.0f}", in_seconds(report.interval) * static_cast<double>(row)),
                        report.course[row].latency, report.course[row].failed);
    }
  }
  text += report.server ? server_table(*report.server) : "\nthe server's metrics could not be read\n";
  if (report.not_removed > 0)
    text += fit::format("{} items and assets could not be removed\n", report.not_removed);
  return text;
}

}  // namespace fit::evaluate
