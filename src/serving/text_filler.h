#pragma once

#include <chrono>
#include <stop_token>

#include "base/background_task.h"
#include "base/log.h"
#include "catalog/text_vectors.h"
#include "embed/text_embedder.h"

namespace fit::serving {

// Computes the missing and outdated text vectors of a catalogue's items in the background of a server. While
// the provider is unavailable, the items wait. The objects in Parts must outlive it.
class TextFiller {
 public:
  // The dependencies of the filler.
  struct Parts {
    catalog::TextVectors& vectors;
    embed::TextEmbedder& embedder;
    Log log;
  };
  explicit TextFiller(Parts parts) : parts_(std::move(parts)) {}
  TextFiller(const TextFiller&) = delete;
  TextFiller& operator=(const TextFiller&) = delete;

  // Starts the background task. Call it once.
  void start();
  // Ends the background task. Blocks until a running call of the provider has returned.
  void stop() { task_.stop(); }
  // Fills now instead of at the next poll. Thread-safe.
  void notify() { task_.wake(); }

  // The result of fill().
  struct Outcome {
    bool is_filled = false;                  // every item that has texts has its vector
    std::chrono::milliseconds next_after{};  // the pause before the next call
  };
  // Embeds the texts that have no vector yet, and probes an unavailable provider when its pause is over.
  // Blocks; not thread-safe. Errors are logged.
  Outcome fill(const std::stop_token& stop);

 private:
  void run(const std::stop_token& stop);

  const Parts parts_;
  bool has_failed_ = false;
  BackgroundTask task_;
};

}  // namespace fit::serving
