#include "base/open_metrics.h"

#include <cmath>
#include <string_view>

#include "base/format.h"

namespace fit {
namespace {

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fit::format("{}", value);
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char one : text) {
    if (one == '\\' || one == '"') result += '\\';
    if (one == '\n') {
      result += "\\n";
    } else {
      result += one;
    }
  }
  return result;
}

Labels labels_of(const prometheus::ClientMetric& metric) {
  Labels labels;
  for (const auto& label : metric.label) labels.emplace(label.name, label.value);
  return labels;
}

// `{name="value",…}`; empty without labels.
std::string label_text(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += fit::format("{}{}=\"{}\"", text.empty() ? "{" : ",", name, escaped(value));
  }
  return text.empty() ? text : text + "}";
}

std::string exemplar_text(const Exemplar& exemplar) {
  const double at = std::chrono::duration<double>(exemplar.at.time_since_epoch()).count();
  return fit::format(" # {{trace_id=\"{}\"}} {} {}", exemplar.trace_id, number_text(exemplar.value),
                     number_text(std::round(at * 1e3) / 1e3));
}

void write_histogram(const std::string& name, const prometheus::ClientMetric& metric,
                     const ExemplarsOf& exemplars_of, std::string& text) {
  const Labels labels = labels_of(metric);
  const auto exemplars = exemplars_of(name, labels);
  const auto& observed = metric.histogram;
  for (std::size_t i = 0; i < observed.bucket.size(); ++i) {
    Labels of_bucket = labels;
    of_bucket["le"] = number_text(observed.bucket[i].upper_bound);
    text += fit::format("{}_bucket{} {}", name, label_text(of_bucket), observed.bucket[i].cumulative_count);
    if (i < exemplars.size() && exemplars[i]) text += exemplar_text(*exemplars[i]);
    text += '\n';
  }
  text += fit::format("{}_count{} {}\n", name, label_text(labels), observed.sample_count);
  text += fit::format("{}_sum{} {}\n", name, label_text(labels), number_text(observed.sample_sum));
}

}  // namespace

std::string open_metrics_text(const std::vector<prometheus::MetricFamily>& families,
                              const ExemplarsOf& exemplars_of) {
  constexpr std::string_view kTotal = "_total";
  std::string text;
  for (const auto& family : families) {
    const bool is_counter = family.type == prometheus::MetricType::Counter;
    const bool is_histogram = family.type == prometheus::MetricType::Histogram;
    // The name of a counter's family lacks the suffix that its sample has.
    std::string name = family.name;
    if (is_counter && name.ends_with(kTotal)) name.resize(name.size() - kTotal.size());
    text += fit::format("# TYPE {} {}\n# HELP {} {}\n", name,
                        is_counter     ? "counter"
                        : is_histogram ? "histogram"
                                       : "gauge",
                        name, escaped(family.help));
    for (const auto& metric : family.metric) {
      if (is_histogram) {
        write_histogram(name, metric, exemplars_of, text);
        continue;
      }
      const double value = is_counter ? metric.counter.value : metric.gauge.value;
      text += fit::format("{}{}{} {}\n", name, is_counter ? kTotal : "", label_text(labels_of(metric)),
                          number_text(value));
    }
  }
  return text + "# EOF\n";
}

}  // namespace fit
