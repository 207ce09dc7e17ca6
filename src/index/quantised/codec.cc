#include "index/quantised/codec.h"

#include <hwy/base.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <queue>

#include "base/parallel.h"
#include "index/quantised/eigen.h"

namespace fit::index {
namespace {

constexpr std::size_t kMostBits = 8;  // of an axis
// By bits: the mean squared error and the step of the best uniform quantiser of a standard normal
// distribution (Max 1960).
constexpr std::array<double, kMostBits + 1> kErrors = {1,        0.3634,  0.1188,   0.03744,  0.01154,
                                                       0.003495, 0.00104, 0.000304, 0.0000869};
constexpr std::array<float, kMostBits + 1> kSteps = {0,       1.596F,  0.9957F, 0.586F, 0.3352F,
                                                     0.1881F, 0.1041F, 0.0569F, 0.0308F};

// The covariance around 0 of rows that lie one after the other.
std::vector<double> covariance(const Kernels& kernels, std::span<const float> rows, std::size_t dimensions,
                               std::size_t threads) {
  const std::size_t count = rows.size() / dimensions;
  std::vector<float> columns(rows.size());
  parallel_for(dimensions, {.threads = threads, .grain = 16}, [&](std::size_t d) {
    for (std::size_t i = 0; i < count; ++i) columns[d * count + i] = rows[i * dimensions + d];
  });
  std::vector<double> matrix(dimensions * dimensions);
  parallel_for(dimensions, {.threads = threads}, [&](std::size_t a) {
    for (std::size_t b = 0; b <= a; ++b) {
      const double sum = kernels.dot(columns.data() + a * count, columns.data() + b * count, count);
      matrix[a * dimensions + b] = sum / static_cast<double>(count);
      matrix[b * dimensions + a] = sum / static_cast<double>(count);
    }
  });
  return matrix;
}

// Gives each bit to the axis whose error it reduces most. Axes without variance get none.
std::vector<std::uint8_t> share_bits(std::span<const double> variances, std::size_t bits) {
  std::vector<std::uint8_t> shares(variances.size());
  using Gain = std::pair<double, std::size_t>;
  std::priority_queue<Gain> gains;
  const auto offer = [&](std::size_t axis) {
    const std::size_t has = shares[axis];
    const double gain = variances[axis] * (has < kMostBits ? kErrors[has] - kErrors[has + 1] : 0);
    if (gain > 1e-12) gains.emplace(gain, axis);
  };
  for (std::size_t axis = 0; axis < variances.size(); ++axis) offer(axis);
  for (; bits > 0 && !gains.empty(); --bits) {
    const std::size_t axis = gains.top().second;
    gains.pop();
    ++shares[axis];
    offer(axis);
  }
  return shares;
}

}  // namespace

std::size_t code_bytes_for(std::size_t dimensions) {
  return std::clamp<std::size_t>((dimensions + 31) / 32 * 4, 16, 128);
}

Codec Codec::train(const Kernels& kernels, std::span<const float> residuals, std::size_t dimensions,
                   std::size_t code_bytes, std::size_t threads) {
  Codec codec;
  codec.dimensions_ = dimensions;
  codec.code_bytes_ = code_bytes;
  const Eigen eigen = symmetric_eigen(covariance(kernels, residuals, dimensions, threads), dimensions);
  const std::vector<std::uint8_t> shares = share_bits(eigen.values, code_bytes * 8);
  for (std::size_t axis = 0; axis < dimensions; ++axis) {
    if (shares[axis] == 0) continue;
    const auto deviation = static_cast<float>(std::sqrt(eigen.values[axis]));
    codec.bits_.push_back(shares[axis]);
    codec.deviations_.push_back(deviation);
    codec.steps_.push_back(deviation * kSteps[shares[axis]]);
    const auto first = eigen.vectors.begin() + static_cast<std::ptrdiff_t>(axis * dimensions);
    for (auto number = first; number != first + static_cast<std::ptrdiff_t>(dimensions); ++number)
      codec.rotation_.push_back(static_cast<float>(*number));
  }
  codec.place_bits();
  codec.learned_error_ = codec.measure(kernels, residuals);
  return codec;
}

float Codec::measure(const Kernels& kernels, std::span<const float> residuals) const {
  constexpr std::size_t kEnough = 500;
  const std::size_t all = residuals.size() / dimensions_;
  const std::size_t few = std::min(all, kEnough);
  std::vector<float> rotated(axes());
  std::vector<float> decoded(axes());
  std::vector<std::uint8_t> code(code_bytes_);
  double left = 0;
  for (std::size_t i = 0; i < few; ++i) {
    const float* const residual = residuals.data() + i * all / few * dimensions_;
    rotate(kernels, residual, rotated.data());
    encode(rotated.data(), code.data(), decoded.data());
    double product = 0;
    double squared = 0;
    for (std::size_t axis = 0; axis < axes(); ++axis) {
      product += double{rotated[axis]} * decoded[axis];
      squared += double{decoded[axis]} * decoded[axis];
    }
    const double whole = kernels.dot(residual, residual, dimensions_);
    left += squared > 0 ? std::max(0.0, whole - product * product / squared) : whole;
  }
  return few == 0 ? 0.0F : static_cast<float>(left / static_cast<double>(few));
}

// Deals the bits to the four-bit tables in the order of their weight, the heaviest first, so that the tables'
// ranges resemble each other: their common step is set by the widest.
void Codec::place_bits() {
  struct Weighted {
    float weight;
    Place place;
  };
  std::vector<Weighted> all;
  for (std::size_t axis = 0; axis < bits_.size(); ++axis) {
    for (std::uint8_t bit = 0; bit < bits_[axis]; ++bit) {
      const float weight = deviations_[axis] * steps_[axis] * static_cast<float>(1U << bit);
      all.push_back({weight, {static_cast<std::uint16_t>(axis), bit, true}});
    }
  }
  std::ranges::stable_sort(all, std::greater{}, &Weighted::weight);
  const std::size_t tables = code_bytes_ * 2;
  places_.assign(code_bytes_ * 8, {});
  for (std::size_t i = 0; i < all.size(); ++i) places_[i % tables * 4 + i / tables] = all[i].place;
}

void Codec::rotate(const Kernels& kernels, const float* vector, float* rotated) const {
  std::size_t axis = 0;
  for (; axis + 4 <= axes(); axis += 4) {
    const float* const first = rotation_.data() + axis * dimensions_;
    const std::array<const float*, 4> four = {first, first + dimensions_, first + 2 * dimensions_,
                                              first + 3 * dimensions_};
    kernels.dot4(vector, four.data(), dimensions_, rotated + axis);
  }
  for (; axis < axes(); ++axis)
    rotated[axis] = kernels.dot(vector, rotation_.data() + axis * dimensions_, dimensions_);
}

void Codec::encode(const float* rotated, std::uint8_t* code, float* decoded) const {
  std::vector<std::uint8_t> levels(axes());
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    const float most = static_cast<float>((1U << bits_[axis]) - 1);
    const float level = std::clamp(std::floor(rotated[axis] / steps_[axis] + (most + 1) / 2), 0.0F, most);
    levels[axis] = static_cast<std::uint8_t>(level);
    decoded[axis] = steps_[axis] * (level - most / 2);
  }
  std::fill_n(code, code_bytes_, std::uint8_t{0});
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (!places_[i].used) continue;
    const unsigned bit = (levels[places_[i].axis] >> places_[i].bit) & 1U;
    code[i / 8] = static_cast<std::uint8_t>(code[i / 8] | bit << i % 8);
  }
}

