#include "catalog/backup_series.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <set>

#include "base/files.h"
#include "base/folder_lock.h"
#include "base/format.h"
#include "base/text.h"

namespace fit::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".unfinished";
constexpr int kMostKept = 10'000;

// The number of the period that a time is in, which grows with time.
std::int64_t day_number(Timestamp time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}
std::int64_t hour_number(Timestamp time) {
  return std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
}
std::int64_t week_number(Timestamp time) {
  return (day_number(time) + 3) / 7;  // 1970 began on a Thursday
}
std::int64_t month_number(Timestamp time) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  return std::int64_t{12} * static_cast<int>(date.year()) + static_cast<unsigned>(date.month());
}
std::int64_t year_number(Timestamp time) {
  return static_cast<int>(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year());
}

// Takes the folder out of the series before it is removed: an interrupted removal leaves no part of a backup.
Result<void> remove_backup(const fs::path& folder) {
  const fs::path renamed = folder.string() + std::string(kUnfinished);
  std::error_code error;
  fs::rename(folder, renamed, error);
  if (!error) fs::remove_all(renamed, error);
  if (error) return internal(fit::format("{} cannot be removed", folder.string()), error.message());
  return {};
}

Result<void> remove_remains(const fs::path& series) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(series, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(kUnfinished) || !series_time(name.substr(0, name.size() - kUnfinished.size())))
      continue;
    fs::remove_all(entry.path(), error);
    if (error) return internal(fit::format("{} cannot be removed", entry.path().string()), error.message());
  }
  return {};
}

// The folder of a backup that begins now: the next second whose name is free.
fs::path new_backup_folder(const fs::path& series) {
  std::error_code ignored;
  Timestamp time = now();
  while (fs::exists(series / series_name(time), ignored)) time += std::chrono::seconds(1);
  return series / series_name(time);
}

Result<std::vector<fs::path>> rotate(const fs::path& series, const KeepRule& rule) {
  FIT_TRY(const auto backups, list_backups(series));
  std::vector<Timestamp> times;
  for (const SeriesBackup& backup : backups) times.push_back(backup.made_at);
  const std::vector<bool> kept = kept_backups(times, rule);
  std::vector<fs::path> removed;
  for (std::size_t i = 0; i < backups.size(); ++i) {
    if (kept[i]) continue;
    FIT_CHECK(remove_backup(backups[i].folder));
    removed.push_back(backups[i].folder);
  }
  if (!removed.empty()) FIT_CHECK(sync_path(series));
  return removed;
}

}  // namespace

std::string series_name(Timestamp time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  return fit::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<Timestamp> series_time(const std::string& name) {
  if (name.size() != 16 || name[8] != 'T' || name[15] != 'Z') return std::nullopt;
  const std::string text =
      fit::format("{}-{}-{}T{}:{}:{}Z", name.substr(0, 4), name.substr(4, 2), name.substr(6, 2),
                  name.substr(9, 2), name.substr(11, 2), name.substr(13, 2));
  const auto time = parse_rfc3339("name", text);
  return time ? std::optional(*time) : std::nullopt;
}

Result<KeepRule> KeepRule::parse(std::string_view field, std::string_view text) {
  const auto wrong = [&] {
    return invalid(
        std::string(field),
        fit::format("must be counts of hours, days, weeks, months and years such as 7d,4w,12m, or the "
                    "number of the latest backups, not \"{}\"",
                    text));
  };
  if (trim(text).empty()) return wrong();
  KeepRule rule;
  const std::map<char, int KeepRule::*> classes = {{'h', &KeepRule::hours},
                                                   {'d', &KeepRule::days},
                                                   {'w', &KeepRule::weeks},
                                                   {'m', &KeepRule::months},
                                                   {'y', &KeepRule::years}};
  for (const auto part : std::views::split(text, ',')) {
    std::string_view one = trim(std::string_view(part.begin(), part.end()));
    if (one.empty()) return wrong();
    const auto found = classes.find(one.back());
    int KeepRule::* const member = found == classes.end() ? &KeepRule::latest : found->second;
    if (found != classes.end()) one.remove_suffix(1);
    int count = 0;
    const auto [stop, error] = std::from_chars(one.data(), one.data() + one.size(), count);
    const bool is_number = error == std::errc{} && stop == one.data() + one.size();
    if (!is_number || count < 1 || count > kMostKept || rule.*member != 0) return wrong();
    rule.*member = count;
  }
  return rule;
}

std::vector<bool> kept_backups(std::span<const Timestamp> made_at, const KeepRule& rule) {
  std::vector<std::size_t> order(made_at.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, std::ranges::greater(), [&](std::size_t i) { return made_at[i]; });
  std::vector<bool> kept(made_at.size(), false);
  if (!order.empty()) kept[order.front()] = true;
  const auto keep = [&](int count, std::int64_t (*period)(Timestamp)) {
    std::set<std::int64_t> seen;
    for (const std::size_t i : order) {
      if (std::ssize(seen) == count) return;
      if (seen.insert(period(made_at[i])).second) kept[i] = true;
    }
  };
  for (std::size_t i = 0; i < order.size() && std::cmp_less(i, rule.latest); ++i) kept[order[i]] = true;
  keep(rule.hours, hour_number);
  keep(rule.days, day_number);
  keep(rule.weeks, week_number);
  keep(rule.months, month_number);
  keep(rule.years, year_number);
  return kept;
}

Result<std::vector<SeriesBackup>> list_backups(const fs::path& series) {
  std::vector<SeriesBackup> backups;
  std::error_code error;
  if (!fs::exists(series, error)) return backups;
  for (fs::directory_iterator at(series, error), end; !error && at != end; at.increment(error)) {
    const auto time = series_time(at->path().filename().string());
    std::error_code ignored;
    if (time && fs::exists(at->path() / "manifest.json", ignored)) backups.push_back({at->path(), *time});
  }
  if (error) return internal(fit::format("{} cannot be listed", series.string()), error.message());
  std::ranges::sort(backups, {}, &SeriesBackup::made_at);
  return backups;
}

Result<SeriesReport> back_up_to_series(const BackupLocations& place, const KeepRule* rule,
                                       const BackupOptions& options, const std::stop_token& stop) {
  FIT_CHECK(make_dirs(place.folder));
  FIT_TRY(const FolderLock lock, FolderLock::try_take(place.folder, FolderLock::Kind::kAlone));
  FIT_CHECK(remove_remains(place.folder));
  SeriesReport report{.backup = {}, .folder = new_backup_folder(place.folder), .removed = {}};
  const fs::path unfinished = report.folder.string() + std::string(kUnfinished);
  FIT_TRY(report.backup,
          back_up({.database_url = place.database_url, .images = place.images, .folder = unfinished}, options,
                  stop));
  FIT_CHECK(sync_path(unfinished));
  std::error_code error;
  fs::rename(unfinished, report.folder, error);
  if (error) return internal(fit::format("{} cannot be renamed", unfinished.string()), error.message());
  FIT_CHECK(sync_path(place.folder));
  if (rule != nullptr) {
    FIT_TRY(report.removed, rotate(place.folder, *rule));
  }
  return report;
}

}  // namespace fit::catalog
