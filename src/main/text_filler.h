#pragma once

#include "base/background_task.h"

namespace fit {

class App;

// A thread that gives items their vectors in the space of texts as they come, beside the running server; it
// waits for a provider that is away. Does nothing where there is no such space. The App must outlive it.
class TextFiller {
 public:
  explicit TextFiller(App& app) : app_(app) {}
  ~TextFiller() { stop(); }
  TextFiller(const TextFiller&) = delete;
  TextFiller& operator=(const TextFiller&) = delete;

  void start();
  // Afterwards the app waits for the provider no more.
  void stop();
  // Something was written: look at once. Thread-safe.
  void notify() { task_.wake(); }

 private:
  void run(const std::stop_token& stop);

  App& app_;
  BackgroundTask task_;
};

}  // namespace fit
