#include "style/trends/trend.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"

namespace fit::style {
namespace {

// Four significant digits: more would be noise.
double shortened(double number) {
  if (number == 0 || !std::isfinite(number)) return 0;
  const double scale = std::pow(10, 3 - std::floor(std::log10(std::abs(number))));
  return std::round(number * scale) / scale;
}

double part(const Share& share) {
  return share.total == 0 ? 0
                          : shortened(static_cast<double>(share.count) / static_cast<double>(share.total));
}

Json trend_json(const Trend& trend) {
  Json json = {
      {"kind", to_string(trend.kind)},
      {"value", trend.value},
      {"count", trend.now.count},
      {"count_before", trend.before.count},
      {"share", part(trend.now)},
      {"share_before", part(trend.before)},
      {"growth", shortened(trend.growth.ratio)},
      {"growth_low", shortened(trend.growth.low)},
      {"growth_high", shortened(trend.growth.high)},
      {"likelihood_ratio", shortened(trend.likelihood_ratio)},
      {"growth_year_before", trend.year_before ? Json(shortened(trend.year_before->ratio)) : Json(nullptr)},
      {"weeks", trend.weeks}};
  if (trend.image) {
    json["image_id"] = trend.image->str();
    json["thumbnail_url"] = fit::format("/images/{}/thumbnail", trend.image->str());
  }
  return json;
}

Json list_json(const TrendList& list) {
  Json rising = Json::array();
  Json falling = Json::array();
  for (const Trend& trend : list.rising) rising.push_back(trend_json(trend));
  for (const Trend& trend : list.falling) falling.push_back(trend_json(trend));
  return {{"count", list.count},
          {"count_before", list.count_before},
          {"values_tested", list.tested},
          {"rising", std::move(rising)},
          {"falling", std::move(falling)}};
}

}  // namespace

std::string_view to_string(TrendKind kind) {
  return kTrendKinds.at(static_cast<std::size_t>(kind));
}

std::string trend_window_name(std::size_t window) {
  return fit::format("{}d", kTrendWindows.at(window));
}

Result<std::size_t> parse_trend_window(std::string_view field, std::string_view text) {
  for (std::size_t window = 0; window < kTrendWindows.size(); ++window) {
    if (text == trend_window_name(window)) return window;
  }
  return invalid(std::string(field), "must be 7d, 28d or 90d");
}

Json to_json(const TrendReport& report) {
  const std::chrono::days window(kTrendWindows.at(report.window));
  return {{"window", trend_window_name(report.window)},
          {"computed_at", to_rfc3339(report.computed_at)},
          {"from", to_rfc3339(report.computed_at - window)},
          {"from_before", to_rfc3339(report.computed_at - 2 * window)},
          {"listings", list_json(report.listings)},
          {"saves", list_json(report.saves)},
          {"searches", list_json(report.searches)}};
}

Json no_trends(std::size_t window) {
  Json json =
      to_json(TrendReport{.window = window, .computed_at = {}, .listings = {}, .saves = {}, .searches = {}});
  for (const char* const time : {"computed_at", "from", "from_before"}) json[time] = nullptr;
  return json;
}

}  // namespace fit::style
