#include "ingest/pages/visible_values.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.h"
#include "ingest/import/cell_values.h"
#include "ingest/pages/html_tree.h"
#include "ingest/pages/page_links.h"
#include "text/fold.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxPriceText = 60;
constexpr std::size_t kMaxCandidates = 2000;

bool is_small_letter(char c) {
  return c >= 'a' && c <= 'z';
}

// Whether the marks of an element have the word; a short one only as a word of its own ("old" is not in
// "bold").
bool has_mark(std::string_view marks, std::string_view word) {
  constexpr std::size_t kShort = 4;
  for (std::size_t at = marks.find(word); at != std::string_view::npos; at = marks.find(word, at + 1)) {
    if (word.size() > kShort) return true;
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_small_letter(marks[at - 1]);
    if (begins && (end == marks.size() || !is_small_letter(marks[end]))) return true;
  }
  return false;
}

bool contains_any(std::string_view marks, const auto& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return has_mark(marks, word); });
}

constexpr std::array kPriceWords =
    std::to_array<std::string_view>({"price", "preis", "precio", "prezzo", "prijs", "prix", "amount"});
constexpr std::array kCurrentWords =
    std::to_array<std::string_view>({"current", "now", "final", "sale", "saleprice", "special", "actual",
                                     "our", "ourprice", "buy", "offer", "deal", "main", "selling"});
constexpr std::array kOldWords = std::to_array<std::string_view>(
    {"old",        "oldprice",  "was",        "wasprice",     "list-price", "listprice", "regular",
     "before",     "strike",    "crossed",    "rrp",          "msrp",       "uvp",       "original",
     "previous",   "saving",    "save",       "line-through", "shipping",   "delivery",  "per-unit",
     "unit-price", "unitprice", "install",    "monthly",      "finance",    "credit",    "basket",
     "total",      "filter",    "from-price", "retail",       "subscri"});
constexpr std::array kElsewhereWords = std::to_array<std::string_view>(
    {"related", "recommend", "recomm", "similar", "carousel", "slider", "swiper", "upsell", "cross-sell",
     "crosssell", "also-", "recently", "footer", "minicart", "mini-cart", "sponsored", "bundle", "accessor",
     "suggest"});
constexpr std::array kElsewhereNames =
    std::to_array<std::string_view>({"nav", "footer", "aside", "select", "option"});

// The class, id and the like of an element, in lower case.
std::string marks_of(HtmlNode element) {
  std::string marks;
  for (const std::string_view name : {"class", "id", "data-testid", "data-test", "data-qa", "itemprop"}) {
    marks.append(to_lower(element.attribute(name).substr(0, 300))).append(" ");
  }
  return marks;
}

// A number with the sign or code of a currency somewhere in a text.
struct ShownPrice {
  double amount = 0;
  std::string text;
  bool has_currency = false;
};

std::optional<ShownPrice> shown_price(const std::string& text, bool needs_currency) {
  if (text.empty() || text.size() > kMaxPriceText || !has_digit(text)) return std::nullopt;
  const auto money = first_money(text);
  if (!money || money->amount <= 0) return std::nullopt;
  const bool has_currency =
      !money->currency.empty() || std::ranges::any_of(text, [](char c) { return c == '$'; });
  if (needs_currency && !has_currency) return std::nullopt;
  return ShownPrice{money->amount, text, has_currency};
}

// Elements with a price, and where they are.
struct PriceCandidate {
  ShownPrice price;
  int score = 0;
};

