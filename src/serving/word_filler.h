#pragma once

#include <stop_token>

#include "base/background_task.h"
#include "base/log.h"
#include "base/progress.h"
#include "store/words.h"

namespace fit::serving {

// Indexes the words of items that an earlier version of the program stored, in batches. `progress` gets the
// number of indexed items and of all, estimated by their ids. Searches work meanwhile. kCancelled after
// `stop`, with the finished batches indexed; the errors of store::Words::backfill(). Blocks.
Result<void> backfill_words(store::Words& words, const Progress& progress, const std::stop_token& stop);

// Runs backfill_words() in the background, repeatedly until it succeeds. Borrows the words.
class WordFiller {
 public:
  WordFiller(store::Words& words, Log log) : words_(words), log_(std::move(log)) {}
  WordFiller(const WordFiller&) = delete;
  WordFiller& operator=(const WordFiller&) = delete;

  void start();
  // Blocks until the current batch is written.
  void stop() { task_.stop(); }

 private:
  void run(const std::stop_token& stop);

  store::Words& words_;
  Log log_;
  BackgroundTask task_;
};

}  // namespace fit::serving
