#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/backup.h"

// Backups that are made again and again into one folder, each in a folder named by its time (UTC):
// 20261201T031500Z. What ends in ".unfinished" is no backup.
namespace fit::catalog {

// How many backups are kept of each age class: of each of the last `days` days that have one the latest, and
// so on. The classes overlap: one backup may be the latest of its day, its week and its month.
struct KeepRule {
  int latest = 0;  // these, whatever their age
  int hours = 0;
  int days = 0;
  int weeks = 0;  // from Monday
  int months = 0;
  int years = 0;

  // Reads "7d,4w,12m": counts of 1 to 10,000 with h, d, w, m or y, each at most once; a number alone counts
  // the latest ones. kInvalid naming `field`.
  static Result<KeepRule> parse(std::string_view field, std::string_view text);
};

// The name of a backup of this time, such as "20261201T031500Z".
std::string series_name(Timestamp time);
// The time in a name of series_name(); nullopt for other names.
std::optional<Timestamp> series_time(const std::string& name);

// For each time, in any order, whether its backup is kept. The latest one always is.
std::vector<bool> kept_backups(std::span<const Timestamp> made_at, const KeepRule& rule);

// A complete backup of a series.
struct SeriesBackup {
  std::filesystem::path folder;
  Timestamp made_at;  // by its name
};

// The backups in a folder, from the oldest to the latest; none in a folder that does not exist. kInternal.
Result<std::vector<SeriesBackup>> list_backups(const std::filesystem::path& series);

// What back_up_to_series() has done.
struct SeriesReport {
  BackupReport backup;
  std::filesystem::path folder;                // of the new backup
  std::vector<std::filesystem::path> removed;  // the backups that the rule does not keep
};

// Makes a backup in the folder `place.folder`, which is made where it is missing: beside the others, flushed
// to the disk and then renamed, so that a crash leaves no part of one under a name. Then removes what `rule`
// does not keep; null: nothing. The remains of interrupted calls are removed first. kConflict while another
// process does the same; the errors of back_up(), after which no backup is removed. Blocks.
Result<SeriesReport> back_up_to_series(const BackupLocations& place, const KeepRule* rule,
                                       const BackupOptions& options, const std::stop_token& stop);

}  // namespace fit::catalog
