#include "index/quantised/list_codes.h"

#include <algorithm>
#include <array>

#include "base/parallel.h"

namespace fit::index {

ListCodes::ListCodes(const Kernels& kernels, const Codec& codec, const Lists& lists)
    : block_bytes_(kBlockVectors * codec.code_bytes() + kFactorBytes) {
  std::vector<std::size_t> first_blocks = {0};
  for (std::size_t group = 0; group < lists.groups(); ++group) {
    const std::size_t size = lists.first_of_group(group + 1) - lists.first_of_group(group);
    first_blocks.push_back(first_blocks.back() + (size + kBlockVectors - 1) / kBlockVectors);
  }
  blocks_.resize(first_blocks.back() * block_bytes_);
  parallel_for(lists.groups(), {}, [&](std::size_t group) {
    std::vector<float> rotated(codec.axes());
    std::vector<std::uint8_t> code(codec.code_bytes());
    codec.rotate(kernels, lists.group_centroid(group), rotated.data());
    const std::size_t first = lists.first_of_group(group);
    for (std::size_t i = 0; first + i < lists.first_of_group(group + 1); ++i) {
      const Codec::Coded coded = codec.encode_residual(
          kernels, lists.centroid(first + i), lists.group_centroid(group), rotated.data(), code.data());
      codec.place(code.data(), coded, i % kBlockVectors,
                  blocks_.data() + (first_blocks[group] + i / kBlockVectors) * block_bytes_);
    }
  });
}

void ListCodes::estimate(const Kernels& kernels, const CodeKernels& codes, const Lists& lists,
                         const CodeTables& tables, const float* query, std::span<float> products) const {
  std::array<float, kBlockVectors> estimates;
  const std::uint8_t* block = blocks_.data();
  for (std::size_t group = 0; group < lists.groups(); ++group) {
    const float product = kernels.dot(query, lists.group_centroid(group), lists.dimensions());
    const std::size_t end = lists.first_of_group(group + 1);
    for (std::size_t list = lists.first_of_group(group); list < end; list += kBlockVectors) {
      codes.estimate(block, tables, product, estimates.data());
      std::copy_n(estimates.begin(), std::min(kBlockVectors, end - list),
                  products.begin() + static_cast<std::ptrdiff_t>(list));
      block += block_bytes_;
    }
  }
}

}  // namespace fit::index