Codec::Coded Codec::encode_residual(const Kernels& kernels, const float* vector, const float* centroid,
                                    const float* rotated_centroid, std::uint8_t* code) const {
  std::vector<float> unit(axes());
  std::vector<float> decoded(axes());
  double squared = 0;
  double with_centroid = 0;
  for (std::size_t d = 0; d < dimensions_; ++d) {
    const double rest = double{vector[d]} - centroid[d];
    squared += rest * rest;
    with_centroid += rest * centroid[d];
  }
  const double length = std::sqrt(squared);
  rotate(kernels, vector, unit.data());
  for (std::size_t axis = 0; axis < axes(); ++axis)
    unit[axis] = length > 1e-6 ? static_cast<float>((unit[axis] - rotated_centroid[axis]) / length) : 0.0F;
  encode(unit.data(), code, decoded.data());
  double product = 0;
  double decoded_squared = 0;
  double centroid_product = 0;
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    product += double{unit[axis]} * decoded[axis];
    decoded_squared += double{decoded[axis]} * decoded[axis];
    centroid_product += double{rotated_centroid[axis]} * decoded[axis];
  }
  const double scale = decoded_squared > 0 ? length * product / decoded_squared : 0;
  const double left = squared - 2 * scale * length * product + scale * scale * decoded_squared;
  return {.scale = hwy::BitCastScalar<std::uint16_t>(hwy::F16FromF32(static_cast<float>(scale))),
          .offset = hwy::BitCastScalar<std::uint16_t>(
              hwy::F16FromF32(static_cast<float>(with_centroid - scale * centroid_product))),
          .left = static_cast<float>(std::sqrt(std::max(0.0, left)))};
}

