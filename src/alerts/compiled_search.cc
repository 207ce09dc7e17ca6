#include "alerts/compiled_search.h"

#include <algorithm>

#include "alerts/stored_filter.h"
#include "base/floats.h"
#include "base/json_reader.h"
#include "domain/properties.h"
#include "search/denied_words.h"
#include "text/analyzer.h"

namespace fit::alerts {
namespace {

// No cosine is as large.
constexpr double kNever = 2;

void add_words(std::string_view text, std::vector<WordForms>& words) {
  for (text::QueryTerm& term : text::query_terms(text)) words.push_back(std::move(term.forms));
}

double least_similarity(const search::ResolvedQuery& resolved) {
  double least = resolved.min_similarity.value_or(-1);
  auto relevance = resolved.min_relevance;
  if (!relevance && !resolved.min_similarity) {
    if (resolved.relevance == nullptr) return kDefaultSimilarity;
    relevance = kDefaultRelevance;
  }
  if (relevance && resolved.relevance != nullptr) {
    least = std::max(least, resolved.relevance->least_cosine(*relevance).value_or(kNever));
  }
  return least;
}

Json forms_json(const std::vector<WordForms>& words) {
  Json json = Json::array();
  for (const WordForms& one : words) json.push_back(one);
  return json;
}

std::vector<WordForms> stored_forms(JsonReader& reader, const std::string& key) {
  std::vector<WordForms> words;
  const Json* const list = reader.find(key);
  if (list == nullptr) return words;
  if (!list->is_array()) {
    reader.fail(key, "must be a list");
    return words;
  }
  for (const Json& one : *list) {
    WordForms forms;
    for (const Json& form : one) {
      if (form.is_string()) forms.push_back(form.get<std::string>());
    }
    words.push_back(std::move(forms));
  }
  return words;
}

void append_vector(const embed::Vector& vector, Bytes& bytes) {
  const auto raw = std::as_bytes(std::span(vector));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

Error damaged_compilation(std::string detail) {
  return {ErrorCode::kDamaged, "a compiled search is damaged", {}, std::move(detail)};
}

}  // namespace

search::Query asked_query(search::Query query, const AlertOptions& options) {
  if (options.min_relevance) query.min_relevance = options.min_relevance;
  return query;
}

CompiledSearch compile(const search::ResolvedQuery& resolved, const search::Query& query,
                       const AlertOptions& options) {
  CompiledSearch search{.filter = resolved.own_filter(), .required = query.required};
  // Found in one state of the catalogue and of the rates of exchange; the conditions themselves are compared.
  if (!search.filter.external_ids.empty()) search.filter.among.reset();
  search.filter.converted.reset();
  search.filter.denied.reset();
  if (options.max_price) {
    search.filter.max_price =
        std::min(search.filter.max_price.value_or(*options.max_price), *options.max_price);
  }
  for (const std::string& word : options.exclude_words) {
    search.filter.no_words.push_back(search::denied_word(word, search::DeniedIn::kAllTexts));
  }
  search.excluded = resolved.excluded;

  const std::span words(resolved.words);
  for (const std::string& word : words.first(std::min(resolved.free_words, words.size()))) {
    add_words(word, search.words);
  }
  for (const search::SoftProperty& one : resolved.parsed.properties) {
    if (!one.wanted) continue;
    WantedProperty wanted{
        .column = std::string(domain::kProperties.at(one.property)), .values = one.values, .words = {}};
    if (!std::ranges::contains(wanted.values, one.value)) wanted.values.push_back(one.value);
    add_words(one.value, wanted.words);
    search.properties.push_back(std::move(wanted));
  }

  const bool has_words = !search.words.empty() || !search.properties.empty();
  if (resolved.image_vector) {
    search.vector = *resolved.image_vector;
    search.unlike = resolved.unlike_vectors;
    search.min_similarity = least_similarity(resolved);
  } else if (resolved.text_vector && (query.min_relevance || query.min_similarity || !has_words)) {
    search.vector = *resolved.text_vector;
    search.min_similarity = least_similarity(resolved);
    search.vector_suffices = true;
  }
  return search;
}

StoredCompilation store_compiled(const CompiledSearch& search) {
  Json properties = Json::array();
  for (const WantedProperty& one : search.properties) {
    properties.push_back({{"column", one.column}, {"values", one.values}, {"words", forms_json(one.words)}});
  }
  Json excluded = Json::array();
  for (const ItemId item : search.excluded) excluded.push_back(item.str());
  const Json json{{"filter", filter_json(search.filter)}, {"required", filter_json(search.required)},
                  {"has_vector", !search.vector.empty()}, {"min_similarity", search.min_similarity},
                  {"words", forms_json(search.words)},    {"properties", std::move(properties)},
                  {"excluded", std::move(excluded)},      {"vector_suffices", search.vector_suffices}};
  StoredCompilation stored{.json = dump_json(json), .vectors = {}};
  append_vector(search.vector, stored.vectors);
  for (const embed::Vector& one : search.unlike) append_vector(one, stored.vectors);
  return stored;
}

Result<CompiledSearch> stored_compiled(std::string_view text, ByteView vectors, std::size_t dimensions) {
  FIT_TRY(const Json json, parse_json("compiled", text));
  if (!json.is_object()) return damaged_compilation("no object");
  JsonReader reader(json);
  CompiledSearch search;
  const Json* const filter = reader.require("filter");
  const Json* const required = reader.require("required");
  const Json* const least = reader.require("min_similarity");
  const bool has_vector = reader.flag("has_vector");
  search.words = stored_forms(reader, "words");
  for (JsonReader& one : reader.objects("properties")) {
    search.properties.push_back({.column = one.text("column"),
                                 .values = one.optional_texts("values"),
                                 .words = stored_forms(one, "words")});
  }
  for (const std::string& id : reader.optional_texts("excluded")) {
    FIT_TRY(const std::int64_t number, parse_id("excluded", id));
    search.excluded.push_back(ItemId{number});
  }
  search.vector_suffices = reader.flag("vector_suffices");
  if (const auto read = reader.result(); !read) return damaged_compilation(read.error().describe());
  if (!least->is_number()) return damaged_compilation("min_similarity");
  search.min_similarity = least->get<double>();
  FIT_TRY(search.filter, stored_filter(*filter));
  FIT_TRY(search.required, stored_filter(*required));

  const std::size_t row = dimensions * sizeof(float);
  if (row == 0 || vectors.size() % row != 0 || (vectors.size() < row) == has_vector) {
    return damaged_compilation("the length of the vectors");
  }
  for (std::size_t at = 0; at < vectors.size(); at += row) {
    embed::Vector vector = floats_of(vectors.subspan(at, row));
    if (at == 0) {
      search.vector = std::move(vector);
    } else {
      search.unlike.push_back(std::move(vector));
    }
  }
  return search;
}

}  // namespace fit::alerts
