#pragma once

#include "base/background_task.h"
#include "base/log.h"
#include "links/short_links.h"

namespace fit::links {

// Removes short links that have expired, with their photos: at the start and then every ten minutes, until it
// is stopped. start() and stop() are for the owner. Borrows the database.
class ShortLinkUpkeep {
 public:
  ShortLinkUpkeep(sql::Database& database, Log log) : links_(database), log_(std::move(log)) {}

  void start();
  void stop() { task_.stop(); }

 private:
  void prune();

  ShortLinks links_;
  const Log log_;
  BackgroundTask task_;  // the last member, so that it ends before what its work uses
};

}  // namespace fit::links
