#include "catalog/content_filter.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ranges>

#include "base/format.h"
#include "base/json.h"
#include "base/stopwatch.h"
#include "base/text.h"

namespace fit::catalog {
namespace {

constexpr std::string_view kBlockedReason = "blocked";

Counter& judged_counter(Metrics& metrics, const char* outcome) {
  return metrics.counter("fit_content_judged_total", "Images that the content filter judged",
                         {{"outcome", outcome}});
}

std::optional<float> probability_of(std::string_view text) {
  float value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || !(value >= 0 && value <= 1)) {
    return std::nullopt;
  }
  return value;
}

std::string joined(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Result<ContentThreshold> parse_threshold(std::string_view field, std::string_view part,
                                         std::span<const std::string> classes) {
  const std::size_t equals = part.find('=');
  const std::string name(trim(part.substr(0, equals)));
  if (equals == std::string_view::npos || name.empty()) {
    return invalid(std::string(field), "must be a list such as porn=0.9,hentai=0.9");
  }
  if (!std::ranges::contains(classes, name)) {
    return invalid(std::string(field), fit::format("names the class \"{}\"; the model has {}",
                                                   utf8_prefix(name, 100), joined(classes)));
  }
  const auto least = probability_of(trim(part.substr(equals + 1)));
  if (!least) return invalid(std::string(field), fit::format("must give {} a number from 0 to 1", name));
  return ContentThreshold{name, *least};
}

}  // namespace

Result<std::vector<ContentThreshold>> parse_thresholds(std::string_view field, std::string_view text,
                                                       std::span<const std::string> classes) {
  std::vector<ContentThreshold> thresholds;
  if (trim(text).empty()) return thresholds;
  for (const auto piece : std::views::split(text, ',')) {
    FIT_TRY(ContentThreshold threshold,
            parse_threshold(field, std::string_view(piece.begin(), piece.end()), classes));
    if (std::ranges::contains(thresholds, threshold.name, &ContentThreshold::name)) {
      return invalid(std::string(field), fit::format("gives {} twice", threshold.name));
    }
    thresholds.push_back(std::move(threshold));
  }
  return thresholds;
}

const ContentThreshold* exceeded(std::span<const ContentThreshold> thresholds,
                                 std::span<const std::string> classes, std::span<const float> probabilities) {
  const ContentThreshold* found = nullptr;
  float most = 0;
  for (const ContentThreshold& threshold : thresholds) {
    const auto index = static_cast<std::size_t>(std::ranges::find(classes, threshold.name) - classes.begin());
    if (index >= probabilities.size()) continue;
    const float excess = probabilities[index] - threshold.least;
    if (excess < 0 || (found != nullptr && excess <= most)) continue;
    found = &threshold;
    most = excess;
  }
  return found;
}

std::string scores_json(std::span<const std::string> classes, std::span<const float> probabilities) {
  Json json = Json::object();
  for (std::size_t i = 0; i < classes.size() && i < probabilities.size(); ++i) {
    json[classes[i]] = std::round(static_cast<double>(probabilities[i]) * 10'000) / 10'000;
  }
  return dump_json(json);
}

ContentFilter::ContentFilter(const Parts& parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      passed_(judged_counter(parts.metrics, "passed")),
      flagged_(judged_counter(parts.metrics, "flagged")),
      refused_(judged_counter(parts.metrics, "refused")),
      seconds_(parts.metrics.latency("fit_content_seconds",
                                     "Time for which the content filter judges an image")) {}

Result<std::optional<ContentFilter::Objection>> ContentFilter::classify(const media::Image& pixels) const {
  const auto& classes = parts_.classifier->classes();
  auto probabilities = parts_.classifier->classify(pixels);
  if (!probabilities) return internal("the content filter failed", probabilities.error().describe());
  const ContentThreshold* const threshold = exceeded(options_.thresholds, classes, *probabilities);
  if (threshold == nullptr) return std::nullopt;
  const auto index = static_cast<std::size_t>(std::ranges::find(classes, threshold->name) - classes.begin());
  return Objection{.reason = threshold->name,
                   .scores = scores_json(classes, *probabilities),
                   .message = fit::format("is refused by the content filter: {} {:.3f}", threshold->name,
                                          (*probabilities)[index])};
}

Result<std::optional<ContentFilter::Objection>> ContentFilter::examine(const domain::ImageFields& image,
                                                                       const media::Image& pixels) const {
  FIT_TRY(const auto approved_at, parts_.reviews.approved_at(image.sha256));
  FIT_TRY(const auto blocked, parts_.blocked.current());
  const bool is_blocked = std::ranges::any_of(*blocked, [&](const store::BlockedImage& entry) {
    return media::hamming_distance(entry.perceptual_hash, image.perceptual_hash) <= kMaxBlockedDistance &&
           (!approved_at || entry.created_at > *approved_at);
  });
  if (is_blocked) {
    return Objection{.reason = std::string(kBlockedReason),
                     .scores = {},
                     .message = "is refused by the content filter: it is on the block list"};
  }
  if (approved_at || parts_.classifier == nullptr) return std::nullopt;
  return classify(pixels);
}

Result<void> ContentFilter::judge(std::string_view field, const domain::ImageFields& image,
                                  const media::Image& pixels) const {
  const Stopwatch watch;
  const Timestamp begun = now();
  FIT_TRY(auto objection, examine(image, pixels));
  seconds_.observe(watch.seconds());
  if (!objection) {
    passed_.add();
    return {};
  }
  if (options_.mode == Mode::kRefuse) {
    refused_.add();
    return invalid(std::string(field), std::move(objection->message));
  }
  FIT_CHECK(parts_.reviews.flag({.sha256 = image.sha256,
                                 .reason = std::move(objection->reason),
                                 .scores = std::move(objection->scores),
                                 .flagged_at = begun}));
  flagged_.add();
  return {};
}

}  // namespace fit::catalog
