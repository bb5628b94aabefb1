#include "trace/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.h"

namespace kerasan::trace {
namespace {

constexpr std::size_t kWindow = 256 * 1024;

int open_spool() {
  const char* directory = std::getenv("TMPDIR");
  std::string path = std::string(directory != nullptr ? directory : "/tmp") + "/kerasan-XXXXXX";
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) throw InputError("cannot create " + path + ": " + std::strerror(errno));
  ::unlink(path.c_str());
  return fd;
}

}  // namespace

Source::Source(int fd, std::string name) : name_(std::move(name)) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || S_ISDIR(status.st_mode)) {
    ::close(fd);
    throw InputError(name_ + ": not a readable file");
  }
  if (S_ISREG(status.st_mode)) {
    data_ = fd;
  } else {
    pipe_ = fd;
    try {
      data_ = open_spool();
    } catch (...) {
      ::close(fd);
      throw;
    }
  }
}

Source::~Source() {
  if (data_ >= 0) ::close(data_);
  if (pipe_ >= 0) ::close(pipe_);
}

bool Source::reach(std::uint64_t end) {
  while (size_ < end)
    if (!refill()) return false;
  return true;
}

bool Source::refill() {
  if (pipe_ < 0) {
    struct stat status {};
    if (::fstat(data_, &status) != 0) return false;
    const auto now = static_cast<std::uint64_t>(status.st_size);
    const bool grew = now > size_;
    size_ = std::max(size_, now);
    return grew;
  }
  if (ended_) return false;
  std::array<std::byte, 65536> chunk{};
  ssize_t count = 0;
  do count = ::read(pipe_, chunk.data(), chunk.size());
  while (count < 0 && errno == EINTR);
  if (count < 0) throw InputError(name_ + ": " + std::strerror(errno));
  if (count == 0) {
    ended_ = true;
    return false;
  }
  for (ssize_t done = 0; done < count;) {
    const ssize_t n = ::pwrite(data_, chunk.data() + done, static_cast<std::size_t>(count - done),
                               static_cast<off_t>(size_));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw InputError(name_ + ": cannot spool the trace: " + std::strerror(errno));
    done += n;
    size_ += static_cast<std::uint64_t>(n);
  }
  return true;
}

bool Source::read(std::uint64_t offset, std::span<std::byte> out) {
  if (out.size() >= kWindow) return read_directly(offset, out);
  if (offset < window_at_ || offset + out.size() > window_at_ + window_.size()) {
    if (offset > size_ || out.size() > size_ - offset) return false;
    window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, size_ - offset)));
    window_at_ = offset;
    if (!read_directly(offset, window_)) {
      window_.clear();
      return false;
    }
  }
  std::copy_n(window_.begin() + static_cast<std::ptrdiff_t>(offset - window_at_), out.size(),
              out.begin());
  return true;
}

bool Source::read_directly(std::uint64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    const ssize_t n = ::pread(data_, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    offset += static_cast<std::uint64_t>(n);
    out = out.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace kerasan::trace
