#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cmath>
#include <mutex>

namespace fit {
namespace {

struct PrometheusCounter final : Counter {
  explicit PrometheusCounter(prometheus::Counter& c) : target(c) {}
  void add(double amount) override { target.Increment(amount); }
  prometheus::Counter& target;
};

struct PrometheusGauge final : Gauge {
  explicit PrometheusGauge(prometheus::Gauge& g) : target(g) {}
  void set(double value) override { target.Set(value); }
  void add(double amount) override { target.Increment(amount); }
  prometheus::Gauge& target;
};

struct PrometheusHistogram final : Histogram {
  explicit PrometheusHistogram(prometheus::Histogram& h) : target(h) {}
  void observe(double value) override { target.Observe(value); }
  std::uint64_t count() const override { return target.Collect().histogram.sample_count; }
  std::optional<double> quantile(double part) const override {
    const auto observed = target.Collect().histogram;
    if (observed.sample_count == 0) return std::nullopt;
    const double wanted = part * static_cast<double>(observed.sample_count);
    double low = 0;
    double below = 0;
    for (const auto& bucket : observed.bucket) {
      const auto up_to = static_cast<double>(bucket.cumulative_count);
      if (!std::isfinite(bucket.upper_bound)) break;
      if (up_to >= wanted) {
        const double inside = up_to > below ? (wanted - below) / (up_to - below) : 1;
        return low + (bucket.upper_bound - low) * inside;
      }
      low = bucket.upper_bound;
      below = up_to;
    }
    return low;
  }
  prometheus::Histogram& target;
};

// Returns the wrapper of `target`, and makes it at the first call.
template <class Wrapper, class Interface, class Target>
Interface& wrap(std::map<void*, std::unique_ptr<Interface>>& wrappers, Target& target) {
  std::unique_ptr<Interface>& slot = wrappers[&target];
  if (!slot) slot = std::make_unique<Wrapper>(target);
  return *slot;
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  std::mutex mutex;
  std::map<void*, std::unique_ptr<Counter>> counters;
  std::map<void*, std::unique_ptr<Gauge>> gauges;
  std::map<void*, std::unique_ptr<Histogram>> histograms;
  std::vector<std::function<void()>> refreshes;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry);
  return wrap<PrometheusCounter>(state_->counters, family.Add(labels));
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry);
  return wrap<PrometheusGauge>(state_->gauges, family.Add(labels));
}

Histogram& Metrics::latency(const std::string& name, const std::string& help, const Labels& labels) {
  static const std::vector<double> kBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                               0.25,   0.5,   1,      2.5,   5,    10,    30};
  return histogram(name, help, kBuckets, labels);
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const std::vector<double>& buckets, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(state_->registry);
  return wrap<PrometheusHistogram>(state_->histograms, family.Add(labels, buckets));
}

void Metrics::on_expose(std::function<void()> refresh) {
  state_->refreshes.push_back(std::move(refresh));
}

std::string Metrics::expose() const {
  for (const auto& refresh : state_->refreshes) refresh();
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace fit
