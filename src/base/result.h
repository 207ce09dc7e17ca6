#pragma once

#include <expected>
#include <utility>

#include "base/error.h"

namespace fit {

// Either a T or an Error: std::expected that must not be ignored and that an Error converts into, so that
// `return invalid("limit", "must be positive");` works. Return `{}` for the success of a `Result<void>`.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using Base = std::expected<T, Error>;
  using Base::Base;
  Result() = default;
  Result(Error error) : Base(std::unexpect, std::move(error)) {}  // NOLINT(google-explicit-constructor)
};

}  // namespace fit

#define FIT_CONCAT_(a, b) a##b
#define FIT_CONCAT(a, b) FIT_CONCAT_(a, b)

// Returns the Error of `expression` from the enclosing function, if it has one; drops its value otherwise.
#define FIT_CHECK(expression)                             \
  do {                                                    \
    if (auto fit_result = (expression); !fit_result) {    \
      return ::fit::Error(std::move(fit_result).error()); \
    }                                                     \
  } while (false)

// FIT_TRY(auto image, decode(bytes)) declares `image`, or returns the Error from the enclosing function.
#define FIT_TRY(declaration, expression) FIT_TRY_(FIT_CONCAT(fit_try_, __COUNTER__), declaration, expression)
#define FIT_TRY_(temporary, declaration, expression)                 \
  auto temporary = (expression);                                     \
  if (!temporary) return ::fit::Error(std::move(temporary).error()); \
  declaration = *std::move(temporary)
