#include "formats/hdf5/tree.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "formats/hdf5/scan.h"
#include "formats/isolated.h"

namespace kerasan::formats {
namespace {

constexpr std::string_view kSignature{"\x89HDF\r\n\x1a\n", 8};

class Spill {
 public:
  Spill() : fd_(::memfd_create("values", MFD_CLOEXEC)) {
    if (fd_ < 0) throw InputError("no memory for the values of a file");
  }
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;
  ~Spill() { ::close(fd_); }
  int fd() const { return fd_; }

  Bytes bytes() const {
    struct stat status {};
    if (::fstat(fd_, &status) != 0 || status.st_size == 0) return {};
    const auto size = static_cast<std::size_t>(status.st_size);
    void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd_, 0);
    if (at == MAP_FAILED) throw InputError("no memory for the values of a file");
    std::shared_ptr<const void> owner(
        at, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
    return {std::move(owner), {static_cast<const std::byte*>(at), size}};
  }

 private:
  int fd_;
};

// What the other process told, as objects; it read corrupt bytes, so nothing is taken on trust.
class Builder {
 public:
  Builder(Bytes file, Bytes spill) : file_(std::move(file)), spill_(std::move(spill)) {}

  H5Group group(const Json& told) const {
    H5Group out;
    out.attributes = attributes(told);
    for (const auto& [name, child] : told.at("groups").items()) out.groups[name] = group(child);
    for (const auto& [name, child] : told.at("datasets").items()) {
      out.datasets[name] = dataset(child);
    }
    out.links = told.at("links").get<std::vector<std::string>>();
    return out;
  }

 private:
  static std::map<std::string, Json> attributes(const Json& told) {
    return told.at("attributes").get<std::map<std::string, Json>>();
  }

  H5Dataset dataset(const Json& told) const {
    H5Dataset out;
    out.attributes = attributes(told);
    out.dtype_text = told.at("text").get<std::string>();
    out.shape = told.at("shape").get<Shape>();
    out.unread = told.value("unread", "");
    if (told.contains("dtype")) out.dtype = parse_dtype(told["dtype"].get<std::string>());
    if (!out.unread.empty() || !out.dtype) return out;
    const std::size_t size = element_count(out.shape) * dtype_size(*out.dtype);
    const bool in_file = told.contains("offset");
    const auto at = told.at(in_file ? "offset" : "spill").get<std::size_t>();
    if (size > 0) out.bytes = (in_file ? file_ : spill_).slice(at, size);
    return out;
  }

  Bytes file_, spill_;
};

}  // namespace

const H5Group* H5Group::group(const std::string& name) const {
  const auto found = groups.find(name);
  return found == groups.end() ? nullptr : &found->second;
}

const H5Dataset* H5Group::dataset(const std::string& path) const {
  const H5Group* at = this;
  std::size_t from = 0;
  for (std::size_t slash; (slash = path.find('/', from)) != std::string::npos; from = slash + 1) {
    if (slash == from) continue;  // HDF5 takes "a//b" for "a/b"
    at = at->group(path.substr(from, slash - from));
    if (at == nullptr) return nullptr;
  }
  const auto found = at->datasets.find(path.substr(from));
  return found == at->datasets.end() ? nullptr : &found->second;
}

Json H5Group::attribute(const std::string& name) const {
  if (const auto found = attributes.find(name); found != attributes.end()) return found->second;
  Json joined;
  for (std::size_t i = 0;; ++i) {
    const auto piece = attributes.find(name + std::to_string(i));
    if (piece == attributes.end() || !piece->second.is_array()) return joined;
    if (joined.is_null()) joined = Json::array();
    joined.insert(joined.end(), piece->second.begin(), piece->second.end());
  }
}

std::string H5Group::text(const std::string& name) const {
  const Json value = attribute(name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool is_hdf5(const Bytes& file) {
  // The signature is at 0 or, behind a user block, at 512, 1024, 2048, ...
  for (std::size_t at = 0; at < file.size(); at = at == 0 ? 512 : 2 * at) {
    if (file.text().substr(at).starts_with(kSignature)) return true;
  }
  return false;
}

H5Group read_hdf5(const Bytes& file, const std::string& what) {
  if (!is_hdf5(file)) throw InputError(what + ": no HDF5 file");
  const Spill spill;
  const auto seconds = static_cast<unsigned>(60 + file.size() / 10000000);
  const Json told =
      in_own_process([&] { return scan_hdf5(file.span(), spill.fd()); }, what, seconds);
  try {
    return Builder(file, spill.bytes()).group(told);
  } catch (const Json::exception& error) {
    throw InputError(what + ": " + error.what());
  } catch (const InputError& error) {
    throw InputError(what + ": " + error.what());
  }
}

}  // namespace kerasan::formats
