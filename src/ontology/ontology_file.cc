#include "ontology/ontology_file.h"

#include "base/json_reader.h"

namespace fit::ontology {
namespace {

// A list of words, or an object.
OntologyFile::Value read_value(JsonReader& values, const std::string& name, bool is_subcategory) {
  OntologyFile::Value value{.name = name, .words = {}, .category = {}, .broader = {}, .implies = {}};
  const Json* const json = values.require(name);
  if (json != nullptr && json->is_array()) {
    if (is_subcategory) values.fail(name + ".category", "is missing");
    value.words = values.optional_texts(name);
    return value;
  }
  if (json != nullptr && !json->is_object()) values.fail(name, "must be a list of words or an object");
  JsonReader reader = values.object(name);
  value.words = reader.optional_texts("words");
  if (is_subcategory) value.category = reader.text("category");
  value.broader = reader.optional_text("broader");
  if (auto implies = reader.optional_object("implies")) {
    for (const std::string& property : implies->keys()) {
      value.implies.emplace_back(property, implies->text(property));
    }
  }
  reader.reject_unknown_keys();
  return value;
}

void read_values(JsonReader& reader, OntologyFile& file) {
  JsonReader values = reader.object("values");
  for (const std::string& name : values.keys()) {
    if (!domain::property_index(name)) values.fail(name, "is not a property");
  }
  for (std::size_t i = 0; i < kPropertyCount; ++i) {
    const std::string property(domain::kProperties[i]);
    if (i == kSecondaryColor) {
      const bool is_as_primary = values.text(property) == "primary_color";
      if (!is_as_primary) values.fail(property, R"(must be "primary_color", whose values it has)");
      continue;
    }
    JsonReader of_property = values.object(property);
    const std::vector<std::string> names = of_property.keys();
    if (names.empty()) of_property.fail("", "must have values");
    for (const std::string& name : names) {
      file.values[i].push_back(read_value(of_property, name, i == kSubcategory));
    }
  }
}

}  // namespace

Result<OntologyFile> read_ontology_file(std::string_view text) {
  FIT_TRY(const Json json, parse_json("ontology", text));
  if (!json.is_object()) return invalid("ontology", "must be an object");
  JsonReader reader(json);
  reader.find("about");
  OntologyFile file;
  const std::pair<const char*, std::vector<std::string>&> lists[] = {
      {"title_and_tags_only", file.title_and_tags_only},
      {"only_before_a_garment", file.only_before_a_garment},
      {"not_alone", file.not_alone},
      {"no_property", file.no_property},
      {"negations", file.negations},
      {"negation_reaches_over", file.negation_reaches_over},
      {"negated_by_following", file.negated_by_following},
      {"asides", file.asides},
      {"parts", file.parts}};
  for (const auto& [name, list] : lists) list = reader.optional_texts(name);
  read_values(reader, file);
  FIT_CHECK(reader.finish());
  return file;
}

}  // namespace fit::ontology
