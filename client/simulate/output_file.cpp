#include "client/simulate/output_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <deque>
#include <system_error>
#include <thread>

#include "client/import/gzip.h"
#include "core/mutex.h"

namespace sightline::client {
namespace {

constexpr size_t kBlocksWaiting = 4;

Error Failed(const std::string& path, int number) {
  return {ErrorCode::kInternal,
          fmt::format("{} cannot be written: {}", path, std::generic_category().message(number)),
          {}};
}

}  // namespace

class OutputFile::Impl {
 public:
  Impl(std::FILE* file, std::string path, bool gzip)
      : file_(file), path_(std::move(path)), gzip_(gzip), writer_([this] { WriteBlocks(); }) {}

  ~Impl() {
    if (writer_.joinable()) Finish();
  }

  Status Write(std::string& block) SIGHTLINE_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (status_ && blocks_.size() >= kBlocksWaiting) changed_.Wait(mutex_);
    blocks_.push_back(std::move(block));
    block.clear();
    changed_.NotifyAll();
    return status_;
  }

  Status Finish() SIGHTLINE_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      closed_ = true;
      changed_.NotifyAll();
    }
    writer_.join();
    const bool closed = file_ == stdout ? std::fflush(file_) == 0 : std::fclose(file_) == 0;
    MutexLock lock(mutex_);
    if (!closed && status_) status_ = Failed(path_, errno);
    return status_;
  }

 private:
  void WriteBlocks() SIGHTLINE_EXCLUDES(mutex_) {
    while (true) {
      std::string block;
      {
        MutexLock lock(mutex_);
        while (blocks_.empty() && !closed_) changed_.Wait(mutex_);
        if (blocks_.empty()) return;
        block = std::move(blocks_.front());
        blocks_.pop_front();
        changed_.NotifyAll();
        if (!status_) continue;  // the disk is full, or nobody reads: the rest is dropped
      }
      if (gzip_) block = Gzip(block);
      if (std::fwrite(block.data(), 1, block.size(), file_) == block.size()) continue;
      const int number = errno;
      MutexLock lock(mutex_);
      status_ = Failed(path_, number);
    }
  }

  std::FILE* const file_;
  const std::string path_;
  const bool gzip_;

  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<std::string> blocks_ SIGHTLINE_GUARDED_BY(mutex_);
  bool closed_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  Status status_ SIGHTLINE_GUARDED_BY(mutex_);
  std::thread writer_;  // last: it uses all of the above
};

OutputFile::OutputFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OutputFile::OutputFile(OutputFile&& other) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&& other) noexcept = default;
OutputFile::~OutputFile() = default;

Result<OutputFile> OutputFile::Create(const std::string& path, bool gzip) {
  std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return InvalidArgument(
        fmt::format("{} cannot be made: {}", path, std::generic_category().message(errno)));
  }
  return OutputFile(std::make_unique<Impl>(file, path == "-" ? "standard output" : path, gzip));
}

Status OutputFile::Write(std::string& block) { return impl_->Write(block); }

Status OutputFile::Close() {
  const Status status = impl_->Finish();
  impl_.reset();
  return status;
}

}  // namespace sightline::client
