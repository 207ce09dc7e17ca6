#pragma once

#include "base/background_task.h"
#include "base/log.h"
#include "catalog/catalog.h"
#include "store/catalogue.h"

namespace fit {

// A thread that gives images without a vector theirs, beside the running server: at its start all, then
// what writers into other spaces bring. Does not own its parts.
class VectorFiller {
 public:
  VectorFiller(catalog::Catalog& catalog, store::Catalogue& store, Log log);

 private:
  void run(const std::stop_token& stop);
  Result<void> fill(const std::stop_token& stop);

  catalog::Catalog& catalog_;
  store::Catalogue& store_;
  const Log log_;
  std::int64_t position_ = -1;  // of the store, when all were filled
  // Images up to `filled_` are not looked at again; up to `next_filled_` from a while later, as what was
  // asked may have been a standby that lacked some.
  ImageId filled_;
  ImageId next_filled_;
  std::chrono::steady_clock::time_point moved_at_;
  BackgroundTask task_;  // the last member: it ends before what it uses
};

}  // namespace fit
