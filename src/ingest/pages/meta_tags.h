#pragma once

#include "ingest/pages/page_product.h"

namespace fit::ingest {

// What the <meta> elements of a page say of its product: OpenGraph with its product names
// ("product:price:amount"), Twitter's labels, and names such as "price". Title, description and image are
// there for pages of any kind; states_product() tells whether there is more.
PageProduct meta_product(const WebPage& page);
bool states_product(const PageProduct& meta);

}  // namespace fit::ingest
