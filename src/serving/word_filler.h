#pragma once

#include <stop_token>

#include "base/background_task.h"
#include "base/log.h"
#include "base/progress.h"
#include "store/words.h"

namespace fit::serving {

// Indexes the words of the items that an earlier version of the program stored, batch by batch. `progress`
// gets the items behind it and all that there were, counted by their ids. Searches work meanwhile. kCancelled
// when it is stopped; what is done stays done. The errors of store::Words::backfill(). Blocks.
Result<void> backfill_words(store::Words& words, const Progress& progress, const std::stop_token& stop);

// Runs backfill_words() in the background of a server until it succeeds. Does not own the words.
class WordFiller {
 public:
  WordFiller(store::Words& words, Log log) : words_(words), log_(std::move(log)) {}
  WordFiller(const WordFiller&) = delete;
  WordFiller& operator=(const WordFiller&) = delete;

  void start();
  // Blocks until the batch at work is written.
  void stop() { task_.stop(); }

 private:
  void run(const std::stop_token& stop);

  store::Words& words_;
  Log log_;
  BackgroundTask task_;
};

}  // namespace fit::serving
