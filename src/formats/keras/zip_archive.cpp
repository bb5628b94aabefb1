#include "formats/keras/zip_archive.h"

#include <sys/stat.h>
#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "formats/keras/zip_directory.h"

namespace kerasan::formats {
namespace {

constexpr std::size_t kMaxMembers = 100000;
// Deflate cannot do better than 1032:1 (zlib's technical notes).
constexpr std::uint64_t kMaxExpansion = 1100;
constexpr std::uint64_t kMaxInflated = std::uint64_t{64} << 30;
// What all members together may unpack to: this, or so many times the archive. Weights that were
// trained hardly compress at all.
constexpr std::uint64_t kAlwaysInflated = std::uint64_t{256} << 20, kMaxShare = 100;

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using Member = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

Archive open_archive(const Bytes& file, const std::string& what) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  zip_t* archive = source == nullptr
                       ? nullptr
                       : zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw InputError(what + ": no sound zip archive: " + why);
  }
  return {archive, &zip_discard};
}

// As a reader would unpack it: absolute, or upwards.
bool leaves_folder(const std::string& name) {
  if (name.starts_with('/') || name.find('\\') != std::string::npos) return true;
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t slash = std::min(name.find('/', from), name.size());
    if (name.substr(from, slash - from) == "..") return true;
    from = slash + 1;
  }
  return false;
}

bool is_link(zip_t* archive, zip_uint64_t index) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0) return false;
  return system == ZIP_OPSYS_UNIX && S_ISLNK(attributes >> 16);
}

// Before anything is unpacked. Members that share their bytes count each time.
void require_modest(const std::vector<ZipMember>& members, std::size_t archive,
                    const std::string& what) {
  std::uint64_t claimed = 0;
  for (const ZipMember& member : members) {
    if (!member.compressed) continue;
    claimed += std::min(member.size, kMaxInflated);  // of at most kMaxMembers: no overflow
  }
  if (claimed <= kAlwaysInflated || claimed / kMaxShare <= archive) return;
  throw InputError(what + ": its members claim to hold " + std::to_string(claimed) + " bytes in " +
                   std::to_string(archive) + "; such archives are refused");
}

void require_crc(std::span<const std::byte> bytes, const ZipMember& member,
                 const std::string& what) {
  const auto* at = reinterpret_cast<const Bytef*>(bytes.data());
  if (crc32_z(crc32_z(0, nullptr, 0), at, bytes.size()) != member.crc) {
    throw InputError(what + ": the member " + member.name + " does not match its checksum");
  }
}

}  // namespace

bool is_zip(const Bytes& file) {
  return file.text().starts_with("PK\x03\x04") || file.text().starts_with("PK\x05\x06");
}

ZipArchive::ZipArchive(Bytes file, std::string what)
    : file_(std::move(file)), what_(std::move(what)) {
  const Archive archive = open_archive(file_, what_);
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count < 0 || static_cast<std::size_t>(count) > kMaxMembers) {
    throw InputError(what_ + ": an archive of " + std::to_string(count) + " members");
  }
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    zip_stat_t told;
    zip_stat_init(&told);
    if (zip_stat_index(archive.get(), i, 0, &told) != 0 || told.name == nullptr) {
      throw InputError(what_ + ": a member of the archive cannot be read");
    }
    if (leaves_folder(told.name) || is_link(archive.get(), i)) {
      throw InputError(what_ + ": the member \"" + std::string(told.name).substr(0, 200) +
                       "\" leads out of the archive; such files are refused");
    }
    members_.push_back(
        {told.name, told.size, told.comp_size, told.comp_method != ZIP_CM_STORE, told.crc});
  }
  require_modest(members_, file_.size(), what_);
}

const ZipMember* ZipArchive::find(const std::string& name) const {
  const auto found = std::find_if(members_.rbegin(), members_.rend(),
                                  [&](const ZipMember& m) { return m.name == name; });
  return found == members_.rend() ? nullptr : &*found;
}

Bytes ZipArchive::read(const ZipMember& member) const {
  const auto index = static_cast<std::size_t>(&member - members_.data());
  return member.compressed ? inflated(index) : stored(index);
}

Bytes ZipArchive::stored(std::size_t index) const {
  const ZipMember& member = members_[index];
  const std::optional<std::size_t> at = stored_member(file_.span(), index);
  if (!at || *at > file_.size() || member.size > file_.size() - *at) {
    throw InputError(what_ + ": the member " + member.name + " lies beyond the end of the archive");
  }
  const Bytes bytes = file_.slice(*at, member.size);
  require_crc(bytes.span(), member, what_);
  return bytes;
}

Bytes ZipArchive::inflated(std::size_t index) const {
  const ZipMember& member = members_[index];
  if (member.size > kMaxInflated || member.size / kMaxExpansion > member.stored_size) {
    throw InputError(what_ + ": the member " + member.name + " claims to hold " +
                     std::to_string(member.size) + " bytes in " +
                     std::to_string(member.stored_size) + "; such files are refused");
  }
  const Archive archive = open_archive(file_, what_);
  const Member file(zip_fopen_index(archive.get(), index, 0), &zip_fclose);
  std::vector<std::byte> bytes(member.size);
  std::size_t got = 0;
  while (file && got < bytes.size()) {
    const zip_int64_t part = zip_fread(file.get(), bytes.data() + got, bytes.size() - got);
    if (part <= 0) break;
    got += static_cast<std::size_t>(part);
  }
  if (!file || got != bytes.size()) {
    throw InputError(what_ + ": the member " + member.name + " cannot be read");
  }
  require_crc(bytes, member, what_);
  return Bytes(std::move(bytes));
}

}  // namespace kerasan::formats