void Codec::place(const std::uint8_t* code, const Coded& coded, std::size_t v, std::uint8_t* block) const {
  for (std::size_t j = 0; j < code_bytes_; ++j) block[kBlockVectors * j + v] = code[j];
  std::uint8_t* const factors = block + kBlockVectors * code_bytes_;
  std::memcpy(factors + 2 * v, &coded.scale, 2);
  std::memcpy(factors + 2 * (kBlockVectors + v), &coded.offset, 2);
}

QueryTables Codec::tables(const float* rotated_query) const {
  const std::size_t count = code_bytes_ * 2;
  double bias = 0;
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    bias -= double{rotated_query[axis]} * steps_[axis] * static_cast<double>((1U << bits_[axis]) - 1) / 2;
  }
  std::vector<std::array<float, 4>> weights(count);
  std::vector<float> least(count);
  double widest = 0;
  double total = 0;
  for (std::size_t table = 0; table < count; ++table) {
    double width = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const Place& place = places_[table * 4 + i];
      if (!place.used) continue;
      const float weight =
          rotated_query[place.axis] * steps_[place.axis] * static_cast<float>(1U << place.bit);
      weights[table][i] = weight;
      least[table] += std::min(weight, 0.0F);
      width += std::abs(weight);
    }
    widest = std::max(widest, width);
    total += width;
    bias += least[table];
  }
  QueryTables query;
  query.low.resize(16 * code_bytes_);
  query.high.resize(16 * code_bytes_);
  query.bias = static_cast<float>(bias);
  if (widest == 0) return query;
  const double scale = std::min(255 / widest, (65535 - static_cast<double>(count)) / total);
  query.step = static_cast<float>(1 / scale);
  query.error = static_cast<float>(0.5 * static_cast<double>(count) / scale);
  for (std::size_t table = 0; table < count; ++table) {
    std::uint8_t* const entries = (table % 2 == 0 ? query.low : query.high).data() + table / 2 * 16;
    for (unsigned nibble = 0; nibble < 16; ++nibble) {
      double sum = -least[table];
      for (unsigned i = 0; i < 4; ++i) sum += (nibble >> i & 1U) != 0 ? weights[table][i] : 0.0F;
      entries[nibble] = static_cast<std::uint8_t>(std::clamp(std::lround(sum * scale), 0L, 255L));
    }
  }
  return query;
}

float Codec::spread(const float* rotated_query) const {
  double sum = 0;
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    const double one = double{deviations_[axis]} * rotated_query[axis];
    sum += one * one;
  }
  return static_cast<float>(std::sqrt(sum));
}

void Codec::write(ByteWriter& out) const {
  out.put(static_cast<std::uint32_t>(dimensions_));
  out.put(static_cast<std::uint32_t>(code_bytes_));
  out.put(learned_error_);
  out.put_bytes(std::as_bytes(std::span(bits_)));
  out.put_bytes(std::as_bytes(std::span(deviations_)));
  out.put_bytes(std::as_bytes(std::span(rotation_)));
  ByteWriter places;
  for (const Place& place : places_) {
    places.put(place.axis);
    places.put(place.bit);
    places.put(static_cast<std::uint8_t>(place.used));
  }
  out.put_bytes(places.bytes());
}

bool Codec::read(ByteReader& in) {
  const auto numbers = [&in](std::vector<float>& into) {
    const ByteView bytes = in.get_bytes();
    into.resize(bytes.size() / sizeof(float));
    if (!into.empty()) std::memcpy(into.data(), bytes.data(), into.size() * sizeof(float));
  };
  dimensions_ = in.get<std::uint32_t>();
  code_bytes_ = in.get<std::uint32_t>();
  learned_error_ = in.get<float>();
  const ByteView bits = in.get_bytes();
  bits_.resize(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) bits_[i] = static_cast<std::uint8_t>(bits[i]);
  numbers(deviations_);
  numbers(rotation_);
  ByteReader places(in.get_bytes());
  if (!in.ok() || code_bytes_ != code_bytes_for(dimensions_) || bits_.size() > dimensions_) return false;
  if (deviations_.size() != bits_.size() || rotation_.size() != bits_.size() * dimensions_) return false;
  places_.assign(code_bytes_ * 8, {});
  for (Place& place : places_) {
    place.axis = places.get<std::uint16_t>();
    place.bit = places.get<std::uint8_t>();
    place.used = places.get<std::uint8_t>() != 0;
    if (place.used && (place.axis >= bits_.size() || place.bit >= bits_[place.axis])) return false;
  }
  steps_.clear();
  for (std::size_t axis = 0; axis < bits_.size(); ++axis) {
    if (bits_[axis] < 1 || bits_[axis] > kMostBits) return false;
    steps_.push_back(deviations_[axis] * kSteps[bits_[axis]]);
  }
  return places.is_done();
}

}  // namespace fit::index
