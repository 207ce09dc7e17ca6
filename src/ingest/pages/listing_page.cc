#include "ingest/pages/listing_page.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/pages/attribute_items.h"
#include "ingest/pages/html_tree.h"
#include "ingest/pages/joined_product.h"
#include "ingest/pages/loose_json.h"
#include "ingest/pages/meta_tags.h"
#include "ingest/pages/page_links.h"
#include "ingest/pages/page_state.h"
#include "ingest/pages/schema_org.h"
#include "ingest/pages/visible_values.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxJsonLd = 4u << 20;  // bytes of all scripts that are read

std::vector<Json> json_ld_documents(const HtmlTree& tree) {
  std::vector<Json> documents;
  std::size_t left = kMaxJsonLd;
  for (const HtmlNode node : tree.elements()) {
    if (!node.is("script") || !to_lower(node.attribute("type")).contains("ld+json")) continue;
    const std::string script = node.raw_text(left + 1);
    if (script.size() > left) continue;
    left -= script.size();
    std::ranges::move(read_json_script(script), std::back_inserter(documents));
    if (documents.size() > 500) break;
  }
  return documents;
}

constexpr std::ptrdiff_t kLeastList = 4;  // so many products that the page is not about are a list

// The product among several of one part of the page that the page is about: by address or title, otherwise
// the first of a few that are in no list. Null when there is none.
const PageProduct* subject_of(const std::vector<PageProduct>& products, const PageSubject& subject) {
  const auto is_it = [&](const PageProduct& one) { return is_subject(subject, one); };
  if (const auto found = std::ranges::find_if(products, is_it); found != products.end()) return &*found;
  // A product without an address of its own is that of the page, where others lead elsewhere.
  const auto is_here = [](const PageProduct& one) {
    return !one.is_listed && one[PageField::kUrl].empty() && !one[PageField::kPrice].empty();
  };
  if (const auto found = std::ranges::find_if(products, is_here); found != products.end()) return &*found;
  const auto is_single = [](const PageProduct& one) { return !one.is_listed; };
  if (std::ranges::count_if(products, is_single) >= kLeastList) return nullptr;
  const auto first = std::ranges::find_if(products, is_single);
  return first == products.end() ? nullptr : &*first;
}

// The listings of a page that shows several: those with a title and an address of their own.
ListingPage listed(const std::vector<PageProduct>& products, const PageSubject& subject) {
  ListingPage page{.listings = {}, .is_list = true};
  std::set<std::string> known;
  for (const PageProduct& one : products) {
    const std::string& url = one[PageField::kUrl];
    if (url.empty() || one[PageField::kTitle].empty() || url == subject.url || !known.insert(url).second)
      continue;
    const PageSubject own{.url = url, .page_url = url, .title = one[PageField::kTitle], .head_title = {}};
    page.listings.push_back(join_parts({one}, own));
  }
  page.is_list = !page.listings.empty();
  return page;
}

}  // namespace

std::string_view to_string(ValueOrigin origin) {
  switch (origin) {
    case ValueOrigin::kRecipe:
      return "recipe";
    case ValueOrigin::kJsonLd:
      return "json_ld";
    case ValueOrigin::kMicrodata:
      return "microdata";
    case ValueOrigin::kRdfa:
      return "rdfa";
    case ValueOrigin::kMeta:
      return "meta";
    case ValueOrigin::kState:
      return "state";
    case ValueOrigin::kVisible:
      return "visible";
    case ValueOrigin::kAddress:
      return "address";
  }
  return "visible";
}

std::string listing_id(std::string_view url) {
  const std::string clean = clean_url(url);
  const std::size_t host = clean.find("://");
  const std::size_t path = host == std::string::npos ? 0 : clean.find('/', host + 3);
  std::string id = path == std::string::npos ? "/" : clean.substr(path);
  if (id.size() > catalog::kMaxExternalId) id = "sha256:" + sha256_hex(as_bytes(id));
  return id;
}

ListingPage read_listings(const WebPage& page) {
  return read_listings(page, {});
}

ListingPage read_listings(const WebPage& page, const std::vector<PageProduct>& preferred) {
  const PageSubject subject = page_subject(page);
  const HtmlTree& tree = page.tree();
  const std::vector<Json> json_ld = json_ld_documents(tree);
  const std::vector<Json> microdata = microdata_items(tree);
  const std::vector<Json> rdfa = rdfa_items(tree);
  const std::array marked = {schema_products(json_ld, ValueOrigin::kJsonLd, subject),
                             schema_products(microdata, ValueOrigin::kMicrodata, subject),
                             schema_products(rdfa, ValueOrigin::kRdfa, subject)};
  std::vector<PageProduct> parts = preferred;
  bool has_product =
      std::ranges::any_of(preferred, [](const PageProduct& one) { return !one[PageField::kTitle].empty(); });
  for (const auto& products : marked) {
    const PageProduct* const one = subject_of(products, subject);
    if (one == nullptr) continue;
    parts.push_back(*one);
    has_product = true;
  }
  for (const auto& products : marked) {
    if (!has_product && products.size() > 1) return listed(products, subject);
  }
  parts.push_back(meta_product(page));
  has_product = has_product || states_product(parts.back());
  const std::vector<PageProduct> states = state_products(page_states(tree), subject);
  for (const PageProduct& one : states) {
    if (!is_subject(subject, one)) continue;
    parts.push_back(one);
    has_product = true;
  }
  if (!has_product && std::ssize(states) >= kLeastList) {
    if (ListingPage list = listed(states, subject); list.is_list) return list;
  }
  parts.push_back(visible_product(page, subject));
  const PageProduct& shown = parts.back();
  if (!has_product && shown[PageField::kPrice].empty() && shown[PageField::kSku].empty()) return {};
  if (std::string crumbs = schema_breadcrumbs(json_ld, subject); !crumbs.empty())
    parts.back().offer(PageField::kCategory, std::move(crumbs));
  ListingPage listings;
  listings.listings.push_back(join_parts(parts, subject));
  return listings;
}

Result<ListingPage> read_listing_page(const PageContent& content) {
  FIT_TRY(const WebPage page, WebPage::parse(content));
  return read_listings(page);
}

}  // namespace fit::ingest