class VisibleReader {
 public:
  explicit VisibleReader(const WebPage& page) : tree_(page.tree()) {
    const auto& elements = tree_.elements();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (elements[i].is("h1") && !heading_) heading_ = i;
    }
  }

  std::string price() {
    std::vector<PriceCandidate> candidates;
    const auto& elements = tree_.elements();
    for (std::size_t i = 0; i < elements.size() && candidates.size() < kMaxCandidates; ++i) {
      if (auto candidate = price_at(elements[i], i)) candidates.push_back(*std::move(candidate));
    }
    std::map<double, int> counts;
    for (const PriceCandidate& one : candidates) ++counts[one.price.amount];
    const PriceCandidate* best = nullptr;
    for (PriceCandidate& one : candidates) {
      one.score += std::min(counts[one.price.amount], 3);
      if (best == nullptr || one.score > best->score) best = &one;
    }
    return best == nullptr || best->score < 3 ? std::string() : best->price.text;
  }

  // Sets the SKU to the first number behind a label, and the numbers to all that are shown.
  void read_numbers(PageProduct& product) const;
  bool is_sold_out() const;

 private:
  std::optional<PriceCandidate> price_at(HtmlNode element, std::size_t index) const {
    if (is_hidden_element(element) || element.is("html") || element.is("body")) return std::nullopt;
    // The smallest element with the price: none of its children has all of its text.
    std::size_t size = 0;
    for (HtmlNode child = element.first_child(); child; child = child.next_sibling()) {
      if (++size > 12) return std::nullopt;
    }
    if (size == 0) return std::nullopt;
    const std::string own = marks_of(element);
    const bool is_named = contains_any(own, kPriceWords);
    std::string text = element.visible_text(kMaxPriceText + 1);
    auto price = shown_price(text, !is_named);
    if (!price) return std::nullopt;
    for (HtmlNode child = element.first_child(); child; child = child.next_sibling()) {
      if (child.is_element() && child.visible_text(kMaxPriceText + 1) == text) {
        if (is_hidden_element(child)) continue;
        return std::nullopt;
      }
    }
    const int score = place_score(element, index, own) + (price->has_currency ? 2 : 0);
    return PriceCandidate{*std::move(price), score};
  }

  int place_score(HtmlNode element, std::size_t index, const std::string& own) const {
    int score = 0;
    bool is_named = false;
    bool is_current = false;
    bool is_old = false;
    int level = 0;
    for (HtmlNode node = element; node && level < 60; node = node.parent(), ++level) {
      const std::string_view name = node.name();
      const std::string marks = level == 0 ? own : marks_of(node);
      if (level < 4) {
        is_named = is_named || contains_any(marks, kPriceWords);
        is_current = is_current || contains_any(marks, kCurrentWords);
        is_old = is_old || contains_any(marks, kOldWords) || name == "del" || name == "s" || name == "strike";
      }
      if (name != "body" && name != "html") {
        if (contains_any(marks, kElsewhereWords) || std::ranges::contains(kElsewhereNames, name)) score -= 4;
      }
      if (is_hidden_element(node)) score -= 4;
      score = std::max(score, -12);
      const bool is_item = level > 0 && level < 12 && (name == "li" || name == "article");
      if (is_item) score -= 1;
      if (level > 0 && level < 6 && name == "a") score -= 3;
    }
    score += (is_named ? 4 : 0) + (is_current ? 1 : 0) - (is_old ? 5 : 0);
    if (heading_) {
      const std::ptrdiff_t distance =
          static_cast<std::ptrdiff_t>(index) - static_cast<std::ptrdiff_t>(*heading_);
      if (distance >= 0) {
        score += distance < 60 ? 5 : distance < 200 ? 4 : distance < 500 ? 2 : distance > 1500 ? -2 : 0;
      } else {
        score += distance > -60 ? 3 : distance > -300 ? 0 : -2;
      }
    }
    return score;
  }

  const HtmlTree& tree_;
  std::optional<std::size_t> heading_;
};

// Labels of a shop's own number, folded, without dots, dashes and "#".
constexpr std::array kSkuLabels = std::to_array<std::string_view>({"sku",
                                                                   "asin",
                                                                   "item",
                                                                   "item no",
                                                                   "item number",
                                                                   "item code",
                                                                   "item id",
                                                                   "itemno",
                                                                   "product code",
                                                                   "product id",
                                                                   "product no",
                                                                   "product number",
                                                                   "product ref",
                                                                   "product sku",
                                                                   "sku code",
                                                                   "sku id",
                                                                   "article number",
                                                                   "article no",
                                                                   "article",
                                                                   "article code",
                                                                   "artikel",
                                                                   "artikelcode",
                                                                   "artikelnr",
                                                                   "artikel nr",
                                                                   "artikelnummer",
                                                                   "artnr",
                                                                   "art nr",
                                                                   "art no",
                                                                   "bestellnummer",
                                                                   "bestellnr",
                                                                   "bestell nr",
                                                                   "produktnummer",
                                                                   "produktcode",
                                                                   "produkt id",
                                                                   "produktkod",
                                                                   "ref",
                                                                   "ref no",
                                                                   "nr ref",
                                                                   "numer referencyjny",
                                                                   "reference",
                                                                   "reference number",
                                                                   "referencia",
                                                                   "codice",
                                                                   "codice articolo",
                                                                   "codice prodotto",
                                                                   "id prodotto",
                                                                   "codigo",
                                                                   "codigo producto",
                                                                   "codigo de producto",
                                                                   "codigo do produto",
                                                                   "cod",
                                                                   "cod produs",
                                                                   "cod produto",
                                                                   "cod articolo",
                                                                   "code article",
                                                                   "code produit",
                                                                   "stock code",
                                                                   "catalogue number",
                                                                   "catalogue no",
                                                                   "catalog number",
                                                                   "cat no",
                                                                   "style no",
                                                                   "style code",
                                                                   "style number",
                                                                   "kod",
                                                                   "kod produktu",
                                                                   "kod towaru",
                                                                   "nr art",
                                                                   "numer katalogowy",
                                                                   "indeks",
                                                                   "tootekood",
                                                                   "tuotenumero",
                                                                   "tuotekoodi",
                                                                   "objednavaci cislo",
                                                                   "kod tovaru",
                                                                   "sifra",
                                                                   "sifra izdelka",
                                                                   "sifra artikla",
                                                                   "preke",
                                                                   "prekes kodas",
                                                                   "produkta kods",
                                                                   "varenr",
                                                                   "varenummer",
                                                                   "vnr",
                                                                   "post id",
                                                                   "ad id",
                                                                   "ad number",
                                                                   "listing id",
                                                                   "property id",
                                                                   "offer id",
                                                                   "anzeigennummer",
                                                                   "anzeigen id",
                                                                   "inserats id",
                                                                   "inserat nr",
                                                                   "ebay item number",
                                                                   "quick find code",
                                                                   "web id",
                                                                   "артикул",
                                                                   "код товара",
                                                                   "код",
                                                                   "品番",
                                                                   "商品番号",
                                                                   "商品编号",
                                                                   "商品編號",
                                                                   "상품번호",
                                                                   "ma san pham",
                                                                   "kode"});

