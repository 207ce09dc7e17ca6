#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/byte_stream.h"
#include "search/query.h"
#include "search/rerank.h"

namespace fit::search {

// The parts of a fused score whose weights can be adapted: similarity to the image vector, to the text
// vector, of texts in the text space, words, and agreement with properties.
inline constexpr std::array<std::string_view, 5> kFusedParts = {"image", "text", "texts", "words",
                                                                "properties"};

// The number of spaces whose weights can be adapted: the searched one and the first rerank spaces.
inline constexpr std::size_t kFusedSpaces = 8;

// How much the parts of a score count in the order of the candidates, and how much the similarity in each
// space counts in the list of the items that are nearest to the image vector. Weights are 0 to kMaxWeight;
// only their proportions matter. A weight of 0 is of a part or space that does not count.
struct FusionWeights {
  std::array<double, kFusedParts.size()> parts = {1, 1, 1, 1, 1};
  std::vector<double> spaces = {1};  // of the searched space, then of each rerank space

  friend bool operator==(const FusionWeights&, const FusionWeights&) = default;
};

// The weights by which a query without QueryFusion is fused.
FusionWeights fixed_weights(const Weights& weights, std::span<const RerankSpace> spaces);

// Adapted weights in a few bytes, as cursors and cache keys have them: shares of the sum of the fixed
// weights, in steps of 1/255.
struct FusionCode {
  enum class Kind : std::uint8_t { kFixed, kAdapted, kInterleaved };
  Kind kind = Kind::kFixed;
  std::uint32_t seed = 0;  // of the interleaving
  std::array<std::uint8_t, kFusedParts.size()> parts = {};
  std::array<std::uint8_t, kFusedSpaces> spaces = {};

  friend bool operator==(const FusionCode&, const FusionCode&) = default;
};

inline constexpr std::size_t kFusionCodeBytes = 1 + 4 + kFusedParts.size() + kFusedSpaces;
void put(ByteWriter& to, const FusionCode& code);
// Reads kFusionCodeBytes and removes them from the front of `bytes`, which has as many. kInvalid naming
// "cursor" for a kind that does not exist.
Result<FusionCode> take_fusion_code(ByteView& bytes);

// The code of adapted weights. A weight above 0 has a share of at least 1/255. Weights of spaces beyond
// kFusedSpaces are left out.
FusionCode encode_weights(FusionCode::Kind kind, const FusionWeights& weights);
// The weights of a code. A part or space whose fixed weight is 0 keeps the weight 0, and spaces beyond
// kFusedSpaces keep their fixed weights.
FusionWeights decode_weights(const FusionCode& code, const FusionWeights& fixed);

// How a query's candidates are fused instead of by Query::weights and the weights of the rerank spaces.
struct QueryFusion {
  FusionCode code;        // of `weights`; every page of a query has the same
  FusionWeights weights;  // decode_weights() of the code
};

// A result of the first page of an interleaved query.
struct InterleavedHit {
  ItemId item;
  bool is_adapted = false;  // put there by the ranking with adapted weights
  bool is_fixed = false;    // by the ranking with fixed weights; neither: nobody drafted it
  // What the weights are multiplied with, in units of a first rank, and cosines; 0 where it is unknown.
  std::array<double, kFusedParts.size()> parts = {};
  std::vector<double> spaces;
};

}  // namespace fit::search
