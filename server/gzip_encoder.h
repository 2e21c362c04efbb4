// Content-Encoding: gzip, as a stream.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace sightline::server {

// Whether a body of this Content-Type grows smaller by compression.
bool IsCompressible(std::string_view content_type);

// One body. One thread.
class GzipEncoder {
 public:
  GzipEncoder();
  ~GzipEncoder();

  // Appends what is ready of the compressed body to `out`.
  void Compress(std::string_view piece, std::string& out) { Deflate(piece, false, out); }
  // Appends the rest. Nothing may follow.
  void Finish(std::string& out) { Deflate({}, true, out); }

 private:
  void Deflate(std::string_view piece, bool finish, std::string& out);

  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace sightline::server
