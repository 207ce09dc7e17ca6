#include "ingest/imports/import_record.h"

#include <algorithm>

namespace fit::ingest {
namespace {

constexpr std::array<std::string_view, 5> kFormatNames = {"table", "ndjson", "json", "xml", "folder"};

Json object_of(std::string_view text) {
  auto json = parse_json("", text);
  return json && json->is_object() ? *std::move(json) : Json::object();
}

std::vector<std::string> texts_of(const Json& object, const char* name) {
  std::vector<std::string> texts;
  const auto list = object.find(name);
  if (list == object.end() || !list->is_array()) return texts;
  for (const Json& one : *list) {
    if (one.is_string()) texts.push_back(one.get<std::string>());
  }
  return texts;
}

}  // namespace

std::string_view to_string(ImportState state) {
  return kImportStateNames.at(static_cast<std::size_t>(state));
}

std::string_view to_string(ImportFormat format) {
  return kFormatNames.at(static_cast<std::size_t>(format));
}

ImportFormat parse_stored_format(std::string_view name) {
  const auto* const found = std::ranges::find(kFormatNames, name);
  return found == kFormatNames.end() ? ImportFormat::kTable
                                     : static_cast<ImportFormat>(found - kFormatNames.begin());
}

std::string settings_json(const ImportSettings& settings) {
  return dump_json({{"source", settings.source},
                    {"format", settings.shape},
                    {"map", settings.mapping},
                    {"overwrite", settings.overwrite}});
}

ImportSettings parse_import_settings(std::string_view text) {
  const Json json = object_of(text);
  const auto overwrite = json.find("overwrite");
  return {.source = json_text(json, "source"),
          .shape = json_text(json, "format"),
          .mapping = texts_of(json, "map"),
          .overwrite = overwrite != json.end() && overwrite->is_boolean() && overwrite->get<bool>()};
}

std::string counts_json(const ImportCounts& counts) {
  return dump_json({{"done", counts.done},
                    {"total", counts.total},
                    {"created", counts.created},
                    {"updated", counts.updated},
                    {"unchanged", counts.unchanged},
                    {"rejected", counts.rejected},
                    {"warnings", counts.warnings},
                    {"kept", counts.kept}});
}

ImportCounts parse_import_counts(std::string_view text) {
  const Json json = object_of(text);
  const auto number = [&json](const char* name) { return json_number(json, name, 0); };
  return {.done = number("done"),
          .total = number("total"),
          .created = number("created"),
          .updated = number("updated"),
          .unchanged = number("unchanged"),
          .rejected = number("rejected"),
          .warnings = number("warnings"),
          .kept = number("kept")};
}

std::string findings_json(const ImportFindings& findings) {
  Json warned = Json::array();
  for (const RowWarning& one : findings.warned) {
    warned.push_back(
        {{"line", one.line}, {"field", one.field}, {"warning", one.reason}, {"value", one.value}});
  }
  return dump_json(
      {{"read_as", findings.read_as}, {"remarks", findings.remarks}, {"warned", std::move(warned)}});
}

ImportFindings parse_import_findings(std::string_view text) {
  const Json json = object_of(text);
  ImportFindings findings{
      .read_as = json_text(json, "read_as"), .remarks = texts_of(json, "remarks"), .warned = {}};
  const auto warned = json.find("warned");
  if (warned == json.end() || !warned->is_array()) return findings;
  for (const Json& one : *warned) {
    findings.warned.push_back({.line = json_number(one, "line", 0),
                               .field = json_text(one, "field"),
                               .reason = json_text(one, "warning"),
                               .value = json_text(one, "value")});
  }
  return findings;
}

}  // namespace fit::ingest
