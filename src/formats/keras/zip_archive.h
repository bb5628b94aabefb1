// The members of a zip archive that lies in memory.
#pragma once

#include <string>
#include <vector>

#include "base/mapped_file.h"

namespace kerasan::formats {

struct ZipMember {
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t stored_size = 0;
  bool compressed = false;
  std::uint32_t crc = 0;
};

class ZipArchive {
 public:
  // `what` names the archive in errors. Throws InputError for what is no sound zip archive, and for
  // members that are links or whose names lead out of the folder that they would be unpacked in,
  // and for a size of all members that only a zip bomb has. Nothing is unpacked.
  ZipArchive(Bytes file, std::string what);

  const std::vector<ZipMember>& members() const { return members_; }
  // The last of that name; nullptr if there is none.
  const ZipMember* find(const std::string& name) const;
  // Where the member is stored as it is, its bytes in the archive, without a copy. Checked against
  // the checksum. Throws InputError, also for a size that no compression can account for.
  Bytes read(const ZipMember& member) const;

 private:
  Bytes stored(std::size_t index) const;
  Bytes inflated(std::size_t index) const;

  Bytes file_;
  std::string what_;
  std::vector<ZipMember> members_;
};

bool is_zip(const Bytes& file);

}  // namespace kerasan::formats
