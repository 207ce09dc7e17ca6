#include "embed/manifest_parts.h"

#include <algorithm>
#include <cmath>

namespace fit::embed {
namespace {

constexpr int kLeastSide = 8;
constexpr int kMostSide = 2048;
constexpr std::size_t kMostLabels = 1000;

struct OutputName {
  DetectorOutput output;
  std::string_view name;
  std::string_view input;  // the usual name of the input of such models
};
constexpr OutputName kOutputs[] = {{DetectorOutput::kBoxesScores, "boxes-scores", "image"},
                                   {DetectorOutput::kYolo, "yolo", "images"},
                                   {DetectorOutput::kDetr, "detr", "pixel_values"}};

std::array<std::uint8_t, 3> read_colour(JsonReader& reader, const char* key) {
  std::array<std::uint8_t, 3> colour{};
  const std::array<float, 3> numbers = three_numbers(reader, key, false);
  for (std::size_t i = 0; i < 3; ++i) {
    if (!(numbers[i] >= 0 && numbers[i] <= 255)) {
      return reader.fail(key, "must be three numbers from 0 to 255"), colour;
    }
    colour[i] = static_cast<std::uint8_t>(std::lround(numbers[i]));
  }
  return colour;
}

// A number above 0 and below 1.
float read_share(JsonReader& reader, const char* key) {
  const Json* const value = reader.require(key);
  if (value == nullptr) return 0;
  const double number = value->is_number() ? value->get<double>() : -1;
  if (!(number > 0 && number < 1)) reader.fail(key, "must be a number above 0 and below 1");
  return static_cast<float>(number);
}

// Texts, and null for a label that is no garment.
std::vector<std::string> read_labels(JsonReader& reader) {
  std::vector<std::string> labels;
  const Json* const list = reader.require("labels");
  if (list == nullptr) return labels;
  const auto is_bad = [](const Json& label) {
    return !label.is_null() && !(label.is_string() && !label.get_ref<const std::string&>().empty());
  };
  const bool is_list = list->is_array() && !list->empty() && list->size() <= kMostLabels;
  if (!is_list || std::ranges::any_of(*list, is_bad) ||
      std::ranges::all_of(*list, [](const Json& label) { return label.is_null(); })) {
    return reader.fail("labels", "must be a list of categories, with null for labels that are no garments"),
           labels;
  }
  for (const Json& label : *list) labels.push_back(label.is_null() ? "" : label.get<std::string>());
  return labels;
}

}  // namespace

std::array<float, 3> three_numbers(JsonReader& reader, const char* key, bool positive) {
  std::array<float, 3> numbers{};
  const Json* value = reader.require(key);
  if (value == nullptr) return numbers;
  const auto is_bad = [&](const Json& number) {
    return !number.is_number() || std::abs(number.get<double>()) > 1000 ||
           (positive && number.get<double>() <= 0);
  };
  if (!value->is_array() || value->size() != 3 || std::ranges::any_of(*value, is_bad)) {
    return reader.fail(key, positive ? "must be three positive numbers" : "must be three numbers"), numbers;
  }
  for (std::size_t i = 0; i < 3; ++i) numbers[i] = (*value)[i].get<float>();
  return numbers;
}

DetectorHead read_detector(JsonReader& reader) {
  DetectorHead head;
  const OutputName& output = kOutputs[reader.choice("output", {"boxes-scores", "yolo", "detr"})];
  head.output = output.output;
  JsonReader input = reader.object("input");
  head.input = input.optional_text("tensor");
  if (head.input.empty()) head.input = output.input;
  head.side = static_cast<int>(input.integer("side", kLeastSide, kMostSide));
  head.is_letterboxed = input.choice("resize", {"letterbox", "stretch"}) == 0;
  if (head.is_letterboxed) head.pad = read_colour(input, "pad");
  head.mean = three_numbers(input, "mean", false);
  head.deviation = three_numbers(input, "deviation", true);
  input.reject_unknown_keys();
  head.labels = read_labels(reader);
  head.threshold = read_share(reader, "threshold");
  head.overlap = read_share(reader, "overlap");
  return head;
}

void write_detector(const DetectorHead& head, Json& manifest) {
  Json& input = manifest["input"];
  input = {
      {"tensor", head.input}, {"side", head.side}, {"resize", head.is_letterboxed ? "letterbox" : "stretch"}};
  if (head.is_letterboxed) input["pad"] = head.pad;
  input["mean"] = head.mean;
  input["deviation"] = head.deviation;
  manifest["output"] = std::ranges::find(kOutputs, head.output, &OutputName::output)->name;
  for (const std::string& label : head.labels) {
    manifest["labels"].push_back(label.empty() ? Json() : Json(label));
  }
  manifest["threshold"] = head.threshold;
  manifest["overlap"] = head.overlap;
}

}  // namespace fit::embed
