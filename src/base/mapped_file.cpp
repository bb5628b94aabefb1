#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace kerasan {
namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw InputError(path + ": " + what + ": " + std::strerror(errno));
}

}  // namespace

Bytes::Bytes(std::vector<std::byte> buffer) {
  const auto held = std::make_shared<const std::vector<std::byte>>(std::move(buffer));
  data_ = *held;
  owner_ = held;
}

Bytes Bytes::slice(std::size_t offset, std::size_t size) const {
  if (offset > data_.size() || size > data_.size() - offset) {
    throw InputError("bytes " + std::to_string(offset) + " to " + std::to_string(offset) + "+" +
                     std::to_string(size) + " lie beyond the end");
  }
  return {owner_, data_.subspan(offset, size)};
}

Bytes map_file(const std::string& path) {
  // O_NONBLOCK: a FIFO must not make us wait before it is refused.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) fail(path, "cannot open");
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) fail(path, "cannot read");
  if (!S_ISREG(status.st_mode)) throw InputError(path + ": not a regular file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return {};
  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (at == MAP_FAILED) fail(path, "cannot map");
  std::shared_ptr<const void> owner(
      at, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return {std::move(owner), {static_cast<const std::byte*>(at), size}};
}

}  // namespace kerasan
