#pragma once

#include <cstddef>
#include <functional>

namespace fit::catalog {

// At least 1.
std::size_t core_count();

// Calls `work(i)` for each i below `count`, on up to `threads` threads at once, and waits for all. `work`
// must not throw.
void parallel_for(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work);

}  // namespace fit::catalog
