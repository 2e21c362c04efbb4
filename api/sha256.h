// SHA-256 (FIPS 180-4), by OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace sightline::api {

// Hashes a text that comes in pieces. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();

  void Update(std::string_view piece);
  // The hash of everything so far, in 64 lower-case hex digits. More may follow.
  std::string HexDigest() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The hash of one text, in hex.
std::string Sha256Hex(std::string_view text);

}  // namespace sightline::api
