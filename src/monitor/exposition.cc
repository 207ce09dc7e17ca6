#include "monitor/exposition.h"

#include <charconv>
#include <limits>
#include <optional>

namespace fit::monitor {
namespace {

std::optional<double> sample_value(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf" || text == "Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Reads a quoted value from the position behind its first quote, and moves the position behind its last one.
std::optional<std::string> quoted_value(std::string_view line, std::size_t& at) {
  std::string value;
  for (; at < line.size(); ++at) {
    if (line[at] == '"') {
      ++at;
      return value;
    }
    if (line[at] != '\\') {
      value += line[at];
      continue;
    }
    if (++at == line.size()) break;
    value += line[at] == 'n' ? '\n' : line[at];
  }
  return std::nullopt;
}

// Reads labels from the position behind "{", and moves the position behind "}".
std::optional<Labels> sample_labels(std::string_view line, std::size_t& at) {
  Labels labels;
  while (at < line.size() && line[at] != '}') {
    const std::size_t equals = line.find("=\"", at);
    if (equals == std::string_view::npos) return std::nullopt;
    std::string name(line.substr(at, equals - at));
    at = equals + 2;
    auto value = quoted_value(line, at);
    if (!value) return std::nullopt;
    labels.insert_or_assign(std::move(name), *std::move(value));
    if (at < line.size() && line[at] == ',') ++at;
  }
  if (at == line.size()) return std::nullopt;
  ++at;
  return labels;
}

std::optional<Sample> parse_sample(std::string_view line) {
  if (line.empty() || line.front() == '#') return std::nullopt;
  std::size_t at = line.find_first_of("{ ");
  if (at == 0 || at == std::string_view::npos) return std::nullopt;
  Sample sample;
  sample.name = line.substr(0, at);
  if (line[at] == '{') {
    auto labels = sample_labels(line, ++at);
    if (!labels) return std::nullopt;
    sample.labels = *std::move(labels);
  }
  sample.series = line.substr(0, at);
  if (at == line.size() || line[at] != ' ') return std::nullopt;
  std::string_view rest = line.substr(at + 1);
  rest = rest.substr(0, rest.find(' '));  // a time may follow
  const auto value = sample_value(rest);
  if (!value) return std::nullopt;
  sample.value = *value;
  return sample;
}

}  // namespace

std::vector<Sample> parse_exposition(std::string_view text) {
  std::vector<Sample> samples;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (auto sample = parse_sample(text.substr(0, end))) samples.push_back(*std::move(sample));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return samples;
}

}  // namespace fit::monitor
