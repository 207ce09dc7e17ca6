#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fit {

// A value that only increases. Thread-safe, never blocks.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(double amount = 1) = 0;
};

// A value that increases and decreases. Thread-safe, never blocks.
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) = 0;
  virtual void add(double amount) = 0;
};

// A distribution, for latencies in seconds and sizes in bytes. Thread-safe. A value that a thread observes
// while it works for a recorded trace (base/trace.h) becomes the exemplar of its bucket.
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
  // How many values were observed so far.
  virtual std::uint64_t count() const = 0;
  // About the value that `part` (0 to 1) of the observed values do not exceed, interpolated within its
  // bucket; the end of the last bucket but one for values beyond it. nullopt when nothing was observed.
  virtual std::optional<double> quantile(double part) const = 0;
};

using Labels = std::map<std::string, std::string>;

// All metrics of the program, in the Prometheus text format. Names follow Prometheus practice: the prefix
// "fit_", base units, the suffix "_total" for counters. The same name and labels always give the same object,
// which lives as long as the Metrics. Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // Buckets from 0.5 ms to 30 s.
  Histogram& latency(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& buckets,
                       const Labels& labels = {});

  // Registers a function that expose() calls first, to update gauges on demand. It must be quick and
  // thread-safe. Call on_expose() before expose() can run.
  void on_expose(std::function<void()> refresh);

  // The exposition text for GET /metrics (version 0.0.4).
  std::string expose() const;
  // The same in the format OpenMetrics (version 1.0.0), which has the exemplars too.
  std::string expose_open_metrics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit
