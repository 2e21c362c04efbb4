#include "bench/peers/row_reader.h"

#include "bench/peers/copy_row.h"

namespace sightline::bench {
namespace {

constexpr size_t kBlockBytes = size_t{1} << 22;

}  // namespace

LineReader::LineReader(std::FILE* file) : file_(file) {}

bool LineReader::Next(std::string_view& line) {
  while (true) {
    const std::string_view rest = std::string_view(buffer_).substr(begin_, end_ - begin_);
    if (const size_t length = rest.find('\n'); length != std::string_view::npos) {
      line = rest.substr(0, length + 1);
      begin_ += length + 1;
      return true;
    }
    buffer_.erase(0, begin_);
    end_ -= begin_;
    begin_ = 0;
    buffer_.resize(end_ + kBlockBytes);
    const size_t got = std::fread(buffer_.data() + end_, 1, kBlockBytes, file_);
    end_ += got;
    if (got == 0) {
      line = std::string_view(buffer_).substr(0, end_);
      begin_ = end_;
      return !line.empty();
    }
  }
}

RowConverter::RowConverter(CameraTable cameras) : cameras_(std::move(cameras)), parser_({}) {}

Result<Sighting> RowConverter::Parse(std::string_view line) {
  SIGHTLINE_ASSIGN(Sighting sighting, parser_.Parse(line));
  const auto camera = cameras_.find(sighting.camera_id);
  if (camera == cameras_.end()) {
    return InvalidArgument("there is no camera " + sighting.camera_id, "/camera_id");
  }
  if (!sighting.location) sighting.location = camera->second.location;
  return sighting;
}

void RowConverter::AppendCopyRow(const Sighting& sighting, std::string& out) const {
  bench::AppendCopyRow(sighting, cameras_.at(sighting.camera_id).number, out);
}

}  // namespace sightline::bench
