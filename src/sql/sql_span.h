#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "base/trace.h"

namespace fit::sql {

// The span of a statement, from its construction to its destruction. It has the text of the statement, which
// names parameters and not their values.
class SqlSpan {
 public:
  SqlSpan(std::string_view system, std::string_view sql)
      : span_(sql.substr(0, std::min(sql.find_first_of(" ;\n"), kMostOfName)), SpanKind::kClient) {
    if (!span_.is_recorded()) return;
    span_.set("db.system.name", std::string(system));
    span_.set("db.query.text", std::string(utf8_prefix(sql, kMostOfText)));
  }

 private:
  static constexpr std::size_t kMostOfName = 32;
  static constexpr std::size_t kMostOfText = 2000;

  Span span_;
};

}  // namespace fit::sql
