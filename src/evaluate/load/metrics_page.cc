#include "evaluate/load/metrics_page.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace fit::evaluate {
namespace {

// The value of a sample, also "+Inf" and "NaN"; nullopt for what is no number.
std::optional<double> number_of(std::string_view text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop == text.data()) return std::nullopt;
  return value;
}

// Reads `name="value",…}` and leaves what follows in `text`. nullopt for what is no list of labels.
std::optional<MetricsPage::Labels> read_labels(std::string_view& text) {
  MetricsPage::Labels labels;
  while (!text.empty() && text.front() != '}') {
    const std::size_t equals = text.find("=\"");
    if (equals == std::string_view::npos) return std::nullopt;
    std::string& value = labels[std::string(text.substr(0, equals))];
    text.remove_prefix(equals + 2);
    while (!text.empty() && text.front() != '"') {
      if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
      value += text.front();
      text.remove_prefix(1);
    }
    if (text.empty()) return std::nullopt;
    text.remove_prefix(1);
    if (!text.empty() && text.front() == ',') text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  text.remove_prefix(1);
  return labels;
}

using Series = std::map<std::string, std::map<double, double>>;  // by label: counts by the ends of buckets

Series buckets_of(const MetricsPage& page, const std::string& name, const std::string& label) {
  Series series;
  for (const auto& [labels, value] : page.samples(name + "_bucket")) {
    const auto which = labels.find(label);
    const auto end = labels.find("le");
    if (which == labels.end() || end == labels.end()) continue;
    if (const auto number = number_of(end->second)) series[which->second][*number] += value;
  }
  return series;
}

std::map<std::string, double> sums_of(const MetricsPage& page, const std::string& name,
                                      const std::string& label) {
  std::map<std::string, double> sums;
  for (const auto& [labels, value] : page.samples(name + "_sum")) {
    if (const auto which = labels.find(label); which != labels.end()) sums[which->second] += value;
  }
  return sums;
}

}  // namespace

MetricsPage MetricsPage::parse(std::string_view text) {
  MetricsPage page;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t name_end = line.find_first_of("{ ");
    if (line.starts_with('#') || name_end == std::string_view::npos) continue;
    const std::string name(line.substr(0, name_end));
    const bool has_labels = line[name_end] == '{';
    line.remove_prefix(name_end + 1);
    Labels labels;
    if (has_labels) {
      auto read = read_labels(line);
      if (!read) continue;
      labels = std::move(*read);
    }
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (const auto value = number_of(line.substr(0, line.find(' ')))) {
      page.samples_[name].push_back({std::move(labels), *value});
    }
  }
  return page;
}

const std::vector<MetricsPage::Sample>& MetricsPage::samples(const std::string& name) const {
  static const std::vector<Sample> kNone;
  const auto found = samples_.find(name);
  return found == samples_.end() ? kNone : found->second;
}

double MetricsPage::sum(const std::string& name) const {
  double sum = 0;
  for (const Sample& sample : samples(name)) sum += sample.value;
  return sum;
}

double HistogramChange::quantile(double part) const {
  return bucket_quantile(part, buckets).value_or(0);
}

std::map<std::string, HistogramChange> histogram_changes(const MetricsPage& before, const MetricsPage& after,
                                                         const std::string& name, const std::string& label) {
  Series old_counts = buckets_of(before, name, label);
  auto old_sums = sums_of(before, name, label);
  auto new_sums = sums_of(after, name, label);
  std::map<std::string, HistogramChange> changes;
  for (const auto& [which, counts] : buckets_of(after, name, label)) {
    HistogramChange change;
    for (const auto& [end, up_to] : counts) change.buckets.push_back({end, up_to - old_counts[which][end]});
    change.count = change.buckets.back().count;
    change.sum = new_sums[which] - old_sums[which];
    if (change.count > 0) changes.emplace(which, std::move(change));
  }
  return changes;
}

}  // namespace fit::evaluate
