#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_stream.h"
#include "index/kernels/code_scan.h"
#include "index/kernels/kernels.h"

namespace fit::index {

// The bytes of a code: a bit for each dimension, at least 16 bytes and at most 128, in whole multiples of 4.
std::size_t code_bytes_for(std::size_t dimensions);

// A query prepared for the codes of one codec. The tables of code_tables() borrow it.
struct QueryTables {
  std::vector<std::uint8_t> low, high;
  float step = 0;
  float bias = 0;
  float error = 0;  // the product that the tables give is off by at most this

  CodeTables code_tables() const { return {low.data(), high.data(), low.size() / 16, step, bias}; }
};

// Compresses residuals of vectors to their list's centroid into codes of a fixed number of bits. The
// residual, scaled to length 1, is rotated to its principal axes; each axis gets bits by its variance
// (reverse water-filling), and is quantised uniformly with the step that is best for a normal distribution. A
// code is linear in its bits, so that one set of tables serves the codes of all lists. Immutable;
// thread-safe.
class Codec {
 public:
  Codec() = default;

  // Learns the axes and the bits from `count` residuals of length 1 (or 0) that lie one after the other.
  static Codec train(const Kernels& kernels, std::span<const float> residuals, std::size_t dimensions,
                     std::size_t code_bytes, std::size_t threads);

  std::size_t dimensions() const { return dimensions_; }
  std::size_t code_bytes() const { return code_bytes_; }
  std::size_t axes() const { return bits_.size(); }  // those that have bits
  std::span<const std::uint8_t> bits() const { return bits_; }
  std::size_t memory_bytes() const { return rotation_.size() * sizeof(float); }

  // The coordinates of a vector on the axes().
  void rotate(const Kernels& kernels, const float* vector, float* rotated) const;

  // Encodes a rotated residual of length 1 into code_bytes() bytes, and writes what the code stands for into
  // `decoded`, of axes() numbers.
  void encode(const float* rotated, std::uint8_t* code, float* decoded) const;

  // What belongs to the code of a vector's residual to a centroid: the product of a query and the vector is
  // about query * centroid + offset + scale * (query * what the code stands for).
  struct Coded {
    std::uint16_t scale = 0;   // a 16-bit float
    std::uint16_t offset = 0;  // a 16-bit float
    float left = 0;            // the length of what the code leaves out
  };
  // Encodes the residual of `vector` into `code`, of code_bytes(). `rotated_centroid` are the centroid's
  // coordinates on the axes().
  Coded encode_residual(const Kernels& kernels, const float* vector, const float* centroid,
                        const float* rotated_centroid, std::uint8_t* code) const;

  // Writes a code and its numbers as number `v` of a block (kernels/code_scan.h).
  void place(const std::uint8_t* code, const Coded& coded, std::size_t v, std::uint8_t* block) const;

  QueryTables tables(const float* rotated_query) const;

  // The standard deviation of the product of the query and a residual of length 1.
  float spread(const float* rotated_query) const;

  // The share of the squared length of unit residuals, on average, that their codes leave out: measured on at
  // most 500 of them.
  float measure(const Kernels& kernels, std::span<const float> residuals) const;
  float learned_error() const { return learned_error_; }  // measure() of what it was learned from

  // The codec as bytes; read() answers false when they are damaged.
  void write(ByteWriter& out) const;
  bool read(ByteReader& in);

 private:
  // A bit of the code: that of weight 2^bit of an axis. Unused bits have no axis.
  struct Place {
    std::uint16_t axis = 0;
    std::uint8_t bit = 0;
    bool used = false;
  };

  void place_bits();

  std::size_t dimensions_ = 0;
  std::size_t code_bytes_ = 0;
  float learned_error_ = 0;
  std::vector<float> rotation_;     // an axis after the other
  std::vector<float> deviations_;   // by axis
  std::vector<std::uint8_t> bits_;  // by axis; at least 1
  std::vector<float> steps_;        // by axis
  std::vector<Place> places_;       // by bit of the code
};

}  // namespace fit::index
