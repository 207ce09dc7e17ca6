// The procedures tred2 and tql2 of Bowdler, Martin, Reinsch and Wilkinson (Handbook for Automatic
// Computation II, 1971), on the transposed matrix, so that inner loops run along rows.
#include "index/quantised/eigen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fit::index {
namespace {

class Decomposition {
 public:
  Decomposition(std::vector<double> matrix, std::size_t size)
      : n_(size), rows_(std::move(matrix)), d_(size), e_(size) {}

  Eigen run() {
    reduce();
    accumulate();
    for (std::size_t i = 1; i < n_; ++i) e_[i - 1] = e_[i];
    e_[n_ - 1] = 0;
    diagonalise();
    return sorted();
  }

 private:
  double* row(std::size_t i) { return rows_.data() + i * n_; }

  // To tridiagonal form: the diagonal in d_, the side diagonal in e_.
  void reduce() {
    for (std::size_t j = 0; j < n_; ++j) d_[j] = row(j)[n_ - 1];
    for (std::size_t i = n_ - 1; i > 0; --i) {
      double scale = 0;
      for (std::size_t k = 0; k < i; ++k) scale += std::abs(d_[k]);
      double h = 0;
      if (scale == 0) {
        e_[i] = d_[i - 1];
        for (std::size_t j = 0; j < i; ++j) {
          d_[j] = row(j)[i - 1];
          row(j)[i] = 0;
          row(i)[j] = 0;
        }
      } else {
        h = reflect(i, scale);
      }
      d_[i] = h;
    }
  }

  double reflect(std::size_t i, double scale) {
    double h = 0;
    for (std::size_t k = 0; k < i; ++k) {
      d_[k] /= scale;
      h += d_[k] * d_[k];
    }
    const double g = d_[i - 1] > 0 ? -std::sqrt(h) : std::sqrt(h);
    e_[i] = scale * g;
    h -= d_[i - 1] * g;
    d_[i - 1] -= g;
    std::fill_n(e_.begin(), i, 0.0);
    for (std::size_t j = 0; j < i; ++j) {
      const double f = d_[j];
      double* const column = row(j);
      row(i)[j] = f;
      double sum = e_[j] + column[j] * f;
      for (std::size_t k = j + 1; k < i; ++k) {
        sum += column[k] * d_[k];
        e_[k] += column[k] * f;
      }
      e_[j] = sum;
    }
    double f = 0;
    for (std::size_t j = 0; j < i; ++j) {
      e_[j] /= h;
      f += e_[j] * d_[j];
    }
    const double half = f / (h + h);
    for (std::size_t j = 0; j < i; ++j) e_[j] -= half * d_[j];
    for (std::size_t j = 0; j < i; ++j) {
      double* const column = row(j);
      for (std::size_t k = j; k < i; ++k) column[k] -= d_[j] * e_[k] + e_[j] * d_[k];
      d_[j] = column[i - 1];
      column[i] = 0;
    }
    return h;
  }

  // Multiplies the reflections.
  void accumulate() {
    for (std::size_t i = 0; i + 1 < n_; ++i) {
      row(i)[n_ - 1] = row(i)[i];
      row(i)[i] = 1;
      const double h = d_[i + 1];
      double* const next = row(i + 1);
      if (h != 0) {
        for (std::size_t k = 0; k <= i; ++k) d_[k] = next[k] / h;
        for (std::size_t j = 0; j <= i; ++j) {
          double* const column = row(j);
          double g = 0;
          for (std::size_t k = 0; k <= i; ++k) g += next[k] * column[k];
          for (std::size_t k = 0; k <= i; ++k) column[k] -= g * d_[k];
        }
      }
      std::fill_n(next, i + 1, 0.0);
    }
    for (std::size_t j = 0; j < n_; ++j) {
      d_[j] = row(j)[n_ - 1];
      row(j)[n_ - 1] = 0;
    }
    row(n_ - 1)[n_ - 1] = 1;
    e_[0] = 0;
  }

  void diagonalise() {
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    double shift = 0;
    double largest = 0;
    for (std::size_t l = 0; l < n_; ++l) {
      largest = std::max(largest, std::abs(d_[l]) + std::abs(e_[l]));
      std::size_t m = l;
      while (m + 1 < n_ && std::abs(e_[m]) > kEpsilon * largest) ++m;
      while (m > l) {
        shift += step(l, m);
        if (std::abs(e_[l]) <= kEpsilon * largest) break;
      }
      d_[l] += shift;
      e_[l] = 0;
    }
  }

  // One implicit QL step on the rows l .. m; returns the shift.
  double step(std::size_t l, std::size_t m) {
    const double g0 = d_[l];
    double p = (d_[l + 1] - g0) / (2 * e_[l]);
    const double r0 = p < 0 ? -std::hypot(p, 1) : std::hypot(p, 1);
    d_[l] = e_[l] / (p + r0);
    d_[l + 1] = e_[l] * (p + r0);
    const double next = d_[l + 1];
    const double shift = g0 - d_[l];
    for (std::size_t i = l + 2; i < n_; ++i) d_[i] -= shift;
    p = d_[m];
    double c = 1;
    double c2 = 1;
    double c3 = 1;
    double s = 0;
    double s2 = 0;
    const double side = e_[l + 1];
    for (std::size_t i = m; i-- > l;) {
      c3 = c2;
      c2 = c;
      s2 = s;
      const double g = c * e_[i];
      const double h = c * p;
      const double r = std::hypot(p, e_[i]);
      e_[i + 1] = s * r;
      s = e_[i] / r;
      c = p / r;
      p = c * d_[i] - s * g;
      d_[i + 1] = h + s * (c * g + s * d_[i]);
      double* const lower = row(i);
      double* const upper = row(i + 1);
      for (std::size_t k = 0; k < n_; ++k) {
        const double u = upper[k];
        upper[k] = s * lower[k] + c * u;
        lower[k] = c * lower[k] - s * u;
      }
    }
    p = -s * s2 * c3 * side * e_[l] / next;
    e_[l] = s * p;
    d_[l] = c * p;
    return shift;
  }

  Eigen sorted() {
    std::vector<std::size_t> order(n_);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater{}, [this](std::size_t i) { return d_[i]; });
    Eigen eigen;
    eigen.values.reserve(n_);
    eigen.vectors.reserve(n_ * n_);
    for (const std::size_t i : order) {
      eigen.values.push_back(d_[i]);
      eigen.vectors.insert(eigen.vectors.end(), row(i), row(i) + n_);
    }
    return eigen;
  }

  std::size_t n_;
  std::vector<double> rows_;  // row i: column i of the matrix, later an eigenvector
  std::vector<double> d_, e_;
};

}  // namespace

Eigen symmetric_eigen(std::vector<double> matrix, std::size_t size) {
  if (size == 0) return {};
  return Decomposition(std::move(matrix), size).run();
}

}  // namespace fit::index
