#include "style/trends/trends.h"

#include "sql/sql_times.h"

namespace fit::style {

using sql::SqlConnection;
using sql::SqlRow;

Result<std::optional<Json>> Trends::get(std::size_t window) {
  std::optional<std::string> stored;
  FIT_CHECK(database_.read([&](SqlConnection& connection) {
    return connection.query("SELECT report FROM trend_reports WHERE days = $1", {kTrendWindows.at(window)},
                            [&stored](const SqlRow& row) { stored = row.text(0); });
  }));
  if (!stored) return std::nullopt;
  FIT_TRY(Json report, parse_json("report", *stored));
  return report;
}

Result<std::optional<Timestamp>> Trends::computed_at() {
  std::optional<Timestamp> oldest;
  std::size_t count = 0;
  FIT_CHECK(database_.read([&](SqlConnection& connection) {
    return connection.query("SELECT computed_at FROM trend_reports ORDER BY computed_at", {},
                            [&](const SqlRow& row) {
                              ++count;
                              if (!oldest) oldest = sql::time_at(row, 0);
                            });
  }));
  if (count < kTrendWindows.size()) return std::nullopt;
  return oldest;
}

Result<void> Trends::put(std::span<const TrendReport> reports) {
  return database_.write(sql::Ordering::kUnordered, [reports](SqlConnection& connection) -> Result<void> {
    for (const TrendReport& report : reports) {
      const std::string text = dump_json(to_json(report));
      FIT_CHECK(connection.execute(
          "INSERT INTO trend_reports (days, computed_at, report) VALUES ($1, $2, $3) ON CONFLICT (days) DO "
          "UPDATE SET computed_at = EXCLUDED.computed_at, report = EXCLUDED.report "
          "WHERE trend_reports.computed_at <= EXCLUDED.computed_at",
          {kTrendWindows.at(report.window), sql::ticks(report.computed_at), std::string_view(text)}));
    }
    return {};
  });
}

}  // namespace fit::style
