#include "search/quality_watch.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/base64.h"
#include "base/format.h"
#include "base/stopwatch.h"
#include "domain/properties.h"
#include "search/result_quality.h"

namespace fit::search {
namespace {

constexpr std::size_t kReadAtOnce = 100;  // items whose vectors are read without a rest
constexpr int kRestsPerWork = 3;          // rest for this many times as long as the work took
constexpr int kIdlePriority = 19;
constexpr int kFixedImages = 4;
constexpr int kFixedSide = 224;
constexpr std::size_t kMaxSavedBytes = 1 << 20;
// A program that runs for a moment only measures nothing, and one that starts has other work first.
constexpr std::chrono::minutes kFirstMeasurement{1};

// Pictures that every program draws alike: stripes, a ramp of colours, squares and a disc.
media::Image fixed_image(int number) {
  media::Image image{.width = kFixedSide, .height = kFixedSide, .rgb = {}};
  image.rgb.reserve(static_cast<std::size_t>(kFixedSide) * kFixedSide * 3);
  for (int y = 0; y < kFixedSide; ++y) {
    for (int x = 0; x < kFixedSide; ++x) {
      const int dx = x - kFixedSide / 2;
      const int dy = y - kFixedSide / 2;
      const bool is_inside = number == 0   ? x / 16 % 2 == 0
                             : number == 1 ? x > y
                             : number == 2 ? (x / 32 + y / 32) % 2 == 0
                                           : dx * dx + dy * dy < 80 * 80;
      const int red = is_inside ? 40 + 50 * number : 230;
      const int green = is_inside ? x : 220 - 40 * number;
      const int blue = is_inside ? 200 - 40 * number : y;
      for (const int part : {red, green, blue}) image.rgb.push_back(static_cast<std::uint8_t>(part));
    }
  }
  return image;
}

Bytes bytes_of(const std::vector<embed::Vector>& vectors) {
  Bytes bytes;
  for (const embed::Vector& vector : vectors) {
    const auto* const begin = reinterpret_cast<const std::byte*>(vector.data());
    bytes.insert(bytes.end(), begin, begin + vector.size() * sizeof(float));
  }
  return bytes;
}

// The mean vector of the items that have one; empty: none has.
Result<std::vector<double>> mean_vector(const VectorSearcher& searcher, std::span<const ItemId> items,
                                        const std::stop_token& stop) {
  std::vector<double> mean;
  for (std::size_t from = 0; from < items.size(); from += kReadAtOnce) {
    const Stopwatch work;
    FIT_TRY(const auto vectors,
            searcher.vectors_of(items.subspan(from, std::min(kReadAtOnce, items.size() - from))));
    for (const domain::ImageVector& one : vectors) {
      mean.resize(one.values.size());
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += one.values[i];
    }
    if (!wait_unless_stopped(stop, kRestsPerWork * work.elapsed())) return cancelled();
  }
  return mean;
}

}  // namespace

void QualityWatch::start() {
  task_.start([this](const std::stop_token& stop) {
    // Of this thread alone, on Linux.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kIdlePriority);
    if (!task_.wait_for(kFirstMeasurement)) return;
    do {
      const auto measured = measure(stop);
      if (!measured && measured.error().code != ErrorCode::kCancelled) {
        parts_.log.warning("the quality of the catalogue was not measured",
                           {{"reason", measured.error().describe()}});
      }
    } while (task_.wait_for(interval_));
  });
}

Result<QualityMeasurement> QualityWatch::measure(const std::stop_token& stop) {
  FIT_TRY(const auto everything, parts_.columns.select({}));
  FIT_TRY(const auto items, parts_.columns.latest(everything, kMaxItems));
  QualityMeasurement measured;
  FIT_TRY(measured.catalogue_drift, catalogue_drift(items, stop));
  FIT_TRY(measured.consistency, consistency());
  FIT_TRY(measured.confidence, confidence(std::span(items).first(std::min(kSample, items.size()))));
  show(measured);
  return measured;
}

// `items`: the latest first.
Result<std::optional<double>> QualityWatch::catalogue_drift(std::span<const ItemId> items,
                                                            const std::stop_token& stop) const {
  if (items.size() < 2 * kSample) return std::nullopt;
  std::vector<ItemId> whole;
  for (std::size_t i = 0; i < kSample; ++i) whole.push_back(items[i * items.size() / kSample]);
  FIT_TRY(const auto newest, mean_vector(parts_.searcher, items.first(kSample), stop));
  FIT_TRY(const auto usual, mean_vector(parts_.searcher, whole, stop));
  if (newest.size() != usual.size()) return std::nullopt;
  return distance_between(newest, usual);
}

// A remote provider, which may cost money, is not asked.
Result<std::optional<double>> QualityWatch::consistency() const {
  if (parts_.embedder.is_remote()) return std::nullopt;
  std::vector<media::Image> images;
  for (int number = 0; number < kFixedImages; ++number) images.push_back(fixed_image(number));
  FIT_TRY(const auto vectors, parts_.embedder.embed_images(images));
  const Bytes made = bytes_of(vectors);
  const std::string name = fit::format("fixed images, space {}", parts_.searcher.space().id);
  FIT_TRY(const std::string text, parts_.store.metadata().get_or_add(name, encode_base64(made)));
  FIT_TRY(const Bytes saved, decode_base64(name, text, kMaxSavedBytes));
  if (saved.size() != made.size()) return internal("the saved vectors of fixed images are damaged", name);
  std::optional<double> least;
  std::size_t at = 0;
  for (const embed::Vector& vector : vectors) {
    embed::Vector before(vector.size());
    std::memcpy(before.data(), saved.data() + at, before.size() * sizeof(float));
    at += before.size() * sizeof(float);
    const double cosine = embed::dot(vector, before);
    least = std::min(least.value_or(cosine), cosine);
  }
  return least;
}

Result<std::map<std::string, double>> QualityWatch::confidence(std::span<const ItemId> newest) const {
  FIT_TRY(const auto records, parts_.store.items().get(newest));
  std::map<std::string, double> means;
  for (std::size_t property = 0; property < domain::kProperties.size(); ++property) {
    double sum = 0;
    double values = 0;
    for (const domain::ItemRecord& record : records) {
      const domain::PropertyOrigin& one = record.origins.at(property);
      if (one.origin == domain::Origin::kNone || one.origin == domain::Origin::kSeller) continue;
      sum += one.confidence;
      ++values;
    }
    if (values > 0) means.emplace(domain::kProperties.at(property), sum / values);
  }
  return means;
}

void QualityWatch::show(const QualityMeasurement& measured) {
  const Labels space = {{"space", parts_.searcher.space().name}};
  if (measured.catalogue_drift) {
    parts_.metrics
        .gauge("fit_catalogue_drift_ratio",
               "Distance of the mean vector of the newest items from that of all", space)
        .set(*measured.catalogue_drift);
  }
  if (measured.consistency) {
    parts_.metrics
        .gauge("fit_embedding_consistency_ratio",
               "Least cosine of the vectors of fixed images and their vectors of before", space)
        .set(*measured.consistency);
  }
  for (const auto& [property, mean] : measured.confidence) {
    parts_.metrics
        .gauge("fit_property_confidence_ratio", "Mean confidence of the properties that the newest items got",
               {{"property", property}})
        .set(mean);
  }
}

}  // namespace fit::search
