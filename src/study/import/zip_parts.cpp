#include "study/import/zip_parts.h"

#include "base/error.h"

namespace kerasan::study {
namespace {

constexpr std::size_t kMostUnpacked = std::size_t{64} << 20;  // of one part
constexpr zip_int64_t kMostParts = 10000;

struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

}  // namespace

ZipParts::ZipParts(std::string bytes, std::string name)
    : bytes_(std::move(bytes)), name_(std::move(name)) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes_.data(), bytes_.size(), 0, &error);
  if (source) archive_.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
  if (!archive_) {
    const std::string why = zip_error_strerror(&error);
    if (source) zip_source_free(source);
    zip_error_fini(&error);
    throw InputError(name_ + ": is no whole workbook (" + why + ")");
  }
  zip_error_fini(&error);
  if (zip_get_num_entries(archive_.get(), 0) > kMostParts) {
    throw InputError(name_ + ": has more parts than a workbook may have");
  }
}

bool ZipParts::has(const std::string& part) const {
  return zip_name_locate(archive_.get(), part.c_str(), 0) >= 0;
}

std::string ZipParts::read(const std::string& part) const {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat(archive_.get(), part.c_str(), 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE)) {
    throw InputError(name_ + ": the workbook has no part " + part);
  }
  if (stat.size > kMostUnpacked) {
    throw InputError(name_ + ": part " + part + " would unpack to " + std::to_string(stat.size) +
                     " bytes, more than a workbook's part may have");
  }
  const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen(archive_.get(), part.c_str(), 0));
  if (!file) throw InputError(name_ + ": part " + part + " cannot be unpacked");
  // The size that the archive claims may be a lie, so memory grows with what is really there.
  std::string out;
  char chunk[1 << 15];
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), chunk, sizeof chunk);
    if (got < 0) throw InputError(name_ + ": part " + part + " is damaged");
    if (got == 0) break;
    out.append(chunk, static_cast<std::size_t>(got));
    if (out.size() > kMostUnpacked) throw InputError(name_ + ": part " + part + " is too large");
  }
  if (out.size() != stat.size) throw InputError(name_ + ": part " + part + " is cut short");
  return out;
}

}  // namespace kerasan::study
