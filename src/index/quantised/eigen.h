#pragma once

#include <cstddef>
#include <vector>

namespace fit::index {

// The eigenvalues of a symmetric matrix, largest first, and their eigenvectors of length 1, one after the
// other.
struct Eigen {
  std::vector<double> values;
  std::vector<double> vectors;  // vector i at i * size
};

// Decomposes a symmetric matrix of size x size numbers, by Householder's reduction and the QL algorithm with
// implicit shifts. A matrix of 512 x 512 takes about a second.
Eigen symmetric_eigen(std::vector<double> matrix, std::size_t size);

}  // namespace fit::index