std::string plain_label(std::string_view text) {
  std::string plain;
  for (const char c : text::fold(text)) {
    if (c == '.' || c == '#' || c == ':' || c == '-' || c == '(' || c == ')' || c == '*') {
      if (c == '-' && !plain.empty() && plain.back() != ' ') plain += ' ';
      continue;
    }
    plain += c;
  }
  std::string single;
  for (const char c : trim(plain)) {
    if (c != ' ' || !single.ends_with(' ')) single += c;
  }
  return single;
}

bool is_number_label(std::string_view text) {
  return std::ranges::contains(kSkuLabels, plain_label(text));
}

// The value behind a label in one text: "SKU: AB-123", "Item 1234". Empty when the text is none.
std::string labelled_value(std::string_view text) {
  std::size_t split = text.find_first_of(":#");
  if (split == std::string_view::npos) split = text.rfind(' ');
  if (split == std::string_view::npos || split > 40 || !is_number_label(text.substr(0, split))) return {};
  const std::size_t begin = text.find_first_not_of(":# ", split);
  if (begin == std::string_view::npos) return {};
  std::string_view value = text.substr(begin);
  value = value.substr(0, value.find(' '));
  while (value.ends_with(')') || value.ends_with(',') || value.ends_with('.')) value.remove_suffix(1);
  return is_product_number(value) ? std::string(value) : std::string();
}

void VisibleReader::read_numbers(PageProduct& product) const {
  constexpr std::size_t kMaxNumbers = 200;
  const HtmlNode root = tree_.root();
  bool label_before = false;
  for (HtmlNode node = root; node;) {
    if (node.is_element()) {
      node = is_hidden_element(node) ? node.next_after(root) : node.next(root);
      continue;
    }
    const std::string_view text = trim(node.text());
    node = node.next(root);
    if (text.empty() || text == ":" || text == "#") continue;
    std::string_view value = text;
    while (value.starts_with(':') || value.starts_with('#') || value.starts_with(' ')) value.remove_prefix(1);
    std::string number = is_product_number(value) ? std::string(value) : labelled_value(text.substr(0, 120));
    const bool is_labelled = label_before || number != value;
    label_before = text.size() < 60 && is_number_label(text);
    if (number.empty()) continue;
    if (is_labelled) product.offer(PageField::kSku, number);
    if (product.numbers.size() < kMaxNumbers) product.numbers.push_back(std::move(number));
  }
}

