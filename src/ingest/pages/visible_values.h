#pragma once

#include <string>

#include "ingest/pages/page_product.h"

namespace fit::ingest {

// What a page shows of its product, for fields that it does not state in a form for programs: the price near
// its heading, the number behind a label such as "SKU" or "Artikel-Nr.", a note that it is sold out.
PageProduct visible_product(const WebPage& page, const PageSubject& subject);

// The part of an address that looks like the id of a product: "302474151804" of /itm/302474151804. Empty when
// nothing does.
std::string id_in_address(std::string_view url);

}  // namespace fit::ingest
