#include "bare_hnswlib.h"

// Another namespace separates this copy, which is built with other flags, from the one in the index library.
#define hnswlib hnswlib_for_this_machine
#include <hnswlib/hnswlib.h>

namespace fit::bench {

struct BareHnswlib::Parts {
  hnswlib::InnerProductSpace space;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph;
  explicit Parts(std::size_t dimensions) : space(dimensions) {}
};

BareHnswlib::BareHnswlib(std::size_t dimensions, std::size_t rows, std::size_t m, std::size_t ef_construction)
    : parts_(std::make_unique<Parts>(dimensions)) {
  parts_->graph = std::make_unique<hnswlib::HierarchicalNSW<float>>(&parts_->space, rows, m, ef_construction);
}

BareHnswlib::BareHnswlib(std::size_t dimensions, const std::string& file)
    : parts_(std::make_unique<Parts>(dimensions)) {
  parts_->graph = std::make_unique<hnswlib::HierarchicalNSW<float>>(&parts_->space, file);
}

BareHnswlib::~BareHnswlib() = default;

void BareHnswlib::add(const float* vector, std::size_t label) {
  parts_->graph->addPoint(vector, label);
}
void BareHnswlib::set_width(std::size_t ef) {
  parts_->graph->setEf(ef);
}
void BareHnswlib::save(const std::string& file) const {
  parts_->graph->saveIndex(file);
}

void BareHnswlib::search(const float* query, std::size_t k, std::vector<std::int32_t>& labels) const {
  auto found = parts_->graph->searchKnn(query, k);
  labels.resize(found.size());
  for (std::size_t i = found.size(); i-- > 0; found.pop())
    labels[i] = static_cast<std::int32_t>(found.top().second);
}

}  // namespace fit::bench