constexpr std::array kSoldOut = std::to_array<std::string_view>({"out of stock",
                                                                 "sold out",
                                                                 "currently unavailable",
                                                                 "no longer available",
                                                                 "temporarily unavailable",
                                                                 "not available",
                                                                 "ausverkauft",
                                                                 "nicht verfugbar",
                                                                 "derzeit nicht verfugbar",
                                                                 "nicht mehr verfugbar",
                                                                 "epuise",
                                                                 "rupture de stock",
                                                                 "actuellement indisponible",
                                                                 "agotado",
                                                                 "sin stock",
                                                                 "no disponible",
                                                                 "esaurito",
                                                                 "non disponibile",
                                                                 "esgotado",
                                                                 "indisponivel",
                                                                 "niedostepny",
                                                                 "uitverkocht",
                                                                 "niet leverbaar",
                                                                 "slutsald",
                                                                 "slut i lager",
                                                                 "udsolgt",
                                                                 "vyprodano",
                                                                 "vypredane",
                                                                 "stoc epuizat",
                                                                 "нет в наличии",
                                                                 "sold"});

bool VisibleReader::is_sold_out() const {
  const auto& elements = tree_.elements();
  const std::size_t begin = heading_ ? (*heading_ > 100 ? *heading_ - 100 : 0) : 0;
  const std::size_t end =
      heading_ ? std::min(*heading_ + 400, elements.size()) : std::min<std::size_t>(elements.size(), 600);
  for (std::size_t i = begin; i < end; ++i) {
    const HtmlNode element = elements[i];
    if (is_hidden_element(element)) continue;
    const HtmlNode child = element.first_child();
    if (!child || child.is_element()) continue;
    const std::string text = plain_label(element.visible_text(80));
    if (text.size() > 60 || text.size() < 4) continue;
    const auto is_same = [&](std::string_view note) {
      return text == note || text == std::string(note) + "!" || (note.size() > 8 && text.starts_with(note));
    };
    const bool is_note = std::ranges::any_of(kSoldOut, is_same);
    if (!is_note) continue;
    bool is_elsewhere = false;
    int level = 0;
    for (HtmlNode node = element; node && level < 60; node = node.parent(), ++level) {
      is_elsewhere =
          is_elsewhere || is_hidden_element(node) || contains_any(marks_of(node), kElsewhereWords) ||
          (level < 8 && (node.is("li") || node.is("option") || node.is("select") || node.is("label")));
    }
    if (!is_elsewhere) return true;
  }
  return false;
}

}  // namespace

PageProduct visible_product(const WebPage& page, const PageSubject& subject) {
  PageProduct product(ValueOrigin::kVisible);
  VisibleReader reader(page);
  product[PageField::kPrice] = reader.price();
  reader.read_numbers(product);
  if (reader.is_sold_out()) product[PageField::kStatus] = "soldout";
  product[PageField::kTitle] = subject.title;
  return product;
}

std::string id_in_address(std::string_view address) {
  constexpr int kLeastScore = 5;
  const std::string url = clean_url(address);
  std::string best;
  int best_score = kLeastScore - 1;
  const std::size_t host = url.find("://");
  const std::size_t at = host == std::string::npos ? 0 : url.find('/', host + 3);
  if (at == std::string::npos) return {};
  const auto consider = [&](std::string_view token, std::string_view name) {
    // "p400105394" is the product 400105394.
    if (token.starts_with('p') && token.size() > 5 && std::ranges::all_of(token.substr(1), is_digit)) {
      token.remove_prefix(1);
      name = "p";
    }
    if (token.size() < 4 || token.size() > 30 || !has_digit(token)) return;
    const auto digits = std::ranges::count_if(token, is_digit);
    const bool all_digits = static_cast<std::size_t>(digits) == token.size();
    int score =
        all_digits ? static_cast<int>(std::min<std::size_t>(token.size(), 10)) : static_cast<int>(digits);
    if (!all_digits && digits < 2) return;
    const std::string lower = to_lower(name);
    if (lower.ends_with("id") || lower == "sku" || lower == "p" || lower == "dp" || lower == "itm" ||
        lower == "item" || lower == "product" || lower == "prod" || lower == "pd")
      score += 6;
    if (score > best_score) {
      best_score = score;
      best = token;
    }
  };
  std::string_view previous;
  std::string_view rest = std::string_view(url).substr(at);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find_first_of("/?&"), rest.size());
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end);
    std::string_view name = previous;
    previous = part;
    if (const std::size_t equals = part.find('='); equals != std::string_view::npos) {
      name = part.substr(0, equals);
      part.remove_prefix(equals + 1);
    }
    if (const std::size_t dot = part.rfind('.');
        dot != std::string_view::npos && part.size() - dot <= 6 && !has_digit(part.substr(dot)))
      part = part.substr(0, dot);
    consider(part, name);
    if (const std::size_t dash = part.find_last_of("-_"); dash != std::string_view::npos)
      consider(part.substr(dash + 1), name);
  }
  return best;
}

}  // namespace fit::ingest
