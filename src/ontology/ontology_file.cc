#include "ontology/ontology_file.h"

#include <algorithm>
#include <set>

#include "base/format.h"
#include "base/json.h"

namespace fit::ontology {
namespace {

Result<std::string> read_word(const std::string& field, const Json& json) {
  if (!json.is_string() || json.get_ref<const std::string&>().empty())
    return invalid(field, "must be a word or phrase");
  return json.get<std::string>();
}

Result<std::vector<std::string>> read_words(const std::string& field, const Json& json) {
  if (!json.is_array()) return invalid(field, "must be a list of words");
  std::vector<std::string> words;
  for (std::size_t i = 0; i < json.size(); ++i) {
    FIT_TRY(std::string word, read_word(fit::format("{}[{}]", field, i), json[i]));
    words.push_back(std::move(word));
  }
  return words;
}

Result<OntologyFile::Value> read_value(const std::string& field, const std::string& name, const Json& json,
                                       bool is_subcategory) {
  OntologyFile::Value value{.name = name, .words = {}, .category = {}, .broader = {}, .implies = {}};
  if (json.is_array()) {
    FIT_TRY(value.words, read_words(field, json));
  } else if (json.is_object()) {
    for (const auto& [member, inner] : json.items()) {
      const std::string path = field + "." + member;
      if (member == "words") {
        FIT_TRY(value.words, read_words(path, inner));
      } else if (member == "category" && is_subcategory) {
        FIT_TRY(value.category, read_word(path, inner));
      } else if (member == "broader") {
        FIT_TRY(value.broader, read_word(path, inner));
      } else if (member == "implies") {
        if (!inner.is_object()) return invalid(path, "must be an object");
        for (const auto& [property, implied] : inner.items()) {
          FIT_TRY(std::string word, read_word(path + "." + property, implied));
          value.implies.emplace_back(property, std::move(word));
        }
      } else {
        return invalid(path, "is not a known member");
      }
    }
  } else {
    return invalid(field, "must be a list of words or an object");
  }
  if (is_subcategory && value.category.empty()) return invalid(field + ".category", "is missing");
  return value;
}

Result<void> read_values(const Json& json, OntologyFile& file) {
  if (!json.is_object()) return invalid("values", "must be an object");
  std::set<std::size_t> seen;
  for (const auto& [name, values] : json.items()) {
    const std::string field = "values." + name;
    const auto property = domain::property_index(name);
    if (!property) return invalid(field, "is not a property");
    seen.insert(*property);
    if (*property == kSecondaryColor) {
      if (values != "primary_color") return invalid(field, R"(must be "primary_color", whose values it has)");
      continue;
    }
    if (!values.is_object() || values.empty()) return invalid(field, "must be an object with values");
    for (const auto& [value, inner] : values.items()) {
      FIT_TRY(auto one, read_value(field + "." + value, value, inner, *property == kSubcategory));
      file.values[*property].push_back(std::move(one));
    }
  }
  for (std::size_t i = 0; i < kPropertyCount; ++i) {
    if (!seen.contains(i)) return invalid("values." + std::string(domain::kProperties[i]), "is missing");
  }
  return {};
}

}  // namespace

Result<OntologyFile> read_ontology_file(std::string_view text) {
  FIT_TRY(const Json json, parse_json("ontology", text));
  if (!json.is_object()) return invalid("ontology", "must be an object");
  OntologyFile file;
  const std::pair<std::string_view, std::vector<std::string>*> lists[] = {
      {"title_and_tags_only", &file.title_and_tags_only},
      {"only_before_a_garment", &file.only_before_a_garment},
      {"not_alone", &file.not_alone},
      {"no_property", &file.no_property},
      {"negations", &file.negations},
      {"negation_reaches_over", &file.negation_reaches_over},
      {"negated_by_following", &file.negated_by_following},
      {"asides", &file.asides},
      {"parts", &file.parts}};
  for (const auto& [member, inner] : json.items()) {
    if (member == "about") continue;
    if (member == "values") {
      FIT_CHECK(read_values(inner, file));
      continue;
    }
    const auto* const list = std::ranges::find(lists, member, [](const auto& one) { return one.first; });
    if (list == std::end(lists)) return invalid(member, "is not a known member");
    FIT_TRY(*list->second, read_words(member, inner));
  }
  if (!json.contains("values")) return invalid("values", "is missing");
  return file;
}

}  // namespace fit::ontology
