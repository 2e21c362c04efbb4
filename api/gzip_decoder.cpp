#include <zlib.h>

#include <array>

#include "api/body_splitter.h"

namespace sightline::api {

class GzipDecoder::Impl {
 public:
  Impl() {
    // 16 asks for the gzip format only; memory is allocated once, here.
    ready_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK;
  }
  ~Impl() {
    if (ready_) inflateEnd(&stream_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status Feed(std::string_view compressed, const std::function<Status(std::string_view)>& sink) {
    if (!ready_) return Internal("no memory for a gzip decoder");
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    stream_.avail_in = static_cast<uInt>(compressed.size());
    while (stream_.avail_in > 0 || output_pending_) {
      if (member_ended_) {
        inflateReset(&stream_);
        member_ended_ = false;
      }
      stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
      stream_.avail_out = static_cast<uInt>(output_.size());
      const int code = inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
        return InvalidArgument("the body is not gzip, or is damaged");
      }
      started_ = true;
      member_ended_ = code == Z_STREAM_END;
      // A full buffer may leave output inside zlib even when the input is used up.
      output_pending_ = !member_ended_ && stream_.avail_out == 0;
      const size_t size = output_.size() - stream_.avail_out;
      if (size > 0) SIGHTLINE_RETURN_IF_ERROR(sink(std::string_view(output_.data(), size)));
    }
    return Ok();
  }

  Status Finish() const {
    if (!started_ || member_ended_) return Ok();
    return InvalidArgument("the gzip body was cut off");
  }

 private:
  z_stream stream_{};
  std::array<char, 65'536> output_;
  bool ready_ = false;
  bool started_ = false;
  bool member_ended_ = false;
  bool output_pending_ = false;
};

GzipDecoder::GzipDecoder() : impl_(std::make_unique<Impl>()) {}
GzipDecoder::~GzipDecoder() = default;

Status GzipDecoder::Feed(std::string_view compressed,
                         const std::function<Status(std::string_view)>& sink) {
  return impl_->Feed(compressed, sink);
}

Status GzipDecoder::Finish() { return impl_->Finish(); }

}  // namespace sightline::api
