#pragma once

#include <cstdint>
#include <string_view>

namespace fit::sample {

// A random number generator whose numbers are the same on every machine, unlike those of the standard
// library's distributions: SplitMix64 (Steele et al., "Fast splittable pseudorandom number generators",
// 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // An independent generator for one purpose; its use does not change the numbers of other purposes.
  Random fork(std::uint64_t purpose) const { return Random(mix(state_ ^ mix(purpose + 0x5DEECE66Dull))); }

  std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15ull); }
  // 0 <= result < 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double range(double from, double to) { return from + (to - from) * unit(); }
  // 0 <= result < count.
  int below(int count) { return static_cast<int>((next() >> 33) % static_cast<std::uint64_t>(count)); }
  bool chance(double probability) { return unit() < probability; }

  // One of the words of "a|b|c"; a word listed twice is twice as probable. Empty for "".
  std::string_view pick(std::string_view words) {
    if (words.empty()) return {};
    int count = 1;
    for (const char c : words) count += c == '|' ? 1 : 0;
    for (int skip = below(count); skip > 0; --skip) words.remove_prefix(words.find('|') + 1);
    return words.substr(0, words.find('|'));
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace fit::sample
