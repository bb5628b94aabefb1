// A virtual file driver: https://docs.hdfgroup.org/hdf5/v1_10/_h5_f_d__u_g.html
#include "formats/hdf5/memory_driver.h"

#include <cstring>

namespace kerasan::formats {
namespace {

// The library hands the driver a name only; the bytes to open next are told beside it.
thread_local std::span<const std::byte> next_file;

struct MemoryFile {
  H5FD_t common;  // first: the library sees only this part
  std::span<const std::byte> bytes;
  haddr_t end_of_allocation;
};

MemoryFile* self(H5FD_t* file) { return reinterpret_cast<MemoryFile*>(file); }
const MemoryFile* self(const H5FD_t* file) { return reinterpret_cast<const MemoryFile*>(file); }

H5FD_t* open_file(const char*, unsigned, hid_t, haddr_t) {
  return &(new MemoryFile{{}, next_file, 0})->common;
}

herr_t close_file(H5FD_t* file) {
  delete self(file);
  return 0;
}

herr_t query(const H5FD_t*, unsigned long* flags) {
  *flags = 0;
  return 0;
}

haddr_t get_eoa(const H5FD_t* file, H5FD_mem_t) { return self(file)->end_of_allocation; }

herr_t set_eoa(H5FD_t* file, H5FD_mem_t, haddr_t address) {
  self(file)->end_of_allocation = address;
  return 0;
}

haddr_t get_eof(const H5FD_t* file, H5FD_mem_t) { return self(file)->bytes.size(); }

// Beyond the end a file reads as zeros, as the library's own drivers have it.
herr_t read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, size_t size, void* buffer) {
  const std::span<const std::byte> bytes = self(file)->bytes;
  if (address > bytes.size()) return -1;
  const std::size_t there = std::min<std::size_t>(size, bytes.size() - address);
  std::memcpy(buffer, bytes.data() + address, there);
  std::memset(static_cast<char*>(buffer) + there, 0, size - there);
  return 0;
}

herr_t refuse_write(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, size_t, const void*) { return -1; }

H5FD_class_t driver_class() {
  H5FD_class_t driver{};
  driver.name = "kerasan memory";
  driver.maxaddr = HADDR_MAX;
  driver.fc_degree = H5F_CLOSE_WEAK;
  driver.open = &open_file;
  driver.close = &close_file;
  driver.query = &query;
  driver.get_eoa = &get_eoa;
  driver.set_eoa = &set_eoa;
  driver.get_eof = &get_eof;
  driver.read = &read;
  driver.write = &refuse_write;
  const H5FD_mem_t map[] = H5FD_FLMAP_DICHOTOMY;
  std::copy(std::begin(map), std::end(map), driver.fl_map);
  return driver;
}

}  // namespace

hid_t open_in_memory(std::span<const std::byte> bytes) {
  static const H5FD_class_t kClass = driver_class();
  static const hid_t driver = H5FDregister(&kClass);
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_driver(access, driver, nullptr);
  next_file = bytes;
  const hid_t file = H5Fopen("memory", H5F_ACC_RDONLY, access);
  H5Pclose(access);
  return file;
}

}  // namespace kerasan::formats
