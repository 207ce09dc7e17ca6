#include "search/fusion.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace fit::search {
namespace {

constexpr double kSteps = 255;

std::uint8_t step_of(double weight, double sum) {
  if (!(weight > 0) || !(sum > 0)) return 0;
  return static_cast<std::uint8_t>(std::clamp(std::round(kSteps * weight / sum), 1.0, kSteps));
}

// The weights of the codes; the fixed weight is 0 where nothing counts.
void decode(std::span<const std::uint8_t> codes, std::span<double> weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const std::size_t count = std::min(codes.size(), weights.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (weights[i] > 0) weights[i] = sum * std::max<double>(codes[i], 1) / kSteps;
  }
}

template <class T>
T take_value(ByteView& bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes = bytes.subspan(sizeof value);
  return value;
}

}  // namespace

FusionWeights fixed_weights(const Weights& weights, std::span<const RerankSpace> spaces) {
  FusionWeights fixed{
      .parts = {weights.image, weights.text, weights.text, weights.words, weights.properties}};
  for (const RerankSpace& one : spaces) fixed.spaces.push_back(one.weight);
  return fixed;
}

void put(ByteWriter& to, const FusionCode& code) {
  to.put(static_cast<std::uint8_t>(code.kind));
  to.put(code.seed);
  for (const std::uint8_t part : code.parts) to.put(part);
  for (const std::uint8_t space : code.spaces) to.put(space);
}

Result<FusionCode> take_fusion_code(ByteView& bytes) {
  FusionCode code;
  const auto kind = take_value<std::uint8_t>(bytes);
  code.kind = static_cast<FusionCode::Kind>(kind);
  code.seed = take_value<std::uint32_t>(bytes);
  for (std::uint8_t& part : code.parts) part = take_value<std::uint8_t>(bytes);
  for (std::uint8_t& space : code.spaces) space = take_value<std::uint8_t>(bytes);
  if (kind > static_cast<std::uint8_t>(FusionCode::Kind::kInterleaved)) {
    return invalid("cursor", "has unknown weights");
  }
  return code;
}

FusionCode encode_weights(FusionCode::Kind kind, const FusionWeights& weights) {
  FusionCode code{.kind = kind};
  const double parts = std::accumulate(weights.parts.begin(), weights.parts.end(), 0.0);
  for (std::size_t i = 0; i < code.parts.size(); ++i) code.parts[i] = step_of(weights.parts[i], parts);
  const double spaces = std::accumulate(weights.spaces.begin(), weights.spaces.end(), 0.0);
  for (std::size_t i = 0; i < std::min(code.spaces.size(), weights.spaces.size()); ++i) {
    code.spaces[i] = step_of(weights.spaces[i], spaces);
  }
  return code;
}

FusionWeights decode_weights(const FusionCode& code, const FusionWeights& fixed) {
  FusionWeights weights = fixed;
  decode(code.parts, weights.parts);
  decode(code.spaces, weights.spaces);
  return weights;
}

}  // namespace fit::search
