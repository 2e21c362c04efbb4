// The body of a request, pulled piece by piece while it is sent.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "core/error.h"

namespace sightline::client {

class BodySource {
 public:
  virtual ~BodySource() = default;
  // Fills at most buffer.size() bytes and returns how many; 0 is the end of the body.
  virtual Result<size_t> Read(std::span<char> buffer) = 0;
  // Starts again from the first byte, or returns false: then the request is never sent twice.
  virtual bool Rewind() = 0;
  // How many bytes there are, where that is known: the request then says so beforehand.
  virtual std::optional<uint64_t> Size() const { return std::nullopt; }
};

// A body that lies in memory. `text` outlives the source.
class TextBody final : public BodySource {
 public:
  explicit TextBody(std::string_view text) : text_(text) {}

  Result<size_t> Read(std::span<char> buffer) override {
    const size_t size = std::min(buffer.size(), text_.size() - position_);
    std::memcpy(buffer.data(), text_.data() + position_, size);
    position_ += size;
    return size;
  }
  bool Rewind() override {
    position_ = 0;
    return true;
  }
  std::optional<uint64_t> Size() const override { return text_.size(); }

 private:
  std::string_view text_;
  size_t position_ = 0;
};

// Takes an answer piece by piece; an error stops the transfer and is what the call returns.
using ByteSink = std::function<Status(std::string_view piece)>;

}  // namespace sightline::client
