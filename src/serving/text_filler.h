#pragma once

#include <chrono>
#include <stop_token>

#include "base/background_task.h"
#include "base/log.h"
#include "catalog/text_vectors.h"
#include "embed/text_embedder.h"

namespace fit::serving {

// Keeps the text vectors of a catalogue's items up to date in the background of a server. While the provider
// is unavailable, the items wait. Does not own the objects in Parts; they must outlive it.
class TextFiller {
 public:
  struct Parts {
    catalog::TextVectors& vectors;
    embed::TextEmbedder& embedder;
    Log log;
  };
  explicit TextFiller(Parts parts) : parts_(std::move(parts)) {}
  TextFiller(const TextFiller&) = delete;
  TextFiller& operator=(const TextFiller&) = delete;

  void start();
  // Blocks until a running call of the provider has returned.
  void stop() { task_.stop(); }
  // Fills now instead of at the next poll. Thread-safe.
  void notify() { task_.wake(); }

  struct Outcome {
    bool is_filled = false;                  // every item that has texts has its vector
    std::chrono::milliseconds next_after{};  // when to call again
  };
  // Embeds the texts that have no vector yet, and tries an unavailable provider again when it is time.
  // Blocks; for one caller at a time.
  Outcome fill(const std::stop_token& stop);

 private:
  void run(const std::stop_token& stop);

  const Parts parts_;
  bool has_failed_ = false;
  BackgroundTask task_;
};

}  // namespace fit::serving
