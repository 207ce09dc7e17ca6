#include "index/kernels/code_scan.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/kernels/code_scan.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace fit::index {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Adds the table entries of each vector's code. A table lookup works on 16 bytes at a time: the 16 vectors'
// byte j, in the tables of byte j. Sums of odd vectors gather in the upper bytes and are counted apart.
void sum_codes(const std::uint8_t* HWY_RESTRICT codes, const CodeTables& tables,
               std::uint16_t* HWY_RESTRICT sums) {
  const hn::CappedTag<std::uint8_t, 64> d;
  const hn::Repartition<std::uint16_t, decltype(d)> d16;
  const std::size_t lanes = hn::Lanes(d);
  const auto nibble = hn::Set(d, std::uint8_t{15});
  auto all = hn::Zero(d16);
  auto odd = hn::Zero(d16);
  for (std::size_t i = 0; i < kBlockVectors * tables.code_bytes; i += lanes) {
    const auto code = hn::LoadU(d, codes + i);
    const auto low =
        hn::BitCast(d16, hn::TableLookupBytes(hn::LoadU(d, tables.low + i), hn::And(code, nibble)));
    const auto high =
        hn::BitCast(d16, hn::TableLookupBytes(hn::LoadU(d, tables.high + i), hn::ShiftRight<4>(code)));
    all = hn::Add(all, hn::Add(low, high));
    odd = hn::Add(odd, hn::Add(hn::ShiftRight<8>(low), hn::ShiftRight<8>(high)));
  }
  const auto even = hn::Sub(all, hn::ShiftLeft<8>(odd));
  alignas(64) std::uint16_t evens[32];
  alignas(64) std::uint16_t odds[32];
  hn::StoreU(even, d16, evens);
  hn::StoreU(odd, d16, odds);
  for (std::size_t i = 0; i < kBlockVectors / 2; ++i) {
    std::uint16_t even_sum = 0;
    std::uint16_t odd_sum = 0;
    for (std::size_t part = i; part < lanes / 2; part += kBlockVectors / 2) {
      even_sum = static_cast<std::uint16_t>(even_sum + evens[part]);
      odd_sum = static_cast<std::uint16_t>(odd_sum + odds[part]);
    }
    sums[2 * i] = even_sum;
    sums[2 * i + 1] = odd_sum;
  }
}

void estimate(const std::uint8_t* block, const CodeTables& tables, float base, float* estimates) {
  alignas(64) std::uint16_t sums[kBlockVectors];
  sum_codes(block, tables, sums);
  const hn::CappedTag<float, kBlockVectors> df;
  const hn::Rebind<hwy::float16_t, decltype(df)> d_half;
  const hn::Rebind<std::uint16_t, decltype(df)> d16;
  const hn::RebindToSigned<decltype(df)> di;
  const auto* factors = reinterpret_cast<const hwy::float16_t*>(block + kBlockVectors * tables.code_bytes);
  const auto step = hn::Set(df, tables.step);
  const auto bias = hn::Set(df, tables.bias);
  const auto first = hn::Set(df, base);
  for (std::size_t i = 0; i < kBlockVectors; i += hn::Lanes(df)) {
    const auto sum = hn::ConvertTo(df, hn::PromoteTo(di, hn::LoadU(d16, sums + i)));
    const auto scale = hn::PromoteTo(df, hn::LoadU(d_half, factors + i));
    const auto offset = hn::PromoteTo(df, hn::LoadU(d_half, factors + kBlockVectors + i));
    const auto product = hn::MulAdd(sum, step, bias);
    hn::StoreU(hn::MulAdd(scale, product, hn::Add(first, offset)), df, estimates + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace fit::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "index/kernels/targets.h"

namespace fit::index {
namespace {

HWY_EXPORT(estimate);

CodeKernels chosen_code_kernels(std::int64_t target) {
  return {hwy::TargetName(target), HWY_DYNAMIC_POINTER(estimate)};
}

}  // namespace

CodeKernels best_code_kernels() {
  return make_for_best_target(&chosen_code_kernels);
}

std::vector<CodeKernels> all_code_kernels() {
  return make_for_all_targets(&chosen_code_kernels);
}

}  // namespace fit::index
#endif
