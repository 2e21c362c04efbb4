#include "server/gzip_encoder.h"

#include <zlib.h>

#include <new>

namespace sightline::server {
namespace {

// The I/O threads compress, so speed counts: JSON shrinks to a sixth at level 1 already, and the
// higher levels take two to five times as long for the next few per cent.
constexpr int kLevel = 1;
constexpr int kGzipWindowBits = 15 + 16;
constexpr int kMemoryLevel = 8;

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

bool IsCompressible(std::string_view content_type) {
  const std::string type = Lower(Trim(content_type.substr(0, content_type.find(';'))));
  const auto contains = [&](std::string_view part) { return type.find(part) != type.npos; };
  return type.starts_with("text/") || contains("json") || contains("xml") ||
         contains("javascript");
}

struct GzipEncoder::Stream {
  z_stream z{};
};

GzipEncoder::GzipEncoder() : stream_(std::make_unique<Stream>()) {
  // Fails only for want of memory: the parameters are constants.
  if (deflateInit2(&stream_->z, kLevel, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

GzipEncoder::~GzipEncoder() { deflateEnd(&stream_->z); }

void GzipEncoder::Deflate(std::string_view piece, bool finish, std::string& out) {
  constexpr size_t kStep = size_t{16} << 10;
  z_stream& z = stream_->z;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  z.avail_in = static_cast<uInt>(piece.size());
  do {
    const size_t before = out.size();
    out.resize(before + kStep);
    z.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    z.avail_out = kStep;
    deflate(&z, finish ? Z_FINISH : Z_NO_FLUSH);
    out.resize(before + kStep - z.avail_out);
  } while (z.avail_out == 0);
}

}  // namespace sightline::server
