#include "client/export/export_file.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "api/json_writer.h"
#include "api/sha256.h"
#include "client/import/gzip.h"

namespace sightline::client {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlockBytes = size_t{4} << 20;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

Error CannotWrite(const fs::path& path) {
  return {ErrorCode::kIo, fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)),
          {}};
}

struct State {
  std::string question;
  uint64_t bytes = 0;  // of the file that are good
  ExportMark mark;
};

std::string EncodeState(const State& state) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("version").Int(1).Key("question").String(state.question);
  json.Key("bytes").Uint(state.bytes);
  json.Key("as_of").Uint(state.mark.as_of).Key("rows").Uint(state.mark.rows);
  if (state.mark.last) {
    json.Key("last").BeginObject().Key("time").Time(state.mark.last->time);
    json.Key("camera_id").String(state.mark.last->camera_id);
    json.Key("id").String(state.mark.last->id).EndObject();
  }
  json.EndObject();
  return text;
}

Result<ExportPosition> ReadPosition(simdjson::dom::element row) {
  const Error missing = Internal("an exported row has no id, time or camera_id");
  std::string_view time_text;
  std::string_view camera_id;
  std::string_view id;
  if (row["time"].get(time_text) || row["camera_id"].get(camera_id) || row["id"].get(id)) {
    return missing;
  }
  const Result<TimestampMs> time = ParseRfc3339(time_text);
  if (!time) return missing;
  return ExportPosition{*time, std::string(camera_id), std::string(id)};
}

Result<State> DecodeState(const fs::path& path, const std::string& text) {
  const Error damaged{ErrorCode::kConflict,
                      fmt::format("{} is not the state of an export; remove it to start from the "
                                  "first row",
                                  path.string()),
                      {}};
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view question;
  State state;
  if (parser.parse(text).get(root) || root["question"].get(question) ||
      root["bytes"].get(state.bytes) || root["as_of"].get(state.mark.as_of) ||
      root["rows"].get(state.mark.rows)) {
    return damaged;
  }
  state.question = question;
  simdjson::dom::element last;
  if (root["last"].get(last) == simdjson::SUCCESS) {
    const Result<ExportPosition> position = ReadPosition(last);
    if (!position) return damaged;
    state.mark.last = *position;
  }
  return state;
}

}  // namespace

Result<ExportPosition> PositionOfRow(std::string_view row) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(row.data(), row.size()).get(root)) {
    return Internal("an exported row is not JSON");
  }
  return ReadPosition(root);
}

class ExportFile::Impl {
 public:
  Impl(fs::path path, std::string question)
      : path_(std::move(path)),
        partial_(path_.string() + ".partial"),
        state_path_(path_.string() + ".state.json"),
        is_gzip_(path_.extension() == ".gz") {
    state_.question = std::move(question);
  }

  Status Open() {
    if (fs::exists(path_)) {
      return Error{ErrorCode::kConflict, fmt::format("{} is there already", path_.string()), {}};
    }
    SIGHTLINE_RETURN_IF_ERROR(LoadState());
    file_.reset(std::fopen(partial_.c_str(), resumed_ ? "r+b" : "wb"));
    if (!file_) return CannotWrite(partial_);
    return resumed_ ? CutToState() : Ok();
  }

  Status Append(std::string_view row) {
    block_.append(row).push_back('\n');
    last_row_size_ = row.size();
    ++state_.mark.rows;
    return block_.size() >= kBlockBytes ? Checkpoint() : Ok();
  }

  Status Checkpoint() {
    if (!block_.empty()) {
      const size_t last_row = block_.size() - last_row_size_ - 1;
      SIGHTLINE_ASSIGN(state_.mark.last,
                       PositionOfRow(std::string_view(block_).substr(last_row, last_row_size_)));
      const std::string packed = is_gzip_ ? Gzip(block_) : std::move(block_);
      block_.clear();
      if (std::fwrite(packed.data(), 1, packed.size(), file_.get()) != packed.size() ||
          std::fflush(file_.get()) != 0 || ::fdatasync(::fileno(file_.get())) != 0) {
        return CannotWrite(partial_);
      }
      hash_.Update(packed);
      state_.bytes += packed.size();
    }
    return SaveState();
  }

  Result<Sealed> Finish() {
    SIGHTLINE_RETURN_IF_ERROR(Checkpoint());
    if (std::fclose(file_.release()) != 0) return CannotWrite(partial_);
    std::error_code error;
    fs::rename(partial_, path_, error);
    if (error) return CannotWrite(path_);
    fs::remove(state_path_, error);  // left behind, it would be found to be of a file that is done
    return Sealed{.bytes = state_.bytes, .sha256 = hash_.HexDigest()};
  }

  State state_;
  bool resumed_ = false;

 private:
  Status LoadState() {
    std::ifstream file(state_path_);
    if (!file || !fs::exists(partial_)) return Ok();
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    SIGHTLINE_ASSIGN(State found, DecodeState(state_path_, text));
    if (found.question != state_.question) {
      return Error{ErrorCode::kConflict,
                   fmt::format("{} belongs to an export of another question or server; remove it "
                               "and {} to start anew",
                               state_path_.string(), partial_.string()),
                   {}};
    }
    state_ = std::move(found);
    resumed_ = true;
    return Ok();
  }

  // Drops what was written behind the last checkpoint, and hashes the rest.
  Status CutToState() {
    char piece[1 << 16];
    for (uint64_t left = state_.bytes; left > 0;) {
      const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left, sizeof piece));
      const size_t read = std::fread(piece, 1, wanted, file_.get());
      if (read == 0) {
        return Error{ErrorCode::kConflict,
                     fmt::format("{} is shorter than {} says; remove both to start anew",
                                 partial_.string(), state_path_.string()),
                     {}};
      }
      hash_.Update({piece, read});
      left -= read;
    }
    const auto size = static_cast<off_t>(state_.bytes);
    if (::ftruncate(::fileno(file_.get()), size) != 0 ||
        std::fseek(file_.get(), 0, SEEK_END) != 0) {
      return CannotWrite(partial_);
    }
    return Ok();
  }

  Status SaveState() {
    const fs::path temporary = state_path_.string() + ".new";
    std::ofstream file(temporary, std::ios::trunc);
    file << EncodeState(state_) << '\n';
    file.close();
    std::error_code error;
    if (file) fs::rename(temporary, state_path_, error);
    return file && !error ? Ok() : Status(CannotWrite(state_path_));
  }

  const fs::path path_;
  const fs::path partial_;
  const fs::path state_path_;
  const bool is_gzip_;
  File file_;
  std::string block_;  // whole lines that are not in the file yet
  size_t last_row_size_ = 0;
  api::Sha256 hash_;  // of what is in the file
};

Result<std::unique_ptr<ExportFile>> ExportFile::Open(const fs::path& path,
                                                     const std::string& question) {
  auto impl = std::make_unique<Impl>(path, question);
  SIGHTLINE_RETURN_IF_ERROR(impl->Open());
  return std::unique_ptr<ExportFile>(new ExportFile(std::move(impl)));
}

ExportFile::ExportFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ExportFile::~ExportFile() = default;

const ExportMark& ExportFile::mark() const { return impl_->state_.mark; }
bool ExportFile::resumed() const { return impl_->resumed_; }
void ExportFile::Begin(Sequence as_of) { impl_->state_.mark.as_of = as_of; }
Status ExportFile::Append(std::string_view row) { return impl_->Append(row); }
Status ExportFile::Checkpoint() { return impl_->Checkpoint(); }
Result<ExportFile::Sealed> ExportFile::Finish() { return impl_->Finish(); }

}  // namespace sightline::client
