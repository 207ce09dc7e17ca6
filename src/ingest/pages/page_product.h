#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/pages/listing_page.h"
#include "text/money.h"

namespace fit::ingest {

// The values that a page can state about a product.
enum class PageField : std::uint8_t {
  kTitle,
  kDescription,
  kBrand,
  kPrice,  // an amount, perhaps with its currency
  kCurrency,
  kStatus,  // a word of read_status()
  kSku,
  kGtin,
  kSize,
  kColor,
  kMaterial,
  kCategory,
  kCondition,
  kGender,
  kUrl,  // absolute
  kListedAt,
};
inline constexpr std::size_t kPageFields = 16;

// A product as one part of a page describes it, before the parts are joined.
struct PageProduct {
  explicit PageProduct(ValueOrigin from) : origin(from) {}

  ValueOrigin origin;
  std::array<std::string, kPageFields> texts;  // by PageField; empty: not stated
  std::vector<std::string> images;             // absolute addresses, in order
  std::vector<std::string> numbers;            // kVisible: shown behind a label such as "SKU", or alone
  bool is_listed = false;                      // one of several in a list

  std::string& operator[](PageField field) { return texts[static_cast<std::size_t>(field)]; }
  const std::string& operator[](PageField field) const { return texts[static_cast<std::size_t>(field)]; }
  // Sets a value that is not set yet.
  void offer(PageField field, std::string value) {
    std::string& text = (*this)[field];
    if (text.empty()) text = std::move(value);
  }
};

// What the page as a whole says, by which the parts recognise the product that it is about.
struct PageSubject {
  std::string url;         // WebPage::canonical_url()
  std::string page_url;    // WebPage::url()
  std::string title;       // the first <h1>; empty without one
  std::string head_title;  // og:title or <title>
};

// The first amount of money in a text that has one or several ("71,91 € 79,90 €"). nullopt without one.
std::optional<text::Money> first_money(std::string_view text);

// Whether a text can be a shop's number of a product: 3 to 40 letters, digits, "-", "_", "." and "/", with a
// digit.
bool is_product_number(std::string_view text);

PageSubject page_subject(const WebPage& page);

// Whether a product with this title or address is the one that the page is about.
bool is_subject(const PageSubject& subject, const PageProduct& product);

}  // namespace fit::ingest
