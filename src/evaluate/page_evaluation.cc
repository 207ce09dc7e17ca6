#include "evaluate/page_evaluation.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/files.h"
#include "base/format.h"
#include "base/gunzip.h"
#include "ingest/pages/listing_page.h"
#include "text/money.h"

namespace fit::evaluate {
namespace {

constexpr std::uint64_t kMaxAnnotations = 64u << 20;

double share(std::int64_t part, std::int64_t others) {
  return part + others == 0 ? 1 : static_cast<double>(part) / static_cast<double>(part + others);
}

// The annotated values of a field.
std::vector<std::string> annotated(const Json& page, std::string_view field) {
  std::vector<std::string> values;
  const auto found = page.find(field);
  if (found == page.end() || !found->is_array()) return values;
  for (const Json& value : *found) {
    if (value.is_string()) values.push_back(value.get<std::string>());
  }
  return values;
}

Result<std::string> read_html(const std::filesystem::path& folder, const std::string& name) {
  const std::filesystem::path path = folder / "html" / (name + ".html");
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    FIT_TRY(const Bytes bytes, read_file(path, ingest::kMaxPageBytes));
    return std::string(as_text(bytes));
  }
  FIT_TRY(const Bytes bytes, read_file(path.string() + ".gz", ingest::kMaxPageBytes));
  return gunzip(name, bytes, ingest::kMaxPageBytes);
}

std::string origin_of(const ingest::PageListing& listing, std::string_view field) {
  const auto found = std::ranges::find(listing.origins, field, &ingest::FieldOrigin::field);
  return found == listing.origins.end() ? std::string() : std::string(to_string(found->origin));
}

// The value that was read from a page, as the annotations write it.
struct ReadValue {
  std::string text;  // empty: none
  std::string origin;
};

ReadValue value_of(const ingest::PageListing& listing, std::string_view field) {
  const domain::Listing& item = listing.item.listing;
  if (field == "price") return {item.price ? fit::format("{}", *item.price) : "", origin_of(listing, field)};
  if (field == "sku") return {listing.sku, origin_of(listing, field)};
  return {item.status == "active" ? "InStock" : "OutOfStock", origin_of(listing, "status")};
}

bool is_equal(std::string_view field, const std::string& expected, const std::string& read) {
  if (field != "price") return expected == read;
  const auto number = text::parse_money(expected);
  const auto other = text::parse_money(read);
  return number && other && std::abs(number->amount - other->amount) < 1e-9;
}

}  // namespace

double FieldScore::precision() const {
  return share(true_positives, false_positives);
}

double FieldScore::recall() const {
  return share(true_positives, false_negatives);
}

double FieldScore::f1() const {
  const double sum = precision() + recall();
  return sum == 0 ? 0 : 2 * precision() * recall() / sum;
}

Result<PageEvaluation> evaluate_pages(const std::filesystem::path& folder, const std::stop_token& stop) {
  FIT_TRY(const Bytes text, read_file(folder / "ground-truth.json", kMaxAnnotations));
  FIT_TRY(const Json truth, parse_json("ground-truth.json", as_text(text), {.members = 100'000}));
  if (!truth.is_object()) return invalid("ground-truth.json", "must be an object of pages");
  PageEvaluation evaluation;
  for (const char* const field : {"price", "sku", "availability"})
    evaluation.scores.push_back({.field = field});
  for (const auto& [name, page] : truth.items()) {
    if (stop.stop_requested()) return cancelled();
    const auto url = page.is_object() ? page.find("url") : page.end();
    if (!page.is_object() || url == page.end() || !url->is_string())
      return invalid("ground-truth.json", "the page " + name + " has no url");
    FIT_TRY(const std::string html, read_html(folder, name));
    const auto& address = url->get_ref<const std::string&>();
    FIT_TRY(const auto read, ingest::read_listing_page({.url = address, .html = html, .content_type = {}}));
    ++evaluation.pages;
    for (FieldScore& score : evaluation.scores) {
      std::vector<std::string> expected = annotated(page, score.field);
      if (!expected.empty()) ++score.annotated_pages;
      ReadValue value = read.listings.empty() ? ReadValue{} : value_of(read.listings.front(), score.field);
      if (score.field == "availability" && value.text.empty()) value.text = "InStock";
      const bool is_right = std::ranges::any_of(
          expected, [&](const std::string& one) { return is_equal(score.field, one, value.text); });
      if (is_right) {
        ++score.true_positives;
        continue;
      }
      if (!value.text.empty()) ++score.false_positives;
      if (!expected.empty()) ++score.false_negatives;
      if (!value.text.empty() || !expected.empty())
        evaluation.errors.push_back({name, address, score.field, std::move(expected), std::move(value.text),
                                     std::move(value.origin)});
    }
  }
  return evaluation;
}

Json to_json(const PageEvaluation& evaluation) {
  Json json = {{"pages", evaluation.pages}, {"fields", Json::array()}, {"errors", Json::array()}};
  for (const FieldScore& score : evaluation.scores) {
    json["fields"].push_back({{"field", score.field},
                              {"f1", score.f1()},
                              {"precision", score.precision()},
                              {"recall", score.recall()},
                              {"annotated_pages", score.annotated_pages}});
  }
  for (const PageError& error : evaluation.errors) {
    json["errors"].push_back({{"page", error.page},
                              {"url", error.url},
                              {"field", error.field},
                              {"expected", error.expected},
                              {"read", error.read},
                              {"origin", error.origin}});
  }
  return json;
}

}  // namespace fit::evaluate
