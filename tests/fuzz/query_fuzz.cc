// Parses queries of requests and the words in them: any bytes give a query or an error.
#include "http/search_request.h"
#include "search/memory_columns.h"
#include "search/query_parser.h"
#include "search/test_names.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fit::index::ColumnStore columns;
  static const fit::search::MemoryColumns values(columns);
  static const fit::search::TestNames names;
  static const fit::search::QueryParser parser(values, names, *fit::ontology::Ontology::load());
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = fit::http::parse_search_json(text, fit::http::SearchForm::kAny, 1 << 16);
  if (request) (void)parser.parse(request->query.text);
  (void)parser.parse(text);
  return 0;
}
