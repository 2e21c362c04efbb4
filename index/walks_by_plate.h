// Several walks in byte order of plates as one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"

namespace sightline::index {

// `Walk` has Next(cancellation), plate() as PlateWalk does. Memory for one plate of each. Not
// thread-safe.
template <typename Walk>
class WalksByPlate {
 public:
  // Before the first Next().
  void Add(std::unique_ptr<Walk> walk) {
    at_.push_back(walks_.size());
    walks_.push_back(std::move(walk));
  }

  // To the next plate of any walk; false: there is none. After an error only Restart() helps.
  Result<bool> Next(const Cancellation& cancellation) {
    for (const size_t walk : std::exchange(at_, {})) {
      SIGHTLINE_ASSIGN(const bool found, walks_[walk]->Next(cancellation));
      if (!found) continue;
      heap_.push_back(walk);
      std::push_heap(heap_.begin(), heap_.end(), Behind{walks_});
    }
    while (!heap_.empty() && (at_.empty() || PlateOf(heap_.front()) == plate())) {
      std::pop_heap(heap_.begin(), heap_.end(), Behind{walks_});
      at_.push_back(heap_.back());
      heap_.pop_back();
    }
    return !at_.empty();
  }

  // All walks are taken up anew, after each was sent elsewhere.
  void Restart() {
    heap_.clear();
    at_.resize(walks_.size());
    for (size_t i = 0; i < at_.size(); ++i) at_[i] = i;
  }

  // Of the plate at hand; valid until the next call of Next.
  std::string_view plate() const { return PlateOf(at_.front()); }
  // The walks that are at it, in the order of Add.
  std::span<const size_t> at() const { return at_; }

  size_t size() const { return walks_.size(); }
  Walk& operator[](size_t walk) const { return *walks_[walk]; }

 private:
  struct Behind {
    const std::vector<std::unique_ptr<Walk>>& walks;
    bool operator()(size_t a, size_t b) const {
      const int order = walks[a]->plate().compare(walks[b]->plate());
      return order != 0 ? order > 0 : a > b;
    }
  };

  std::string_view PlateOf(size_t walk) const { return walks_[walk]->plate(); }

  std::vector<std::unique_ptr<Walk>> walks_;
  std::vector<size_t> heap_;  // walks at later plates, the first in front
  std::vector<size_t> at_;    // at the plate at hand; before Next: to be moved on
};

}  // namespace sightline::index
