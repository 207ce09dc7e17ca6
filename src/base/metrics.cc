#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <mutex>

#include "base/bucket_quantile.h"
#include "base/exemplars.h"
#include "base/open_metrics.h"
#include "base/trace.h"

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
  PrometheusHistogram(prometheus::Histogram& h, const std::vector<double>& bounds)
      : target(h), exemplars(bounds) {}
  void observe(double value) override {
    target.Observe(value);
    if (current_work().is_recorded()) exemplars.note(value, current_work().trace);
  }
  std::uint64_t count() const override { return target.Collect().histogram.sample_count; }
  std::optional<double> quantile(double part) const override {
    std::vector<CumulativeBucket> buckets;
    for (const auto& bucket : target.Collect().histogram.bucket) {
      buckets.push_back({bucket.upper_bound, static_cast<double>(bucket.cumulative_count)});
    }
    return bucket_quantile(part, buckets);
  }
  prometheus::Histogram& target;
  Exemplars exemplars;
};

// Returns the wrapper of `target`, and makes it of `target` and `more` at the first call.
template <class Wrapper, class Interface, class Target, class... More>
Interface& wrap(std::map<void*, std::unique_ptr<Interface>>& wrappers, Target& target, const More&... more) {
  std::unique_ptr<Interface>& slot = wrappers[&target];
  if (!slot) slot = std::make_unique<Wrapper>(target, more...);
  return *slot;
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  std::mutex mutex;
  std::map<void*, std::unique_ptr<Counter>> counters;
  std::map<void*, std::unique_ptr<Gauge>> gauges;
  std::map<void*, std::unique_ptr<Histogram>> histograms;
  std::map<std::pair<std::string, Labels>, const Exemplars*> exemplars;  // of histograms, by name and labels
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
  Histogram& made = wrap<PrometheusHistogram>(state_->histograms, family.Add(labels, buckets), buckets);
  state_->exemplars[{name, labels}] = &static_cast<PrometheusHistogram&>(made).exemplars;
  return made;
}

void Metrics::on_expose(std::function<void()> refresh) {
  state_->refreshes.push_back(std::move(refresh));
}

std::string Metrics::expose() const {
  for (const auto& refresh : state_->refreshes) refresh();
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

std::string Metrics::expose_open_metrics() const {
  for (const auto& refresh : state_->refreshes) refresh();
  const auto families = state_->registry.Collect();
  const std::lock_guard lock(state_->mutex);
  return open_metrics_text(families, [this](const std::string& name, const Labels& labels) {
    const auto known = state_->exemplars.find({name, labels});
    return known == state_->exemplars.end() ? std::vector<std::optional<Exemplar>>() : known->second->get();
  });
}

}  // namespace fit
