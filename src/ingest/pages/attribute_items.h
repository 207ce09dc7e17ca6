#pragma once

#include <vector>

#include "base/json.h"
#include "ingest/pages/html_tree.h"

namespace fit::ingest {

// Reads the items that attributes of elements describe, in the form of JSON-LD: {"@type": …, name: value or
// item or list of them}. Each item has at most 200 values; items of other items are in them.

// Microdata (itemscope, itemtype, itemprop, itemref). Values outside of any item are one more item, of the
// type Product, if there is a price among them.
std::vector<Json> microdata_items(const HtmlTree& tree);
// RDFa Lite (typeof, property). Without the property names of OpenGraph ("og:title").
std::vector<Json> rdfa_items(const HtmlTree& tree);

}  // namespace fit::ingest
